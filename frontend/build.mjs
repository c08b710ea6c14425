// Bundles styles and scripts into the static folders. Run by `npm run build`; `--watch` while working on them.
import { build, context } from "esbuild";

const shared = {
  bundle: true,
  minify: true,
  sourcemap: false,
  target: ["es2020", "safari15"], // esbuild cannot write destructuring for Safari 14
  loader: { ".woff2": "file", ".svg": "dataurl", ".png": "dataurl" },
  assetNames: "fonts/[name]-[hash]",
  logLevel: "warning",
};

const targets = [
  {
    ...shared,
    entryPoints: {
      public: "frontend/styles/public.css",
      desk: "frontend/styles/desk.css",
      studio: "frontend/styles/studio.css",
      "public-page": "frontend/scripts/public.ts",
      "desk-map": "frontend/styles/desk-map.css",
      "desk-map-page": "frontend/scripts/map.ts",
      "desk-page": "frontend/scripts/desk.ts",
      richtext: "frontend/scripts/richtext.ts",
      designer: "frontend/styles/designer.css",
      chat: "frontend/styles/chat.css",
      "designer-page": "frontend/scripts/designer.ts",
      editors: "frontend/styles/editors.css",
      "process-page": "frontend/scripts/process.ts",
      "procedure-page": "frontend/scripts/procedure.ts",
      "views-page": "frontend/scripts/views.ts",
      "permissions-page": "frontend/scripts/permissions.ts",
      "notifications-page": "frontend/scripts/notifications.ts",
      "documents-page": "frontend/scripts/documents.ts",
      api: "frontend/styles/api.css",
      "api-page": "frontend/scripts/api.ts",
    },
    outdir: "src/madoguchi/site/static/build",
  },
  {
    ...shared,
    entryPoints: {
      simulators: "frontend/styles/simulators.css",
      phone: "frontend/scripts/phone.ts",
    },
    outdir: "src/simulators/static/build",
  },
];

if (process.argv.includes("--watch")) {
  for (const target of targets) await (await context(target)).watch();
} else {
  await Promise.all(targets.map((target) => build(target)));
}

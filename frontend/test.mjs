// Bundles the tests of the scripts and runs them with Node's own runner. Run by `npm test`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-scripts-"));
const tests = readdirSync("frontend/tests").filter((name) => name.endsWith(".test.ts"));
await build({
  entryPoints: tests.map((name) => join("frontend/tests", name)),
  outdir: folder, outExtension: { ".js": ".mjs" }, bundle: true, platform: "node", format: "esm", target: "node20",
});
const run = spawnSync(process.execPath, ["--test", ...tests.map((name) => join(folder, name.replace(/\.ts$/, ".mjs")))], { stdio: "inherit" });
rmSync(folder, { recursive: true });
process.exit(run.status ?? 1);

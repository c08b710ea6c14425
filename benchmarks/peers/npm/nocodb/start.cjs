// NocoDB's package is a library: this serves it the way its own seed project does.
const { createRequire } = require("node:module");
const { join } = require("node:path");

const installed = createRequire(join(process.cwd(), "package.json"));
const express = installed("express");
const { Noco } = installed("nocodb");

const app = express();
const server = app.listen(Number(process.env.PORT), "127.0.0.1", async () => {
  app.use(await Noco.init({}, server, app));
  console.log("ready");
});

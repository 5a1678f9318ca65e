/**
 * Bundles the dashboard's style sheet and script into `web/static/`, and prints what they weigh over the wire.
 *
 * Every `web/assets/dashboard*.ts` and `web/assets/dashboard*.css` is an entry; what they import is bundled in. Other
 * files there (icons, images) are copied as they are. The folder `web/static/` is the build's alone.
 */

import { build } from "esbuild";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { world } from "./world.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCES = join(HERE, "web", "assets");
const TARGET = join(HERE, "web", "static");
const CODE = new Set([".ts", ".css"]);

const isEntry = (name) => CODE.has(extname(name)) && name.startsWith("dashboard") && !name.endsWith(".d.ts");

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });

const names = (existsSync(SOURCES) ? readdirSync(SOURCES) : []).filter((name) => !name.startsWith("."));
for (const name of names.filter((name) => !CODE.has(extname(name)) && !name.endsWith(".md"))) {
  cpSync(join(SOURCES, name), join(TARGET, name), { recursive: true });
}

// What the set-up page offers beside the snippet itself.
cpSync(join(HERE, "..", "snippet", "gtm", "template.tpl"), join(TARGET, "webleads-tracker.tpl"));

// The server draws the map of these shapes.
writeFileSync(join(TARGET, "world.json"), JSON.stringify(world()));

await build({
  entryPoints: names.filter(isEntry).map((name) => join(SOURCES, name)),
  outdir: TARGET,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome100", "firefox100", "safari15"],
  external: ["*.svg", "*.png", "*.woff2"],
  loader: { ".json": "json" },
  logLevel: "warning",
});

for (const name of readdirSync(TARGET).filter((name) => /\.(js|css)$/.test(name))) {
  const content = readFileSync(join(TARGET, name));
  console.log(`${name}: ${content.length} B, ${brotliCompressSync(content).length} B brotli`);
}

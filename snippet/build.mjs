/**
 * Builds the snippet into `tracker/collector/assets/`: the script, its brotli and gzip forms, and a manifest.
 *
 * The manifest `webleads.json` gives the version (a hash of the content, so that equal builds have equal names), the
 * sizes in bytes and the Subresource Integrity value. The build fails when the script weighs more than its budget.
 */

import { transform } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { minify } from "terser";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = join(HERE, "..", "tracker", "collector", "assets");

/** The scripts that browsers load, and the most that each may weigh in brotli. */
const SCRIPTS = { webleads: 1000 };

async function compile(name) {
  const source = readFileSync(join(HERE, "src", `${name}.ts`), "utf8");
  const { code } = await transform(source, { loader: "ts", target: "es2018" });
  const result = await minify(code, {
    ecma: 2018,
    toplevel: true,
    compress: { passes: 5, unsafe: true, unsafe_arrows: true, pure_getters: true, booleans_as_integers: false },
    format: { comments: false },
  });
  return Buffer.from(result.code);
}

const brotli = (content) =>
  brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 16,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });

mkdirSync(TARGET, { recursive: true });
for (const [name, budget] of Object.entries(SCRIPTS)) {
  const content = await compile(name);
  const compressed = { br: brotli(content), gz: gzipSync(content, { level: 9 }) };
  const sizes = { plain: content.length, brotli: compressed.br.length, gzip: compressed.gz.length };
  const manifest = {
    version: createHash("sha256").update(content).digest("hex").slice(0, 12),
    integrity: `sha384-${createHash("sha384").update(content).digest("base64")}`,
    bytes: sizes,
  };
  writeFileSync(join(TARGET, `${name}.js`), content);
  writeFileSync(join(TARGET, `${name}.js.br`), compressed.br);
  writeFileSync(join(TARGET, `${name}.js.gz`), compressed.gz);
  writeFileSync(join(TARGET, `${name}.json`), `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`${name}.js: ${sizes.plain} B, ${sizes.gzip} B gzip, ${sizes.brotli} B brotli (at most ${budget})`);
  if (sizes.brotli > budget) {
    console.error(`${name}.js is ${sizes.brotli - budget} B over its budget of ${budget} B in brotli`);
    process.exitCode = 1;
  }
}

/**
 * Builds the snippet into `tracker/collector/assets/`: each script, its brotli and gzip forms, and a manifest.
 *
 * The manifest gives the version (a hash of the content, so that equal builds have equal names), the sizes in bytes and
 * the Subresource Integrity value. The build fails when a script weighs more than its budget in brotli.
 *
 * `node build.mjs --search` looks for an order of the short names that compresses better, and prints it: the order is
 * worth ten bytes, and a good one stays good until the source changes much.
 */

import { parse } from "acorn";
import { transform } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { minify } from "terser";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = join(HERE, "..", "tracker", "collector", "assets");

/** The scripts that browsers load: the most that each may weigh, and the order in which its short names are taken. */
const SCRIPTS = {
  webleads: { budget: 1000, names: "ftixmudeawksvqyolrnzgcbhpj" },
  "webleads-leads": { budget: 1600, names: "styakqpcudnolhmwfebrigjvxz" },
};

/** Names as a compressor likes them: the same few letters again and again, in the given order. */
const naming = (letters) => ({
  get(index) {
    let name = "";
    for (let rest = index; rest >= 0; rest = Math.floor(rest / letters.length) - 1) name += letters[rest % letters.length];
    return name;
  },
});

async function compile(script, names) {
  const source = readFileSync(join(HERE, "src", `${script}.ts`), "utf8");
  const { code } = await transform(source, { loader: "ts", target: "es2016" });
  const result = await minify(code, {
    ecma: 2016,
    compress: { passes: 5, unsafe: true, unsafe_arrows: true, pure_getters: true },
    mangle: { nth_identifier: naming(names) },
    format: { comments: false, wrap_func_args: true },
  });
  return Buffer.from(inParentheses(result.code));
}

/**
 * The code with its named functions, and what functions return at once, in parentheses as functions that are arguments
 * already are: so they are compiled with the script, off the main thread, and not one by one when they are first called,
 * which nearly all are on load. https://v8.dev/blog/preparser#pife
 */
function inParentheses(code) {
  const cuts = [];
  const look = (node, holder) => {
    if (node.type == "ArrowFunctionExpression" && /VariableDeclarator|Arrow/.test(holder.type))
      cuts.push([node.start, "("], [node.end, ")"]);
    for (const inner of Object.values(node).flat()) if (inner?.type) look(inner, node);
  };
  // A browser of ten years ago stops at the first line that it cannot read.
  look(parse(code, { ecmaVersion: 2016 }));
  cuts.sort(([one], [other]) => other - one);
  return cuts.reduce((whole, [place, mark]) => whole.slice(0, place) + mark + whole.slice(place), code);
}

const brotli = (content) =>
  brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: 16,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });

function write(script, content) {
  const compressed = { br: brotli(content), gz: gzipSync(content, { level: 9 }) };
  const manifest = {
    version: createHash("sha256").update(content).digest("hex").slice(0, 12),
    integrity: `sha384-${createHash("sha384").update(content).digest("base64")}`,
    bytes: { plain: content.length, gzip: compressed.gz.length, brotli: compressed.br.length },
  };
  writeFileSync(join(TARGET, `${script}.js`), content);
  for (const [ending, data] of Object.entries(compressed)) writeFileSync(join(TARGET, `${script}.js.${ending}`), data);
  writeFileSync(join(TARGET, `${script}.json`), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest.bytes;
}

/** Swaps two letters at a time and keeps what is no worse; the same seed finds the same order. */
async function search(script, start, rounds = 1500) {
  let seed = 1;
  const below = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  let best = start;
  let least = brotli(await compile(script, start)).length;
  for (let round = 0; round < rounds; round++) {
    const letters = [...best];
    for (let swap = below(2); swap >= 0; swap--) {
      const [one, other] = [below(26), below(26)];
      [letters[one], letters[other]] = [letters[other], letters[one]];
    }
    const weight = brotli(await compile(script, letters.join(""))).length;
    if (weight <= least) [best, least] = [letters.join(""), weight];
  }
  console.log(`${script}.js: ${least} B brotli with names: "${best}"`);
}

mkdirSync(TARGET, { recursive: true });
for (const [script, { budget, names }] of Object.entries(SCRIPTS)) {
  if (process.argv.includes("--search")) {
    await search(script, names);
    continue;
  }
  const { plain, gzip, brotli: weight } = write(script, await compile(script, names));
  console.log(`${script}.js: ${plain} B, ${gzip} B gzip, ${weight} B brotli (at most ${budget})`);
  if (weight > budget) {
    console.error(`${script}.js is ${weight - budget} B over its budget of ${budget} B in brotli`);
    process.exitCode = 1;
  }
}

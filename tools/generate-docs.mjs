// Writes the pages of docs/ that are made from the code. Needs the packages built. `--out DIR` writes them into
// another folder instead, so that a test can compare.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { root } from "./build.mjs";
import { differencesPage } from "./docs/differences.mjs";
import { mergeCasesPage } from "./docs/merge-cases.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "docs") } } });
const out = resolve(values.out);
const entry = (/** @type {string} */ path) => import(pathToFileURL(join(root, "packages", path)).href);
const built = {
  core: await entry("core/dist/index.js"),
  debug: await entry("core/dist/debug.js"),
  testkit: await entry("testkit/dist/index.js"),
};

const pages = {
  "differences.md": differencesPage(built.core),
  "merge-cases.md": await mergeCasesPage(built),
};
mkdirSync(out, { recursive: true });
for (const [name, text] of Object.entries(pages)) writeFileSync(join(out, name), text);
// The picture of the root README, with the command that stands below it there.
const calls = ["mmap 3-5 rw-", "mprotect 2-5 r--", "mprotect 2-5 rw-"];
const picture = ["explain", "-m", "PPP..NNN", ...calls, "--kernel", "6.18", "--svg", join(out, "merge.svg")];
execFileSync(process.execPath, [join(root, "apps/cli/dist/main.js"), ...picture], { stdio: "ignore" });
console.log([...Object.keys(pages), "merge.svg"].join("\n"));

// Records what a kernel does with the scripts of recorded kernels: the same cases, their operations run again, with
// the answers and areas of the kernel at hand. Needs the packages built, Linux on x86-64 and a C compiler.
//
//   node tools/record-corpus.mjs --out FOLDER [--helper PROGRAM] [--kernel NAME] SCRIPTS...
//
// SCRIPTS are files or folders of a corpus. FOLDER gets a file for each of theirs and a meta.json. PROGRAM is the
// compiled helper, or anything that hands standard input and output on to one: a machine behind ssh or a serial line.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { root } from "./build.mjs";

const { values: given, positionals: scripts } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string" }, helper: { type: "string" }, kernel: { type: "string" } },
});
const entry = (/** @type {string} */ name) =>
  import(pathToFileURL(join(root, `packages/testkit/dist/${name}.js`)).href);
const { buildHelper, KernelHelper } = await entry("kernel");
const { corpusFiles, openCorpusFile } = await entry("node");

/** First line of a file of this machine's kernel, or null. @param {string} path */
function firstLine(path) {
  try {
    return readFileSync(path, "utf8").split("\n", 1)[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * How the kernel is set, as far as that changes what it answers. Behind another program's helper only what the helper
 * itself can tell is known; the rest is to be added by hand.
 *
 * @param {string} kernel
 * @param {Map<string, number>} answers
 */
function metaOf(kernel, answers) {
  const letter = (/** @type {string} */ name) => (answers.get(name) === 1 ? "y" : "n");
  const known = {
    kernel,
    config: { ANON_VMA_NAME: letter("anonNames"), MEM_SOFT_DIRTY: letter("softDirty"), SWAP: letter("swap") },
    "vm.mmap_min_addr": answers.get("lowest"),
  };
  if (given.helper !== undefined) return known;
  const modes = firstLine("/sys/kernel/mm/transparent_hugepage/enabled") ?? "";
  return {
    ...known,
    uname: execFileSync("uname", ["-a"], { encoding: "utf8" }).trim(),
    "vm.max_map_count": Number(firstLine("/proc/sys/vm/max_map_count")),
    "vm.overcommit_memory": Number(firstLine("/proc/sys/vm/overcommit_memory")),
    thp_enabled: /\[(\w+)\]/.exec(modes)?.[1] ?? "never",
  };
}

/** Runs one case again. @param {any} helper @param {any} script @param {string} kernel */
async function record(helper, script, kernel) {
  const withPolicies = script.steps.some(({ vmas }) => vmas?.some((area) => area.length > 7));
  const steps = script.steps.map(({ op }) => ({ op, ret: "ok" }));
  const recorded = await helper.record({ ...script, steps }, withPolicies);
  return { ...recorded, kernel };
}

async function main() {
  if (given.out === undefined || scripts.length === 0) throw new Error("usage: --out FOLDER SCRIPTS...");
  const helper = new KernelHelper(given.helper ?? (await buildHelper()));
  try {
    const answers = await helper.probe();
    const kernel = given.kernel ?? execFileSync("uname", ["-r"], { encoding: "utf8" }).trim();
    mkdirSync(given.out, { recursive: true });
    writeFileSync(join(given.out, "meta.json"), `${JSON.stringify(metaOf(kernel, answers), null, 1)}\n`);
    for (const file of await corpusFiles(scripts)) {
      const lines = [];
      for await (const script of (await openCorpusFile(file)).cases()) {
        lines.push(JSON.stringify(await record(helper, script, kernel)));
      }
      const name = basename(file).replace(/(\.gz)?$/, ".gz");
      writeFileSync(join(given.out, name), gzipSync(`${lines.join("\n")}\n`, { level: 9 }));
      console.log(`${name}: ${lines.length} cases`);
    }
  } finally {
    helper.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

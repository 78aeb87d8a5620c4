// Takes from recorded kernels the cases that KERNEL_RULES names as showing a difference.
// Usage: node tests/data/select-witness.mjs FOLDER; writes tests/data/corpus/witness.jsonl.gz. Needs @vma/core built.
//
// FOLDER holds one folder of *.jsonl.gz for each kernel. A case is taken from every kernel it was recorded on.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { KERNEL_RULES } from "@vma/core";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder holds the recorded kernels?");
const kernels = readdirSync(folder).filter((name) => /^\d+(\.\d+)+$/.test(name));
kernels.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
const wanted = new Set(Object.values(KERNEL_RULES).flatMap(({ shownBy }) => shownBy));

const lines = [];
for (const kernel of kernels) {
  const found = new Map();
  for (const file of readdirSync(join(folder, kernel)).filter((name) => name.endsWith(".jsonl.gz"))) {
    const cases = gunzipSync(readFileSync(join(folder, kernel, file)));
    for (const line of cases.toString().split("\n")) {
      const name = /"case":"([^"]+)"/.exec(line.slice(0, 200))?.[1];
      if (wanted.has(name)) found.set(name, line);
    }
  }
  const missing = [...wanted].filter((name) => !found.has(name));
  if (missing.length > 0) console.error(`${kernel} has no ${missing.join(", ")}`);
  for (const name of [...wanted].sort()) if (found.has(name)) lines.push(found.get(name));
}

const target = new URL("corpus/", import.meta.url);
mkdirSync(target, { recursive: true });
const packed = gzipSync(`${lines.join("\n")}\n`, { level: 9 });
writeFileSync(new URL("witness.jsonl.gz", target), packed);
console.log(`${lines.length} cases, ${packed.length} bytes`);

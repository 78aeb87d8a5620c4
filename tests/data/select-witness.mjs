// Takes from recorded kernels the cases that KERNEL_RULES names as showing a difference.
// Usage: node tests/data/select-witness.mjs FOLDER; writes tests/data/corpus/witness.jsonl.gz. Needs @vma/core built.
//
// FOLDER holds one folder of *.jsonl.gz for each kernel. A case is taken from every kernel it was recorded on; kernels
// that FOLDER does not hold keep the cases they have.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { KERNEL_RULES } from "@vma/core";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder holds the recorded kernels?");
const target = new URL("corpus/witness.jsonl.gz", import.meta.url);
const wanted = new Set(Object.values(KERNEL_RULES).flatMap(({ shownBy }) => shownBy));
/** The start of a line, in which its case and its kernel stand. */
const NAMES = /"case":"([^"]+)".*?"kernel":"([^"]+)"/;

/** By kernel, by case: the line. @type {Map<string, Map<string, string>>} */
const shipped = new Map();
for (const line of gunzipSync(readFileSync(target)).toString().trimEnd().split("\n")) {
  const [, name = "", kernel = ""] = NAMES.exec(line.slice(0, 200)) ?? [];
  if (!shipped.has(kernel)) shipped.set(kernel, new Map());
  shipped.get(kernel)?.set(name, line);
}
const recorded = readdirSync(folder).filter((name) => /^\d+(\.\d+)+$/.test(name));
if (recorded.length === 0) throw new Error(`${folder} has no folder named after a kernel, such as 6.18.44`);
const kernels = [...new Set([...shipped.keys(), ...recorded])];
kernels.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));

const lines = [];
for (const kernel of kernels) {
  const found = recorded.includes(kernel) ? new Map() : (shipped.get(kernel) ?? new Map());
  const files = recorded.includes(kernel) ? readdirSync(join(folder, kernel)) : [];
  for (const file of files.filter((name) => name.endsWith(".jsonl.gz"))) {
    const cases = gunzipSync(readFileSync(join(folder, kernel, file)));
    for (const line of cases.toString().split("\n")) {
      const name = NAMES.exec(line.slice(0, 200))?.[1] ?? "";
      if (wanted.has(name)) found.set(name, line);
    }
  }
  const missing = [...wanted].filter((name) => !found.has(name));
  if (missing.length > 0) console.error(`${kernel} has no ${missing.join(", ")}`);
  for (const name of [...wanted].sort()) if (found.has(name)) lines.push(found.get(name));
}

const packed = gzipSync(`${lines.join("\n")}\n`, { level: 9 });
writeFileSync(target, packed);
console.log(`${lines.length} cases, ${packed.length} bytes`);

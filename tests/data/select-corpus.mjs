// Chooses the recorded kernels' cases that ship with the project: every third case of every family of every kernel,
// the same ones for all kernels.
// Usage: node tests/data/select-corpus.mjs FOLDER [EVERY]; writes tests/data/corpus/KERNEL/FAMILY.jsonl.gz.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gunzipSync, gzipSync } from "node:zlib";

const [folder, every = "3"] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder holds the recorded kernels?");
const target = fileURLToPath(new URL("corpus/", import.meta.url));

let bytes = 0;
for (const kernel of readdirSync(folder, { withFileTypes: true })) {
  if (!kernel.isDirectory()) continue;
  const from = join(folder, kernel.name);
  const to = join(target, kernel.name);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "meta.json"), readFileSync(join(from, "meta.json")));
  for (const file of readdirSync(from)) {
    if (!file.endsWith(".jsonl.gz")) continue;
    const lines = gunzipSync(readFileSync(join(from, file)))
      .toString()
      .trimEnd()
      .split("\n");
    const kept = lines.filter((_, index) => index % Number(every) === 0);
    const packed = gzipSync(`${kept.join("\n")}\n`, { level: constants.Z_BEST_COMPRESSION });
    writeFileSync(join(to, file), packed);
    bytes += packed.length;
  }
}
console.log(`${bytes} bytes`);

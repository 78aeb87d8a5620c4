// Chooses the recorded decisions that ship with the project: of every kind of line a few, spread over the file.
// Usage: node tests/data/select-truth.mjs FOLDER [LINES-PER-KIND]; writes tests/data/truth/*.jsonl.gz.
//
// A kind is everything but the neighbours' attributes: operation, set, span, modes, the failing step, what came of
// it, and the events without names. So every set, operation, geometry and failure is there in every way it ends.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const [folder, perKind = "12"] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder holds the recorded decisions?");
const target = new URL("truth/", import.meta.url);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

/** The kind of an event: its sign, without the names of areas and files. */
const sign = (event) => event.replace(/[:<@].*/, "").replace(/[\d-]+$/, "");

function kindOf({ op, set, entry, kind, cause, in: given, out, outAfter, outBefore, art, ...line }) {
  const { vmg = {}, args = {}, fail, vmas, maxmaps } = given;
  const end = out ?? outAfter ?? line.out618;
  const outcomes = [end, outBefore, line.out612].map(
    (one) => one && [one.ret, one.case, one.vmas.length, one.warn],
  );
  const state = [
    end.hit,
    end.vmg?.state,
    end.it?.[2],
    end.vmap,
    end.nrl,
    end.anon,
    (end.ev ?? []).map(sign).join(),
  ];
  const modes = [vmg.just, vmg.gup, vmg.skipu, args.span, args.keep, args.new_below, args.unlock, args.uf];
  const asked = [vmas.length, fail, maxmaps, vmg.file === null, vmg.av === null, art ?? line.art];
  return JSON.stringify([op, set, entry, kind, cause, ...outcomes, ...state, ...modes, ...asked]);
}

let bytes = 0;
for (const name of readdirSync(folder).filter((file) => file.endsWith(".jsonl.gz"))) {
  const lines = gunzipSync(readFileSync(join(folder, name)))
    .toString()
    .split("\n")
    .filter(Boolean);
  const kinds = new Map();
  lines.forEach((line, index) => {
    const kind = kindOf(JSON.parse(line));
    const members = kinds.get(kind);
    if (members === undefined) kinds.set(kind, [index]);
    else members.push(index);
  });
  const chosen = new Set();
  for (const members of kinds.values()) {
    const step = Math.max(1, members.length / Number(perKind));
    for (let at = 0; at < members.length; at += step) chosen.add(members[Math.floor(at)]);
  }
  const kept = lines.filter((_, index) => chosen.has(index));
  const packed = gzipSync(`${kept.join("\n")}\n`, { level: 9 });
  writeFileSync(new URL(name, target), packed);
  bytes += packed.length;
  console.log(
    `${name}: ${kept.length} of ${lines.length} lines, ${kinds.size} kinds, ${packed.length} bytes`,
  );
}
console.log(`${bytes} bytes`);

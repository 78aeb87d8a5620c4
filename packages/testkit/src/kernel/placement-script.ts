/** Random mappings and moves whose place the kernel chooses. Everything is absolute, in bytes. */

import type { CorpusOperation, MmapOperation } from "../corpus/format.js";
import type { Aim } from "./aim.js";
import type { ScriptFamily } from "./family.js";
import type { SeededRandom } from "./random.js";

/** Makes the operations of placement scripts that other scripts make differently. */
export class PlacementMaker {
  readonly #family: ScriptFamily;
  readonly #random: SeededRandom;
  readonly #aim: Aim;

  constructor(family: ScriptFamily, random: SeededRandom, aim: Aim) {
    this.#family = family;
    this.#random = random;
    this.#aim = aim;
  }

  /** mmap without MAP_FIXED, with and without a hint. */
  mapping(): MmapOperation {
    const random = this.#random;
    const length = random.pick([
      0x1000, 0x1000, 0x2000, 0x3000, 0x4000, 0x8000, 0x10000, 0x21000, 0x200000, 0x200000, 0x400000,
      0x800000, 0x1000000, 0x1ff000, 0x201000, 0x5dc000,
    ]);
    const backing = random.weighted(this.#family.backings);
    const shared = backing === "shared-anonymous" || (backing === "file" && random.oneIn(2));
    const flags: string[] = [shared ? "shared" : "private"];
    if (backing !== "file") flags.push("anonymous");
    const word = random.oneIn(3) ? random.pick(this.#family.mapWords ?? []) : undefined;
    if (word !== undefined && !(word === "growsdown" && (shared || backing === "file"))) flags.push(word);
    const op = {
      name: "mmap" as const,
      start: `0x${this.#hint(length).toString(16)}`,
      pages: `0x${length.toString(16)}`,
      prot: random.pick(["rw", "rw", "r", "n"]),
      flags,
      file: backing === "file" ? random.pick(["A", "B"]) : null,
    };
    return backing === "file" ? { ...op, pgoff: random.pick([0, 1, 8, 512]) } : op;
  }

  /** Mostly no hint; else one beside an area, one that is taken, or an odd one. */
  #hint(length: number): number {
    const random = this.#random;
    if (!random.oneIn(3)) return 0;
    const areas = this.#aim.areas();
    if (areas.length > 0 && random.oneIn(2)) {
      const vma = random.pick(areas);
      return random.pick([vma.end, vma.start, Math.max(0, vma.start - length), vma.end + 0x1000]);
    }
    return random.pick([
      0x1000, 0x20000000, 0x40000000, 0x40001000, 0x7ffff000, 0x100000000000, 0x600000000003, 0x7fff00000000,
      0x7fffffffe000, 0x7ffffffff000, 0x7ffff8123000,
    ]);
  }

  /** mremap that may move. */
  remap(): CorpusOperation {
    const { start, length } = this.#aim.byteRange();
    const grown = length + this.#random.pick([0, 0, 0x1000, 0x3000, 0x200000, 0x21000]);
    const keep = this.#random.oneIn(5);
    return {
      name: "mremap",
      start: `0x${start.toString(16)}`,
      pages: `0x${length.toString(16)}`,
      newPages: `0x${(keep ? length : grown).toString(16)}`,
      flags: keep ? ["maymove", "dontunmap"] : ["maymove"],
    };
  }
}

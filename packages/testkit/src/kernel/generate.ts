/**
 * Random scripts of a family. The engine runs along while a script is made, so that operations land on areas, on their
 * edges and between them much more often than by chance.
 */

import { PAGE_SIZE, TASK_SIZE, VM_SHARED, VM_WRITE, type Vma } from "@vma/core";
import type { CorpusArea, CorpusCase, CorpusOperation, CorpusStep, MmapOperation } from "../corpus/format.js";
import { ReplayProcess } from "../corpus/process.js";
import type { RecordedKernel } from "../corpus/recorded-kernel.js";
import { performStep } from "../corpus/step.js";
import type { ScriptFamily } from "./family.js";
import type { SeededRandom } from "./random.js";

/** Where arenas of live runs are, as in the corpus. */
export const ARENA_BASE = 0x100000000000;

const PROTS = ["rw", "rw", "rw", "rw", "r", "rwx", "rx", "n"] as const;
const FILES = ["A", "A", "A2", "Ar", "B", "B"] as const;
const RESTS = [1, 5, 100, 4095] as const;
const MODES: readonly (readonly string[])[] = [
  ["missing"],
  ["missing"],
  ["missing"],
  ["wp"],
  ["missing", "wp"],
];
const POLICIES = [
  "default",
  "default",
  "bind",
  "bind",
  "interleave",
  "preferred",
  "local",
  "bind_static",
] as const;

const LOCK_LATER: readonly (readonly string[])[] = [["future"], ["future", "onfault"], ["future", "onfault"]];
/** MCL_CURRENT would fault in the program's own areas, whose history no listing tells. */
const LOCK_ALL: readonly (readonly string[])[] = [...LOCK_LATER, ["current"], ["current", "future"]];

/** A range in pages, or in bytes where the case is absolute. */
interface Range {
  start: number;
  length: number;
}

/** What a script starts from: the areas its process shows before the first operation (brk and placement only). */
export interface ScriptStart {
  readonly family: string;
  readonly release: string;
  readonly initial: readonly CorpusArea[];
  readonly pages: number;
}

/** A case without results: `ret` and areas of its steps mean nothing but the initial ones. */
export function emptyCase(id: string, kind: CorpusCase["kind"], start: ScriptStart): CorpusCase {
  const steps: CorpusStep[] = [];
  if (kind !== "arena") steps.push({ op: { name: "initial" }, ret: "ok", vmas: start.initial });
  const head = { case: id, family: start.family, kernel: start.release, kind };
  if (kind !== "arena") return { ...head, steps };
  return { ...head, arena: { base: `0x${ARENA_BASE.toString(16)}`, pages: start.pages }, steps };
}

/** Makes one script of `length` operations. The seed of `random` and the family decide it. */
export function generateScript(
  id: string,
  family: ScriptFamily,
  start: ScriptStart,
  kernel: RecordedKernel,
  random: SeededRandom,
  length: number,
): CorpusCase {
  const empty = emptyCase(id, family.kind, start);
  const maker = new ScriptMaker(family, new ReplayProcess(empty, kernel), random, start.pages);
  const steps = [...empty.steps];
  while (steps.length < length) {
    const op = maker.next();
    steps.push({ op, ret: "ok" });
    try {
      performStep(maker.process, op);
    } catch {
      // The engine cannot do it: the replay of the recorded script says so, at this very step.
      break;
    }
  }
  return { ...empty, steps };
}

class ScriptMaker {
  readonly process: ReplayProcess;
  readonly #family: ScriptFamily;
  readonly #random: SeededRandom;
  readonly #pages: number;
  readonly #absolute: boolean;
  /** What the process had before the script: its program lives there, so no operation may. Bytes. */
  readonly #reserved: readonly Range[];
  #segments = 0;
  #segmentPages: number[] = [];

  constructor(family: ScriptFamily, process: ReplayProcess, random: SeededRandom, pages: number) {
    this.process = process;
    this.#family = family;
    this.#random = random;
    this.#pages = pages;
    this.#absolute = family.kind === "placement";
    this.#reserved = this.#absolute
      ? [...process.space.areas()].map(({ start, end }) => ({ start, length: end - start }))
      : [];
  }

  /** The next operation. */
  next(): CorpusOperation {
    const name = this.#random.weighted(this.#family.operations);
    switch (name) {
      case "mmap":
        return this.#absolute ? this.#placeMapping() : this.#mapping();
      case "munmap":
      case "mlock":
      case "mlock2":
      case "munlock":
      case "mseal":
        return { name, ...this.#oddRange(name !== "mseal") };
      case "mprotect": {
        const prot = this.#random.pick(PROTS);
        const range = this.#oddRange(true);
        return this.#family.mapWords?.includes("growsdown") === true && this.#random.oneIn(12)
          ? { name, ...range, prot, growsdown: true }
          : { name, ...range, prot };
      }
      case "mremap":
        return this.#absolute ? this.#placeRemap() : this.#remap();
      case "madvise":
        return {
          name,
          ...this.#oddRange(false),
          advice: this.#random.pick(this.#family.advice ?? ["normal"]),
        };
      case "setname":
        return { name, ...this.#range(), value: this.#random.pick(["foo", "foo", "bar", null, null]) };
      case "uffd_register": {
        const uffd = this.#random.oneIn(8) ? 1 : 0;
        return { name, uffd, ...this.#oddRange(false), modes: this.#random.pick(MODES) };
      }
      case "uffd_unregister":
        return { name, uffd: this.#random.oneIn(8) ? 1 : 0, ...this.#range() };
      case "uffd_close":
        return { name, uffd: this.#random.between(0, 1) };
      case "mbind":
        return { name, ...this.#range(), policy: this.#random.pick(POLICIES) };
      case "shmget":
        return this.#segment();
      case "shmat":
        return this.#attach();
      case "shmdt":
        return { name, start: this.#segmentStart() };
      case "remap_file_pages":
        return this.#remapPages();
      case "ksm_all":
        return { name, on: this.#random.oneIn(3) ? 0 : 1 };
      case "mlockall":
        return { name, flags: this.#random.pick(this.process.kind === "arena" ? LOCK_ALL : LOCK_LATER) };
      case "brk":
        return this.#breakTo();
      case "read":
        return { name, at: this.#place(this.#somewhere()) };
      case "write":
        return { name, at: this.#place(this.#random.oneIn(4) ? this.#somewhere() : this.#writable()) };
      default:
        return { name } as CorpusOperation;
    }
  }

  /** The areas a script may act on. */
  #areas(): Vma[] {
    const areas = [...this.process.space.areas()];
    if (this.process.kind === "brk") return areas.filter((vma) => vma.start >= this.process.base);
    return areas.filter((vma) => vma.end <= TASK_SIZE && this.#isFree(vma.start, vma.end - vma.start));
  }

  #isFree(start: number, length: number): boolean {
    return this.#reserved.every((own) => start + length <= own.start || start >= own.start + own.length);
  }

  /** A position as the script writes it. */
  #place(bytes: number): number | string {
    return this.#absolute ? `0x${bytes.toString(16)}` : Math.floor((bytes - this.process.base) / PAGE_SIZE);
  }

  #length(bytes: number): number | string {
    return this.#absolute ? `0x${bytes.toString(16)}` : bytes / PAGE_SIZE;
  }

  /** A length in pages: mostly small, sometimes as large as a fifth of the arena. */
  #size(): number {
    if (this.#family.large === true && !this.#random.oneIn(3)) return this.#random.between(100, 1100);
    const scale = this.#pages > 64 ? 8 : 1;
    const small = this.#random.between(1, 4) * (this.#random.oneIn(2) ? scale : 1);
    return this.#random.oneIn(4) ? this.#random.between(1, Math.max(2, Math.floor(this.#pages / 5))) : small;
  }

  /** A byte address: in an area, at its edge or anywhere in the arena. */
  #somewhere(): number {
    const areas = this.#areas();
    if (areas.length > 0 && !this.#random.oneIn(6)) {
      const vma = this.#random.pick(areas);
      const pages = (vma.end - vma.start) / PAGE_SIZE;
      const inside = vma.start + this.#random.between(0, Math.min(pages, 2 ** 20) - 1) * PAGE_SIZE;
      return this.#random.oneIn(10) && this.#isFree(vma.end, PAGE_SIZE) ? vma.end : inside;
    }
    if (this.#absolute) return 0x610000000000 + this.#random.between(0, 100) * PAGE_SIZE;
    return this.process.base + this.#random.between(0, this.#pages - 1) * PAGE_SIZE;
  }

  /** An address that can be written to, if there is one. */
  #writable(): number {
    const areas = this.#areas().filter((vma) => (vma.flags & VM_WRITE) !== 0);
    if (areas.length === 0) return this.#somewhere();
    const vma = this.#random.pick(areas);
    const pages = Math.min((vma.end - vma.start) / PAGE_SIZE, 2 ** 20);
    return vma.start + this.#random.between(0, pages - 1) * PAGE_SIZE;
  }

  /** A range in bytes that has something to do with the areas there are. */
  #byteRange(): Range {
    for (;;) {
      const range = this.#anyRange();
      if (this.#isFree(range.start, range.length)) return range;
    }
  }

  #anyRange(): Range {
    const areas = this.#areas();
    const style = this.#random.between(0, 9);
    if (areas.length === 0 || style === 9) {
      return { start: this.#somewhere(), length: this.#size() * PAGE_SIZE };
    }
    const index = this.#random.between(0, areas.length - 1);
    const vma = areas[index] as Vma;
    const pages = Math.min((vma.end - vma.start) / PAGE_SIZE, 2 ** 20);
    if (style < 4) return { start: vma.start, length: pages * PAGE_SIZE };
    const skip = this.#random.between(0, pages - 1);
    if (style < 6) {
      return {
        start: vma.start + skip * PAGE_SIZE,
        length: this.#random.between(1, pages - skip) * PAGE_SIZE,
      };
    }
    if (style === 6) return { start: vma.start, length: this.#random.between(1, pages) * PAGE_SIZE };
    if (style === 7) return { start: vma.start + skip * PAGE_SIZE, length: (pages - skip) * PAGE_SIZE };
    const next = areas[index + 1];
    const start = vma.start + skip * PAGE_SIZE;
    if (next === undefined || next.start - vma.end > 64 * PAGE_SIZE) {
      return { start, length: this.#size() * PAGE_SIZE };
    }
    const far = this.#random.between(1, Math.min((next.end - next.start) / PAGE_SIZE, 2 ** 16));
    return { start, length: next.start + far * PAGE_SIZE - start };
  }

  #range(): { start: number | string; pages: number | string } {
    const { start, length } = this.#byteRange();
    return { start: this.#place(start), pages: this.#length(length) };
  }

  /** As #range, and now and then something the call must refuse or round. */
  #oddRange(rounds: boolean): {
    start: number | string;
    pages: number | string;
    startBytes?: number;
    pagesBytes?: number;
  } {
    const range = this.#range();
    if (this.#absolute || !this.#random.oneIn(40)) return range;
    switch (this.#random.between(0, 3)) {
      case 0:
        return { ...range, startBytes: this.#random.pick(RESTS) };
      case 1:
        return rounds ? { ...range, pagesBytes: this.#random.pick(RESTS) } : range;
      case 2:
        return { ...range, pages: 0 };
      default:
        return { ...range, pages: -1 };
    }
  }

  /** A start in pages for something new: beside an area, over one, or anywhere. */
  #target(length: number): number {
    const areas = this.#areas();
    const { base } = this.process;
    const style = this.#random.between(0, 9);
    if (areas.length > 0 && style < 7) {
      const vma = this.#random.pick(areas);
      const start = (vma.start - base) / PAGE_SIZE;
      const end = (vma.end - base) / PAGE_SIZE;
      if (style < 4) return end;
      if (style < 6) return Math.max(0, start - length);
      return Math.max(0, this.#random.between(start, end - 1));
    }
    return this.#random.between(0, this.#pages - 1);
  }

  #mapping(): MmapOperation {
    let pages = this.#size();
    let start = this.#target(pages);
    const gap = this.#random.oneIn(5) ? this.#gap() : null;
    if (gap !== null) ({ start, length: pages } = gap);
    const flags: string[] = [];
    const backing = this.#random.weighted(this.#family.backings);
    const isFile = backing === "file" || backing === "zero";
    const shared = backing === "shared-anonymous" || (isFile && this.#random.oneIn(2));
    flags.push(shared ? "shared" : "private");
    if (!isFile) flags.push("anonymous");
    flags.push(this.#random.oneIn(20) ? "fixed_noreplace" : "fixed");
    if (!shared && this.#random.oneIn(10)) flags.push("noreserve");
    if (this.#random.oneIn(50)) flags.push("populate");
    const word =
      this.#family.mapWords !== undefined && this.#random.oneIn(6)
        ? this.#random.pick(this.#family.mapWords)
        : null;
    if (word === "droppable") {
      if (!isFile) flags[0] = word;
    } else if (word !== null && !(word === "growsdown" && (isFile || shared))) flags.push(word);
    if (this.#random.oneIn(150) && !isFile) flags.shift();
    const prot = this.#random.pick(PROTS);
    const file =
      backing === "zero" ? "Z" : isFile ? this.#random.pick(this.#random.oneIn(60) ? ["Bw"] : FILES) : null;
    const op = {
      name: "mmap" as const,
      start,
      pages: this.#random.oneIn(150) ? 0 : pages,
      prot,
      flags,
      file,
    };
    const rest = this.#random.oneIn(150) ? { startBytes: this.#random.pick(RESTS) } : {};
    if (file === null) return { ...op, ...rest };
    return { ...op, ...rest, pgoff: this.#offsetAt(start, pages) };
  }

  /** A hole between two areas of the arena that are close to each other, exactly. */
  #gap(): Range | null {
    const areas = this.#areas();
    const { base } = this.process;
    for (let tries = 0; tries < 4 && areas.length > 1; tries += 1) {
      const index = this.#random.between(0, areas.length - 2);
      const from = (areas[index] as Vma).end;
      const length = ((areas[index + 1] as Vma).start - from) / PAGE_SIZE;
      if (length > 0 && length <= 64) return { start: (from - base) / PAGE_SIZE, length };
    }
    return null;
  }

  /** An offset in a file: often the one that continues a neighbour, or the position itself. */
  #offsetAt(start: number, pages: number): number {
    const style = this.#random.between(0, 5);
    if (style === 0) return 0;
    if (style === 1) return start;
    if (style === 2) return this.#random.between(0, 30);
    const at = this.process.base + start * PAGE_SIZE;
    const below = this.process.space.areaAt(at - PAGE_SIZE);
    if (below !== null && below.file !== null) return below.pgoff + (at - below.start) / PAGE_SIZE;
    const above = this.process.space.areaAt(at + pages * PAGE_SIZE);
    if (above !== null && above.file !== null && above.pgoff >= pages) return above.pgoff - pages;
    return start;
  }

  #remap(): CorpusOperation {
    const range = this.#range();
    let { pages } = range;
    let newPages = pages as number;
    const style = this.#random.between(0, 9);
    if (style === 8) newPages += this.#random.between(1, 8);
    if (style === 9) newPages = Math.max(1, newPages - this.#random.between(1, 4));
    if (this.#random.oneIn(12)) pages = 0;
    if (this.#random.oneIn(100)) newPages = 0;
    const rest = this.#random.oneIn(80) ? { startBytes: this.#random.pick(RESTS) } : {};
    const op = { name: "mremap" as const, start: range.start, ...rest, pages, newPages };
    const form = this.#random.between(0, 9);
    if (form < 6) {
      const toBytes = this.#random.oneIn(80) ? { toBytes: this.#random.pick(RESTS) } : {};
      const flags = this.#random.oneIn(8) ? ["maymove", "fixed", "dontunmap"] : ["maymove", "fixed"];
      return { ...op, flags, to: this.#target(newPages), ...toBytes };
    }
    // Without FIXED the range grows where it stands, or not at all: a move would leave the arena.
    if (form < 9 || newPages > (pages as number) || pages === 0) {
      const grown = this.#random.oneIn(2) ? newPages : (pages as number) + this.#random.between(1, 6);
      return { ...op, newPages: grown, flags: [] };
    }
    return {
      ...op,
      flags: this.#random.oneIn(8) ? ["fixed"] : ["maymove"],
      ...(this.#random.oneIn(9) ? { to: 0 } : {}),
    };
  }

  /** remap_file_pages, mostly within a shared area. */
  #remapPages(): CorpusOperation {
    const name = "remap_file_pages";
    const pgoff = this.#random.between(0, this.#random.oneIn(3) ? 8 : this.#pages);
    const shared = this.#areas().filter((vma) => (vma.flags & VM_SHARED) !== 0);
    if (shared.length === 0 || this.#random.oneIn(5)) return { name, ...this.#range(), pgoff };
    const vma = this.#random.pick(shared);
    const pages = (vma.end - vma.start) / PAGE_SIZE;
    const skip = this.#random.between(0, pages - 1);
    const start = this.#place(vma.start + skip * PAGE_SIZE);
    return { name, start, pages: this.#random.between(1, pages - skip), pgoff };
  }

  #segment(): CorpusOperation {
    if (this.#segments >= 3) return { name: "read", at: this.#place(this.#somewhere()) };
    const seg = `S${this.#segments}`;
    const pages = this.#random.pick([1, 4, 8, 12, 16]) * (this.#pages > 64 ? 4 : 1);
    this.#segments += 1;
    this.#segmentPages.push(pages);
    return { name: "shmget", seg, pages };
  }

  #attach(): CorpusOperation {
    if (this.#segments === 0) return this.#segment();
    const number = this.#random.between(0, this.#segments - 1);
    const flags = this.#random.pick([
      ["remap"],
      ["remap"],
      ["remap"],
      ["remap", "rdonly"],
      [],
      [],
      ["rdonly"],
      ["remap", "exec"],
    ]);
    return { name: "shmat", seg: `S${number}`, start: this.#target(this.#segmentPages[number] ?? 1), flags };
  }

  #segmentStart(): number | string {
    const attached = this.#areas().filter((vma) => vma.file?.kind === "sysv");
    if (attached.length === 0 || this.#random.oneIn(8)) return this.#place(this.#somewhere());
    const vma = this.#random.pick(attached);
    return this.#place(this.#random.oneIn(3) ? vma.start : vma.start - vma.pgoff * PAGE_SIZE);
  }

  #breakTo(): CorpusOperation {
    const { brk } = this.process.space.mm;
    const now = Math.ceil((brk - this.process.base) / PAGE_SIZE);
    const to = this.#random.oneIn(12)
      ? this.#random.pick([600, 512, 1024, 2048])
      : this.#random.oneIn(5)
        ? 0
        : Math.max(0, now + this.#random.between(-6, 8));
    return this.#random.oneIn(9)
      ? { name: "brk", to, toBytes: this.#random.pick([7, 12, 4095]) }
      : { name: "brk", to };
  }

  #placeMapping(): MmapOperation {
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
    const areas = this.#areas();
    if (areas.length > 0 && random.oneIn(2)) {
      const vma = random.pick(areas);
      return random.pick([vma.end, vma.start, Math.max(0, vma.start - length), vma.end + 0x1000]);
    }
    return random.pick([
      0x1000, 0x20000000, 0x40000000, 0x40001000, 0x7ffff000, 0x100000000000, 0x600000000003, 0x7fff00000000,
      0x7fffffffe000, 0x7ffffffff000, 0x7ffff8123000,
    ]);
  }

  #placeRemap(): CorpusOperation {
    const { start, length } = this.#byteRange();
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

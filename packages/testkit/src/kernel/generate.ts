/** Random scripts of a family. The engine runs along while a script is made, so that operations can be aimed. */

import { PAGE_SIZE, VM_SHARED } from "@vma/core";
import type { CorpusArea, CorpusCase, CorpusOperation, CorpusStep, MmapOperation } from "../corpus/format.js";
import { ReplayProcess } from "../corpus/process.js";
import type { RecordedKernel } from "../corpus/recorded-kernel.js";
import { performStep } from "../corpus/step.js";
import { Aim, RESTS } from "./aim.js";
import type { ScriptFamily } from "./family.js";
import { PlacementMaker } from "./placement-script.js";
import type { SeededRandom } from "./random.js";

/** Where arenas of live runs are, as in the corpus. */
const ARENA_BASE = 0x100000000000;

const PROTS = ["rw", "rw", "rw", "rw", "r", "rwx", "rx", "n"] as const;
const FILES = ["A", "A", "A2", "Ar", "B", "B"] as const;
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
  readonly #aim: Aim;
  readonly #placement: PlacementMaker | null;
  #segments = 0;
  #segmentPages: number[] = [];

  constructor(family: ScriptFamily, process: ReplayProcess, random: SeededRandom, pages: number) {
    this.process = process;
    this.#family = family;
    this.#random = random;
    this.#pages = pages;
    this.#aim = new Aim(family, process, random, pages);
    this.#placement = family.kind === "placement" ? new PlacementMaker(family, random, this.#aim) : null;
  }

  /** The next operation. */
  next(): CorpusOperation {
    const name = this.#random.weighted(this.#family.operations);
    switch (name) {
      case "mmap":
        return this.#placement?.mapping() ?? this.#mapping();
      case "munmap":
      case "mlock":
      case "mlock2":
      case "munlock":
      case "mseal":
        return { name, ...this.#aim.oddRange(name !== "mseal") };
      case "mprotect": {
        const prot = this.#random.pick(PROTS);
        const range = this.#aim.oddRange(true);
        return this.#family.mapWords?.includes("growsdown") === true && this.#random.oneIn(12)
          ? { name, ...range, prot, growsdown: true }
          : { name, ...range, prot };
      }
      case "mremap":
        return this.#placement?.remap() ?? this.#remap();
      case "madvise":
        return {
          name,
          ...this.#aim.oddRange(false),
          advice: this.#random.pick(this.#family.advice ?? ["normal"]),
        };
      case "setname":
        return { name, ...this.#aim.range(), value: this.#random.pick(["foo", "foo", "bar", null, null]) };
      case "uffd_register": {
        const uffd = this.#random.oneIn(8) ? 1 : 0;
        return { name, uffd, ...this.#aim.oddRange(false), modes: this.#random.pick(MODES) };
      }
      case "uffd_unregister":
        return { name, uffd: this.#random.oneIn(8) ? 1 : 0, ...this.#aim.range() };
      case "uffd_close":
        return { name, uffd: this.#random.between(0, 1) };
      case "mbind":
        return { name, ...this.#aim.range(), policy: this.#random.pick(POLICIES) };
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
        return { name, at: this.#aim.place(this.#aim.somewhere()) };
      case "write":
        return {
          name,
          at: this.#aim.place(this.#random.oneIn(4) ? this.#aim.somewhere() : this.#aim.writable()),
        };
      case "munlockall":
      case "fork":
      case "forkchild":
      case "reap":
        return { name };
      case "initial":
      case "fill":
        throw new RangeError(`no family may draw "${name}": it is made by hand`);
      default:
        return name satisfies never;
    }
  }

  #mapping(): MmapOperation {
    let pages = this.#aim.size();
    let start = this.#aim.target(pages);
    const gap = this.#random.oneIn(5) ? this.#aim.gap() : null;
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
    return { ...op, ...rest, pgoff: this.#aim.offsetAt(start, pages) };
  }

  #remap(): CorpusOperation {
    const range = this.#aim.range();
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
      return { ...op, flags, to: this.#aim.target(newPages), ...toBytes };
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
    const shared = this.#aim.areas().filter((vma) => (vma.flags & VM_SHARED) !== 0);
    if (shared.length === 0 || this.#random.oneIn(5)) return { name, ...this.#aim.range(), pgoff };
    const vma = this.#random.pick(shared);
    const pages = (vma.end - vma.start) / PAGE_SIZE;
    const skip = this.#random.between(0, pages - 1);
    const start = this.#aim.place(vma.start + skip * PAGE_SIZE);
    return { name, start, pages: this.#random.between(1, pages - skip), pgoff };
  }

  #segment(): CorpusOperation {
    if (this.#segments >= 3) return { name: "read", at: this.#aim.place(this.#aim.somewhere()) };
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
    return {
      name: "shmat",
      seg: `S${number}`,
      start: this.#aim.target(this.#segmentPages[number] ?? 1),
      flags,
    };
  }

  #segmentStart(): number | string {
    const attached = this.#aim.areas().filter((vma) => vma.file?.kind === "sysv");
    if (attached.length === 0 || this.#random.oneIn(8)) return this.#aim.place(this.#aim.somewhere());
    const vma = this.#random.pick(attached);
    return this.#aim.place(this.#random.oneIn(3) ? vma.start : vma.start - vma.pgoff * PAGE_SIZE);
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
}

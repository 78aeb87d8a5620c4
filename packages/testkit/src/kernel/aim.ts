/** Where random operations go: on areas, at their edges and between them much more often than by chance. */

import { PAGE_SIZE, TASK_SIZE, VM_WRITE, type Vma } from "@vma/core";
import type { ReplayProcess } from "../corpus/process.js";
import type { ScriptFamily } from "./family.js";
import type { SeededRandom } from "./random.js";

/** Parts of a page that make a position or a length no page multiple. */
export const RESTS: readonly number[] = [1, 5, 100, 4095];

/** A range; in bytes or in pages, as each function says. */
export interface Range {
  start: number;
  length: number;
}

/** Chooses positions and ranges from the areas a process has now. */
export class Aim {
  readonly process: ReplayProcess;
  readonly #family: ScriptFamily;
  readonly #random: SeededRandom;
  readonly #pages: number;
  readonly #absolute: boolean;
  /** What the process had before the script: its program lives there, so no operation may. Bytes. */
  readonly #reserved: readonly Range[];

  /** `pages` is the size of the arena scripts aim at. */
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

  /** The areas a script may act on. */
  areas(): Vma[] {
    const areas = [...this.process.space.areas()];
    if (this.process.kind === "brk") return areas.filter((vma) => vma.start >= this.process.base);
    return areas.filter((vma) => vma.end <= TASK_SIZE && this.isFree(vma.start, vma.end - vma.start));
  }

  /** Whether [start, start + length) bytes may be acted on. */
  isFree(start: number, length: number): boolean {
    return this.#reserved.every((own) => start + length <= own.start || start >= own.start + own.length);
  }

  /** A position as the script writes it. */
  place(bytes: number): number | string {
    return this.#absolute ? `0x${bytes.toString(16)}` : Math.floor((bytes - this.process.base) / PAGE_SIZE);
  }

  #length(bytes: number): number | string {
    return this.#absolute ? `0x${bytes.toString(16)}` : bytes / PAGE_SIZE;
  }

  /** A length in pages: mostly small, sometimes as large as a fifth of the arena. */
  size(): number {
    if (this.#family.large === true && !this.#random.oneIn(3)) return this.#random.between(100, 1100);
    const scale = this.#pages > 64 ? 8 : 1;
    const small = this.#random.between(1, 4) * (this.#random.oneIn(2) ? scale : 1);
    return this.#random.oneIn(4) ? this.#random.between(1, Math.max(2, Math.floor(this.#pages / 5))) : small;
  }

  /** A byte address: in an area, at its edge or anywhere in the arena. */
  somewhere(): number {
    const areas = this.areas();
    if (areas.length > 0 && !this.#random.oneIn(6)) {
      const vma = this.#random.pick(areas);
      const pages = (vma.end - vma.start) / PAGE_SIZE;
      const inside = vma.start + this.#random.between(0, Math.min(pages, 2 ** 20) - 1) * PAGE_SIZE;
      return this.#random.oneIn(10) && this.isFree(vma.end, PAGE_SIZE) ? vma.end : inside;
    }
    if (this.#absolute) return 0x610000000000 + this.#random.between(0, 100) * PAGE_SIZE;
    return this.process.base + this.#random.between(0, this.#pages - 1) * PAGE_SIZE;
  }

  /** An address that can be written to, if there is one. */
  writable(): number {
    const areas = this.areas().filter((vma) => (vma.flags & VM_WRITE) !== 0);
    if (areas.length === 0) return this.somewhere();
    const vma = this.#random.pick(areas);
    const pages = Math.min((vma.end - vma.start) / PAGE_SIZE, 2 ** 20);
    return vma.start + this.#random.between(0, pages - 1) * PAGE_SIZE;
  }

  /** A range in bytes that has something to do with the areas there are. */
  byteRange(): Range {
    for (;;) {
      const range = this.#anyRange();
      if (this.isFree(range.start, range.length)) return range;
    }
  }

  #anyRange(): Range {
    const areas = this.areas();
    const style = this.#random.between(0, 9);
    if (areas.length === 0 || style === 9) {
      return { start: this.somewhere(), length: this.size() * PAGE_SIZE };
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
      return { start, length: this.size() * PAGE_SIZE };
    }
    const far = this.#random.between(1, Math.min((next.end - next.start) / PAGE_SIZE, 2 ** 16));
    return { start, length: next.start + far * PAGE_SIZE - start };
  }

  /** A range as the script writes it. */
  range(): { start: number | string; pages: number | string } {
    const { start, length } = this.byteRange();
    return { start: this.place(start), pages: this.#length(length) };
  }

  /** As #range, and now and then something the call must refuse or round. */
  oddRange(rounds: boolean): {
    start: number | string;
    pages: number | string;
    startBytes?: number;
    pagesBytes?: number;
  } {
    const range = this.range();
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
  target(length: number): number {
    const areas = this.areas();
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

  /** A hole between two areas of the arena that are close to each other, exactly. */
  gap(): Range | null {
    const areas = this.areas();
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
  offsetAt(start: number, pages: number): number {
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
}

/** A set of addresses, and ranges of one laid side by side. Bytes, half-open. */

import { TASK_SIZE } from "@vma/core";
import { MapleTree } from "@vma/maple";
import { Rules } from "@vma/maple/rules";
import { clone } from "@vma/maple/versions";

/** A part of a range that lies wholly inside a set, or wholly outside. */
export interface RangePiece {
  readonly start: number;
  readonly end: number;
  readonly inside: boolean;
}

/** Touching ranges become one. */
const JOINED: Rules<true> = new Rules<true>({ merge: () => true });

/** Ranges of user memory that are added and taken away. */
export class RangeSet {
  readonly #tree: MapleTree<true>;

  constructor(tree: MapleTree<true> = new MapleTree<true>({ rules: JOINED })) {
    this.#tree = tree;
  }

  clone(): RangeSet {
    return new RangeSet(clone(this.#tree));
  }

  has(address: number): boolean {
    return this.#tree.has(address);
  }

  /** What lies above user memory is left out: a trace may claim anything. */
  add(start: number, end: number): void {
    const to = Math.min(end, TASK_SIZE);
    if (start >= 0 && start < to) this.#tree.set(start, to, true);
  }

  remove(start: number, end: number): void {
    const to = Math.min(end, TASK_SIZE);
    if (start >= 0 && start < to) this.#tree.delete(start, to);
  }

  /** The ranges, ascending; none touches another. */
  ranges(): Iterable<readonly [start: number, end: number]> {
    return this.#tree.keys();
  }

  /** The range cut where it enters and leaves the set. */
  pieces(start: number, end: number): RangePiece[] {
    const found: RangePiece[] = [];
    let at = start;
    for (const [from, to] of this.#tree.keys(start, end)) {
      if (at < from) found.push({ start: at, end: from, inside: false });
      found.push({ start: Math.max(at, from), end: Math.min(to, end), inside: true });
      at = to;
    }
    if (at < end) found.push({ start: at, end, inside: false });
    return found;
  }
}

/** Ranges laid side by side from one address on, in their order: what was in between is left out. */
export class PackedRanges {
  /** For each range: what is added to an address in it. */
  readonly #shifts = new MapleTree<number>();
  readonly base: number;
  /** Bytes of all ranges. */
  readonly size: number;

  constructor(ranges: RangeSet, base: number) {
    this.base = base;
    let at = base;
    for (const [start, end] of ranges.ranges()) {
      this.#shifts.set(start, end, at - start);
      at += end - start;
    }
    this.size = at - base;
  }

  /** Where an address of a range lies now; null for one that is in none. */
  place(address: number): number | null {
    const shift = this.#shifts.get(address);
    return shift === undefined ? null : address + shift;
  }
}

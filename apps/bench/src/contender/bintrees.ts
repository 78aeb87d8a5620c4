// bintrees: a red-black tree of { start, end, value }, ordered by start, searched with one reused probe.
import { RBTree } from "bintrees";
import type { GapSearch, Neighbours, RangeMap, RangeStructure } from "./range-map.js";

interface Range {
  start: number;
  end: number;
  value: number;
}

class Bintree implements RangeMap, Neighbours, GapSearch {
  readonly #tree = new RBTree<Range>((a, b) => a.start - b.start);
  readonly #probe: Range = { start: 0, end: 0, value: 0 };

  /** The last range that starts at or below `at`. */
  #floor(at: number): Range | null {
    this.#probe.start = at;
    const found = this.#tree.upperBound(this.#probe);
    return found.prev();
  }

  get(at: number): number {
    const range = this.#floor(at);
    return range !== null && range.end > at ? range.value : 0;
  }

  set(start: number, end: number, value: number): void {
    this.erase(start, end);
    this.#tree.insert({ start, end, value });
  }

  insert(start: number, end: number, value: number): boolean {
    const below = this.#lower(end);
    if (below !== null && below.end > start) return false;
    this.#tree.insert({ start, end, value });
    return true;
  }

  fill(start: number, end: number, value: number): void {
    this.#tree.insert({ start, end, value });
  }

  erase(start: number, end: number): void {
    const tree = this.#tree;
    this.#probe.start = start;
    const place = tree.lowerBound(this.#probe);
    const covered: Range[] = [];
    for (let range = place.data(); range !== null && range.start < end; range = place.next())
      covered.push(range);
    const below = this.#lower(start);
    if (below !== null && below.end > start) {
      if (below.end > end) tree.insert({ start: end, end: below.end, value: below.value });
      below.end = start;
    }
    for (const range of covered) {
      // Cut at the front, a range keeps its place in the order: what lies below is gone.
      if (range.end > end) range.start = end;
      else tree.remove(range);
    }
  }

  /** The last range that starts below `at`. */
  #lower(at: number): Range | null {
    this.#probe.start = at;
    return this.#tree.lowerBound(this.#probe).prev();
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    this.#tree.each((range) => visit(range.start, range.end, range.value));
  }

  valueBelow(at: number): number {
    this.#probe.start = at;
    const place = this.#tree.lowerBound(this.#probe);
    const below = place.prev();
    if (below === null || below.end <= at) return below?.value ?? 0;
    return place.prev()?.value ?? 0;
  }

  valueAbove(at: number): number {
    this.#probe.start = at;
    return this.#tree.lowerBound(this.#probe).data()?.value ?? 0;
  }

  lowestGap(size: number, min: number, max: number): number {
    const below = this.#lower(min);
    let at = below === null ? min : Math.max(min, below.end);
    this.#probe.start = min;
    const place = this.#tree.lowerBound(this.#probe);
    for (let range = place.data(); range !== null && at + size <= max; range = place.next()) {
      if (range.start - at >= size) return at;
      at = range.end;
    }
    return at + size <= max ? at : -1;
  }

  highestGap(size: number, min: number, max: number): number {
    let at = max;
    this.#probe.start = max;
    const place = this.#tree.lowerBound(this.#probe);
    for (let range = place.prev(); range !== null && at - size >= min; range = place.prev()) {
      if (at - range.end >= size) return at - size;
      at = Math.min(at, range.start);
    }
    return at - size >= min ? at - size : -1;
  }
}

export const bintrees: RangeStructure = { name: "bintrees", create: () => new Bintree() };

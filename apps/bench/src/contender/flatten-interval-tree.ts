// @flatten-js/interval-tree allows overlaps, so a write searches, removes and inserts. Its intervals are closed.
import IntervalTree from "@flatten-js/interval-tree";
import type { RangeMap, RangeStructure } from "./range-map.js";

interface Range {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

class FlattenTree implements RangeMap {
  readonly #tree = new IntervalTree<Range>();

  get(at: number): number {
    const [range] = this.#tree.search([at, at]) as Range[];
    return range?.value ?? 0;
  }

  set(start: number, end: number, value: number): void {
    this.erase(start, end);
    this.fill(start, end, value);
  }

  insert(start: number, end: number, value: number): boolean {
    if (this.#tree.intersect_any([start, end - 1])) return false;
    this.fill(start, end, value);
    return true;
  }

  fill(start: number, end: number, value: number): void {
    this.#tree.insert([start, end - 1], { start, end, value });
  }

  erase(start: number, end: number): void {
    const tree = this.#tree;
    for (const range of tree.search([start, end - 1]) as Range[]) {
      tree.remove([range.start, range.end - 1], range);
      if (range.start < start) this.fill(range.start, start, range.value);
      if (range.end > end) this.fill(end, range.end, range.value);
    }
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    this.#tree.forEach((_key: unknown, range: Range) => {
      visit(range.start, range.end, range.value);
    });
  }
}

export const flattenIntervalTree: RangeStructure = {
  name: "@flatten-js/interval-tree",
  create: () => new FlattenTree(),
  maxN: 100_000,
};

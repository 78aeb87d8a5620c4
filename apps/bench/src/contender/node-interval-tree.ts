// node-interval-tree allows overlaps, so a write searches, removes and inserts. Its intervals are closed.
import { IntervalTree } from "node-interval-tree";
import type { RangeMap, RangeStructure } from "./range-map.js";

interface Range {
  readonly low: number;
  readonly high: number;
  readonly value: number;
}

class NodeIntervalTree implements RangeMap {
  readonly #tree = new IntervalTree<Range>();

  get(at: number): number {
    return this.#tree.search(at, at)[0]?.value ?? 0;
  }

  set(start: number, end: number, value: number): void {
    this.erase(start, end);
    this.fill(start, end, value);
  }

  insert(start: number, end: number, value: number): boolean {
    if (this.#tree.search(start, end - 1).length > 0) return false;
    this.fill(start, end, value);
    return true;
  }

  fill(start: number, end: number, value: number): void {
    this.#tree.insert({ low: start, high: end - 1, value });
  }

  erase(start: number, end: number): void {
    const tree = this.#tree;
    for (const range of tree.search(start, end - 1)) {
      tree.remove(range);
      if (range.low < start) this.fill(range.low, start, range.value);
      if (range.high >= end) this.fill(end, range.high + 1, range.value);
    }
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    for (const range of this.#tree.inOrder()) visit(range.low, range.high + 1, range.value);
  }
}

export const nodeIntervalTree: RangeStructure = {
  name: "node-interval-tree",
  create: () => new NodeIntervalTree(),
  maxN: 100_000,
};

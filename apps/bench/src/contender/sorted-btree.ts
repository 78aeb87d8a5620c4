// sorted-btree: a B+ tree from start to { end, value }. Values are cut in place unless a version shares them.
import sortedBtree from "sorted-btree";
import type { GapSearch, Neighbours, RangeMap, RangeStructure, Versions } from "./range-map.js";

/** Node hands out the whole CommonJS module as its default; test runners may have unwrapped it. */
const BTree = sortedBtree.default ?? (sortedBtree as unknown as typeof sortedBtree.default);

interface Tail {
  end: number;
  value: number;
}

const DELETE = { delete: true } as const;
const compare = (a: number, b: number): number => a - b;

class SortedBtree implements RangeMap, Neighbours, GapSearch, Versions {
  readonly #tree: InstanceType<typeof BTree<number, Tail>>;
  readonly #pair: [number, Tail] = [0, { end: 0, value: 0 }];
  #shared: boolean;
  #eraseEnd = 0;
  #tail: Tail | null = null;
  readonly #drop = (_start: number, range: Tail): typeof DELETE => {
    if (range.end > this.#eraseEnd) this.#tail = range;
    return DELETE;
  };

  constructor(tree: InstanceType<typeof BTree<number, Tail>>, shared: boolean) {
    this.#tree = tree;
    this.#shared = shared;
  }

  get(at: number): number {
    const pair = this.#tree.getPairOrNextLower(at, this.#pair);
    return pair !== undefined && pair[1].end > at ? pair[1].value : 0;
  }

  set(start: number, end: number, value: number): void {
    this.erase(start, end);
    this.#tree.set(start, { end, value });
  }

  insert(start: number, end: number, value: number): boolean {
    const below = this.#tree.nextLowerPair(end, this.#pair);
    if (below !== undefined && below[1].end > start) return false;
    this.#tree.set(start, { end, value });
    return true;
  }

  fill(start: number, end: number, value: number): void {
    this.#tree.set(start, { end, value });
  }

  erase(start: number, end: number): void {
    const tree = this.#tree;
    const below = tree.nextLowerPair(start, this.#pair);
    if (below !== undefined && below[1].end > start) {
      const range = below[1];
      if (range.end > end) tree.set(end, { end: range.end, value: range.value });
      if (this.#shared) tree.set(below[0], { end: start, value: range.value });
      else range.end = start;
    }
    this.#eraseEnd = end;
    tree.editRange(start, end, false, this.#drop);
    const tail = this.#tail;
    if (tail === null) return;
    this.#tail = null;
    tree.set(end, this.#shared ? { end: tail.end, value: tail.value } : tail);
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    this.#tree.forEachPair((start, range) => visit(start, range.end, range.value));
  }

  valueBelow(at: number): number {
    const tree = this.#tree;
    const pair = tree.nextLowerPair(at, this.#pair);
    if (pair === undefined) return 0;
    if (pair[1].end <= at) return pair[1].value;
    return tree.nextLowerPair(pair[0], this.#pair)?.[1].value ?? 0;
  }

  valueAbove(at: number): number {
    return this.#tree.getPairOrNextHigher(at, this.#pair)?.[1].value ?? 0;
  }

  lowestGap(size: number, min: number, max: number): number {
    const below = this.#tree.nextLowerPair(min, this.#pair);
    let at = below === undefined ? min : Math.max(min, below[1].end);
    for (const [start, range] of this.#tree.entries(min, this.#pair)) {
      if (at + size > max) return -1;
      if (start - at >= size) return at;
      at = range.end;
    }
    return at + size <= max ? at : -1;
  }

  highestGap(size: number, min: number, max: number): number {
    let at = max;
    for (const [start, range] of this.#tree.entriesReversed(max, this.#pair, true)) {
      if (at - size < min) return -1;
      if (at - range.end >= size) return at - size;
      at = Math.min(at, start);
    }
    return at - size >= min ? at - size : -1;
  }

  snapshot(): RangeMap {
    this.#shared = true;
    return new SortedBtree(this.#tree.clone(), true);
  }
}

export const sortedBtreeMap: RangeStructure = {
  name: "sorted-btree",
  create: () => new SortedBtree(new BTree<number, Tail>(undefined, compare), false),
};

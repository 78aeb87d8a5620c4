// functional-red-black-tree: persistent, so a version is the old root. Values are cut in place unless shared.
import createTree, { type Tree } from "functional-red-black-tree";
import type { GapSearch, Neighbours, RangeMap, RangeStructure, Versions } from "./range-map.js";

interface Tail {
  end: number;
  value: number;
}

const compare = (a: number, b: number): number => a - b;

class FunctionalTree implements RangeMap, Neighbours, GapSearch, Versions {
  #tree: Tree<number, Tail>;
  #shared: boolean;

  constructor(tree: Tree<number, Tail>, shared: boolean) {
    this.#tree = tree;
    this.#shared = shared;
  }

  get(at: number): number {
    const range = this.#tree.le(at).value;
    return range !== undefined && range.end > at ? range.value : 0;
  }

  set(start: number, end: number, value: number): void {
    this.erase(start, end);
    this.#tree = this.#tree.insert(start, { end, value });
  }

  insert(start: number, end: number, value: number): boolean {
    const below = this.#tree.lt(end).value;
    if (below !== undefined && below.end > start) return false;
    this.#tree = this.#tree.insert(start, { end, value });
    return true;
  }

  fill(start: number, end: number, value: number): void {
    this.#tree = this.#tree.insert(start, { end, value });
  }

  erase(start: number, end: number): void {
    const below = this.#tree.lt(start);
    const range = below.value;
    if (range !== undefined && range.end > start) {
      const rest = range.end > end ? { end: range.end, value: range.value } : null;
      if (this.#shared) this.#tree = below.update({ end: start, value: range.value });
      else range.end = start;
      if (rest !== null) this.#tree = this.#tree.insert(end, rest);
    }
    for (;;) {
      const place = this.#tree.ge(start);
      const from = place.key;
      if (from === undefined || from >= end) return;
      const covered = place.value;
      this.#tree = place.remove();
      if (covered !== undefined && covered.end > end) {
        this.#tree = this.#tree.insert(end, covered);
        return;
      }
    }
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    this.#tree.forEach((start, range) => {
      visit(start, range.end, range.value);
    });
  }

  valueBelow(at: number): number {
    const place = this.#tree.lt(at);
    const range = place.value;
    if (range === undefined || range.end <= at) return range?.value ?? 0;
    place.prev();
    return place.value?.value ?? 0;
  }

  valueAbove(at: number): number {
    return this.#tree.ge(at).value?.value ?? 0;
  }

  lowestGap(size: number, min: number, max: number): number {
    let at = Math.max(min, this.#tree.lt(min).value?.end ?? min);
    for (const walk = this.#tree.ge(min); walk.valid && at + size <= max; walk.next()) {
      if ((walk.key as number) - at >= size) return at;
      at = (walk.value as Tail).end;
    }
    return at + size <= max ? at : -1;
  }

  highestGap(size: number, min: number, max: number): number {
    let at = max;
    for (const walk = this.#tree.lt(max); walk.valid && at - size >= min; walk.prev()) {
      if (at - (walk.value as Tail).end >= size) return at - size;
      at = Math.min(at, walk.key as number);
    }
    return at - size >= min ? at - size : -1;
  }

  snapshot(): RangeMap {
    this.#shared = true;
    return new FunctionalTree(this.#tree, true);
  }
}

export const functionalRedBlackTree: RangeStructure = {
  name: "functional-red-black-tree",
  create: () => new FunctionalTree(createTree<number, Tail>(compare), false),
};

// @vma/maple as a contender: every call is one call of its interface, neighbours come from one cursor.
import { type Cursor, MapleTree } from "@vma/maple";
import { highestGap, lowestGap } from "@vma/maple/gaps";
import { dispose, snapshot } from "@vma/maple/versions";
import type { GapSearch, Neighbours, RangeMap, RangeStructure, Versions } from "./range-map.js";

class MapleMap implements RangeMap, Neighbours, GapSearch, Versions {
  readonly #tree: MapleTree<number>;
  #place: Cursor<number> | null = null;

  constructor(tree: MapleTree<number> = new MapleTree()) {
    this.#tree = tree;
  }

  get #cursor(): Cursor<number> {
    this.#place ??= this.#tree.cursor();
    return this.#place;
  }

  get(at: number): number {
    return this.#tree.get(at) ?? 0;
  }

  set(start: number, end: number, value: number): void {
    this.#tree.set(start, end, value);
  }

  insert(start: number, end: number, value: number): boolean {
    return this.#tree.tryInsert(start, end, value);
  }

  fill(start: number, end: number, value: number): void {
    this.#tree.set(start, end, value);
  }

  erase(start: number, end: number): void {
    this.#tree.delete(start, end);
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    this.#tree.forEach((value, start, end) => {
      visit(start, end, value);
    });
  }

  valueBelow(at: number): number {
    this.#cursor.find(at);
    return this.#cursor.peekPrev() ?? 0;
  }

  valueAbove(at: number): number {
    return this.#cursor.find(at) ?? 0;
  }

  lowestGap(size: number, min: number, max: number): number {
    return lowestGap(this.#tree, size, min, max);
  }

  highestGap(size: number, min: number, max: number): number {
    return highestGap(this.#tree, size, min, max);
  }

  snapshot(): MapleMap {
    return new MapleMap(snapshot(this.#tree));
  }

  dispose(): void {
    dispose(this.#tree);
  }
}

export const maple: RangeStructure = { name: "@vma/maple", create: () => new MapleMap() };

// Trees of a known shape.

import { expect } from "vitest";
import { validate, validateArena } from "../../src/debug.js";
import { MapleTree } from "../../src/index.js";

/** `n` entries [10 i, 10 i + 5) with the value i, written in order: every node but the last ones is full. */
export function inOrder(n: number, from = 0): MapleTree<number> {
  const tree = new MapleTree<number>();
  for (let i = from; i < from + n; i++) tree.set(i * 10, i * 10 + 5, i);
  return tree;
}

/** Expects every version to be sound, and the memory that they share to be theirs and nobody else's. */
export function expectSound(...versions: readonly MapleTree<unknown>[]): void {
  for (const tree of versions) expect(validate(tree)).toEqual([]);
  expect(validateArena(...versions)).toEqual([]);
}

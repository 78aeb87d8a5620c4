// Trees of a known shape.

import { expect } from "vitest";
import { validate, validateArena } from "../../src/debug.js";
import { MapleTree } from "../../src/index.js";
import { LEAF, SPARE } from "../../src/layout.js";

/** `n` entries [10 i, 10 i + 5) with the value i, written in order. */
export function inOrder(n: number, from = 0): MapleTree<number> {
  const tree = new MapleTree<number>();
  for (let i = from; i < from + n; i++) tree.set(i * 10, i * 10 + 5, i);
  return tree;
}

/** The same entries in as few leaves as can be: each is full, but for the last one. */
export function packed(n: number): MapleTree<number> {
  const tree = new MapleTree<number>();
  const all = Math.ceil(n / LEAF) * LEAF;
  // Filled in order, leaves keep slots to spare, which these entries in their midst take.
  const isLate = (i: number): boolean => i % LEAF >= LEAF / 2 && i % LEAF < LEAF / 2 + SPARE;
  for (let i = 0; i < all; i++) if (!isLate(i)) tree.set(i * 10, i * 10 + 5, i);
  for (let i = 0; i < all; i++) if (isLate(i)) tree.set(i * 10, i * 10 + 5, i);
  if (all > n) tree.delete(n * 10, all * 10);
  return tree;
}

/** Expects every version to be sound, and the memory that they share to be theirs and nobody else's. */
export function expectSound(...versions: readonly MapleTree<unknown>[]): void {
  for (const tree of versions) expect(validate(tree)).toEqual([]);
  expect(validateArena(...versions)).toEqual([]);
}

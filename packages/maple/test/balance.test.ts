// Full leaves hand on or split, poor ones borrow or join: each branch once, by the smallest tree that takes it.
import { describe, expect, it } from "vitest";
import { stats } from "../src/debug.js";
import type { MapleTree } from "../src/index.js";
import { INNER, LEAF, LEAF_MIN, SPARE } from "../src/layout.js";
import { hits } from "./support/marks.js";
import { expectSound, inOrder, packed } from "./support/trees.js";

/** Deletes the entries from `from` to before `to` of a tree made by inOrder. */
function drop(tree: MapleTree<number>, from: number, to: number): void {
  tree.delete(from * 10, to * 10);
}

describe("a full leaf", () => {
  it("splits and puts a root above, when it is the root", () => {
    const tree = packed(LEAF);
    expect(stats(tree).height).toBe(0);
    hits("balance.new-root", () => tree.set(7, 9, -1));
    expect(stats(tree)).toMatchObject({ height: 1, leaves: 2, entries: LEAF + 1 });
    expectSound(tree);
  });

  it("keeps a few slots to spare when entries are appended, and no more", () => {
    const filled = LEAF - SPARE;
    const tree = inOrder(filled * INNER * 2);
    expect(stats(tree)).toMatchObject({ leaves: INNER * 2, fill: filled / LEAF });
    expectSound(tree);
    // So that the first writes in their midst split nothing.
    for (let leaf = 0; leaf < INNER * 2; leaf++) {
      for (let i = 0; i < SPARE; i++)
        tree.set((leaf * filled + i) * 10 + 6, (leaf * filled + i) * 10 + 7, -1);
    }
    expect(stats(tree)).toMatchObject({ leaves: INNER * 2, fill: 1 });
    expectSound(tree);
  });

  it("keeps the last part of its last entry when that is cut in two", () => {
    const tree = packed(LEAF * 2);
    const last = LEAF * 20 - 10;
    expect(tree.delete(last + 1, last + 3)).toBe(1);
    expect(stats(tree)).toMatchObject({ leaves: 3, entries: LEAF * 2 + 1 });
    expect([...tree.keys(last)]).toEqual([
      [last, last + 1],
      [last + 3, last + 5],
    ]);
    expectSound(tree);
  });

  it("keeps them when entries come in descending order, too", () => {
    const tree = inOrder(1, 5000);
    for (let i = 4999; i > 5000 - LEAF * 40; i--) tree.set(i * 10, i * 10 + 5, i);
    expect(stats(tree).fill).toBeCloseTo((LEAF - SPARE) / LEAF, 1);
    expectSound(tree);
  });

  it("hands entries to the leaf on its left", () => {
    const tree = packed(LEAF * 2);
    drop(tree, 0, 12);
    hits("balance.hand-left", () => tree.set(LEAF * 10 + 6, LEAF * 10 + 7, -1));
    expect(stats(tree).leaves).toBe(2);
    expectSound(tree);
  });

  it("hands entries to the leaf on its right", () => {
    const tree = packed(LEAF * 2);
    drop(tree, LEAF + 3, LEAF + 15);
    hits("balance.hand-right", () => tree.set(6, 7, -1));
    expect(stats(tree).leaves).toBe(2);
    expectSound(tree);
  });

  it("has its parent split, when that is full, too", () => {
    const tree = packed(LEAF * INNER);
    expect(stats(tree).height).toBe(1);
    hits("balance.split-inner", () => tree.set(6, 7, -1));
    expect(stats(tree).height).toBe(2);
    expectSound(tree);
  });
});

describe("a poor leaf", () => {
  it("borrows from a neighbour that has enough", () => {
    const tree = packed(LEAF * 3);
    hits("balance.borrow", () => drop(tree, LEAF, LEAF * 2 - LEAF_MIN + 1));
    expect(stats(tree).leaves).toBe(3);
    expectSound(tree);
  });

  it("joins a neighbour that has little", () => {
    const tree = packed(LEAF * 3);
    drop(tree, 0, LEAF - LEAF_MIN);
    hits("balance.join", () => drop(tree, LEAF, LEAF * 2 - LEAF_MIN + 1));
    expect(stats(tree).leaves).toBe(2);
    expectSound(tree);
  });

  it("takes the root with it when it was the last but one", () => {
    const tree = packed(LEAF * 2);
    hits("balance.lower-root", () => drop(tree, 4, LEAF * 2 - 4));
    expect(stats(tree)).toMatchObject({ height: 0, entries: 8 });
    expectSound(tree);
  });

  it("is dropped when it is empty, and so are parents of it alone", () => {
    const tree = packed(LEAF * INNER + 1);
    expect(stats(tree)).toMatchObject({ height: 2, nodes: INNER + 1 + 3 });
    drop(tree, LEAF * INNER, LEAF * INNER + 1);
    expect(stats(tree)).toMatchObject({ height: 1, nodes: INNER + 1 });
    tree.delete(0, 2 ** 60);
    expect(stats(tree)).toMatchObject({ height: 0, nodes: 1, entries: 0 });
    expectSound(tree);
  });
});

it("a tree of three levels is built and taken down in any order", () => {
  for (const step of [1, 7919]) {
    const n = LEAF * INNER * 3;
    const tree = inOrder(0);
    for (let i = 0, at = 0; i < n; i++, at = (at + step) % n) tree.set(at * 10, at * 10 + 5, at);
    expectSound(tree);
    expect(stats(tree).height).toBe(2);
    for (let i = 0, at = 0; i < n; i++, at = (at + step) % n) {
      expect(tree.delete(at * 10, at * 10 + 5)).toBe(1);
      if (i % 500 === 0) expectSound(tree);
    }
    expect(stats(tree)).toMatchObject({ height: 0, nodes: 1, entries: 0 });
  }
});

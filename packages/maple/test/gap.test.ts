// Searches for holes: lowest and highest, aligned, within bounds, and bounds that are tightened by searching.
import { describe, expect, it } from "vitest";
import { gaps, highestGap, lowestGap } from "../src/gaps.js";
import { MapleTree } from "../src/index.js";
import { INNER, LEAF } from "../src/layout.js";
import { clone, snapshot } from "../src/versions.js";
import { SortedArrayModel } from "./support/sorted-array-model.js";
import { expectSound, inOrder, packed } from "./support/trees.js";

describe("the lowest and the highest hole", () => {
  it("of every size, alignment, offset and window on a small tree", () => {
    const entries: [number, number, number][] = [
      [3, 5, 1],
      [9, 10, 2],
      [10, 14, 3],
      [21, 22, 4],
    ];
    const tree = MapleTree.from(entries, { max: 30 });
    const model = new SortedArrayModel(0, 30);
    model.entries = entries;
    for (let min = 0; min < 30; min++) {
      for (let max = min + 1; max <= 30; max++) {
        for (const size of [1, 2, 4, 7]) {
          for (const align of [1, 2, 3, 8]) {
            for (const offset of [0, 1, 5]) {
              const window = [size, min, max, align, offset] as const;
              expect(lowestGap(tree, ...window), `lowest of ${window}`).toBe(model.lowestGap(...window));
              expect(highestGap(tree, ...window), `highest of ${window}`).toBe(model.highestGap(...window));
            }
          }
        }
      }
    }
  });

  it("lie before the first entry, after the last, or anywhere in an empty tree", () => {
    const tree = new MapleTree<number>({ max: 100 });
    expect([lowestGap(tree, 100), highestGap(tree, 100), lowestGap(tree, 101)]).toEqual([0, 0, -1]);
    expect([highestGap(tree, 30), highestGap(tree, 7, 0, 100, 8, 1)]).toEqual([70, 89]);
    tree.set(40, 60, 1);
    expect([lowestGap(tree, 40), highestGap(tree, 40), lowestGap(tree, 41)]).toEqual([0, 60, -1]);
    tree.set(0, 100, 1);
    expect([lowestGap(tree, 1), highestGap(tree, 1)]).toEqual([-1, -1]);
  });

  it("are found across leaves of all levels, wherever the one wide hole is", () => {
    const n = LEAF * INNER * 2;
    const tree = new MapleTree<number>({ max: n * 10 });
    for (let i = 0; i < n; i++) tree.set(i * 10, i * 10 + 9, i);
    for (const hole of [
      0,
      1,
      LEAF - 1,
      LEAF,
      LEAF * INNER - 1,
      LEAF * INNER,
      LEAF * INNER + 1,
      n - 2,
      n - 1,
    ]) {
      tree.delete(hole * 10, hole * 10 + 9);
      const from = hole > 0 ? hole * 10 - 1 : 0;
      const to = hole * 10 + 10;
      for (const min of [0, from, Math.max(0, hole * 10 - 777)]) {
        expect(lowestGap(tree, to - from, min), `lowest, hole ${hole}, from ${min}`).toBe(from);
        expect(lowestGap(tree, to - from + 1, min)).toBe(-1);
      }
      for (const max of [n * 10, to, Math.min(n * 10, to + 777)]) {
        expect(highestGap(tree, to - from, 0, max), `highest, hole ${hole}, to ${max}`).toBe(from);
      }
      tree.set(hole * 10, hole * 10 + 9, hole);
      expect(lowestGap(tree, 2)).toBe(-1);
      expectSound(tree);
    }
  });

  it("stay right in a version whose neighbour has grown a hole between leaves that both share", () => {
    const tree = packed(LEAF * INNER * 2);
    const at = LEAF * INNER * 10; // the first entry of the second parent's first leaf
    const other = clone(tree);
    tree.set(at - 5, at, -1); // no hole before it here
    expect(lowestGap(tree, 6, at - 100, at + 100)).toBe(-1);
    other.delete(at - 10, at); // a hole of 15 before it there
    expect(lowestGap(other, 15, at - 100, at + 100)).toBe(at - 15);
    expect(lowestGap(tree, 6)).toBe(LEAF * INNER * 20 - 5);
    expectSound(tree, other);
  });

  it("stay right in a version whose neighbour searches after it has lost the entry behind a shared leaf", () => {
    const tree = packed(LEAF * 3);
    const other = clone(tree);
    const first = 10 * LEAF;
    other.delete(first, first + 15); // the hole grows out of the leaf that both share
    for (let i = 0; i < 2; i++) {
      expect(lowestGap(tree, 6, 0, 10 * LEAF * 3)).toBe(-1); // sees that its own is smaller
      expect(lowestGap(other, 6, 0, 10 * LEAF * 3)).toBe(first - 5);
      expect(highestGap(other, 6, 0, 10 * LEAF * 3)).toBe(first + 14);
    }
    expectSound(tree, other);
  });

  it("stay right in a version that has lost every entry before a shared leaf", () => {
    const tree = packed(LEAF * INNER + LEAF * 3);
    const other = clone(tree);
    const first = 10 * LEAF * INNER;
    other.delete(0, first);
    for (let i = 0; i < 2; i++) {
      expect(lowestGap(tree, 6, 0, first)).toBe(-1);
      expect(lowestGap(other, 6)).toBe(0);
      expect(lowestGap(other, first)).toBe(0);
    }
    other.delete(first, first + 10);
    expect(highestGap(other, first + 10, 0, first + 20)).toBe(0);
    expectSound(tree, other);
  });

  it("stay right in a version whose neighbour is written elsewhere and searches", () => {
    const behind = INNER * LEAF * 10;
    const tree = packed(INNER * LEAF + 200);
    tree.delete(50, 55);
    tree.set(50, 55, 5); // the bounds still tell of the hole
    const copy = clone(tree);
    copy.delete(behind, behind + 5);
    tree.set(behind + 500, behind + 505, -1); // its own root, but the first node below is shared
    expect(lowestGap(tree, 12, 0, behind)).toBe(-1);
    expect(lowestGap(tree, 12)).toBe(behind + 1995);
    expect(lowestGap(copy, 12)).toBe(behind - 5);
    expectSound(tree, copy);
  });

  it("of a snapshot are found again and again: its bounds are tightened though it is frozen", () => {
    const tree = inOrder(5000);
    for (let i = 0; i < 5000; i++) tree.set(i * 10 + 5, i * 10 + 9, -1);
    const old = snapshot(tree);
    expect(lowestGap(old, 2, 0, 50_000)).toBe(-1);
    expect(highestGap(old, 2, 0, 50_000)).toBe(-1);
    expectSound(tree, old);
  });
});

describe("large keys", () => {
  const top = 2 ** 64;
  it("the whole space is one hole, and one entry", () => {
    const tree = new MapleTree<string>();
    expect([lowestGap(tree, top), highestGap(tree, top)]).toEqual([0, 0]);
    tree.set(0, top, "all");
    expect([tree.get(0), tree.get(top - 4096), lowestGap(tree, 1)]).toEqual(["all", "all", -1]);
  });

  it("pages next to 2^64 are told apart", () => {
    const tree = MapleTree.from<string>([
      [top - 12288, top - 8192, "a"],
      [top - 4096, top, "b"],
    ]);
    expect(highestGap(tree, 4096)).toBe(top - 8192);
    expect(highestGap(tree, 4097)).toBe(top - 12288 - 8192);
    expect([...gaps(tree, 2 ** 63)]).toEqual([
      [2 ** 63, top - 12288],
      [top - 8192, top - 4096],
    ]);
  });

  it("a size that a rounded distance only seems to have does not fit", () => {
    const tree = new MapleTree<string>();
    tree.set(0, 5, "a");
    expect(lowestGap(tree, 2 ** 63, 0, 2 ** 63)).toBe(-1); // 5 to 2^63 is rounded to 2^63
    expect(lowestGap(tree, 2 ** 63 - 4096, 0, 2 ** 63)).toBe(5);
  });

  it("a place that is no exact key is moved down to one", () => {
    const tree = new MapleTree<string>();
    const at = highestGap(tree, 5);
    expect(at).toBe(top - 4096);
    expect(highestGap(tree, 4097)).toBe(top - 8192);
  });
});

describe("domains", () => {
  it("negative keys work where the domain has them; no place is then NaN, as -1 is one", () => {
    const tree = new MapleTree<string>({ min: -100, max: 100 });
    tree.set(-50, 50, "a");
    expect([lowestGap(tree, 50), highestGap(tree, 50), lowestGap(tree, 51)]).toEqual([-100, 50, Number.NaN]);
    expect(lowestGap(tree, 10, -100, 100, 7, 3)).toBe(-95);
    expect(highestGap(tree, 10, -100, 0, 7, 3)).toBe(-60);
    expect([...gaps(tree)]).toEqual([
      [-100, -50],
      [50, 100],
    ]);
    expect(() => new MapleTree().set(-1, 1, 0)).toThrow(`the domain is [0, ${2 ** 64}), got [-1, 1)`);
  });

  it("fractions are keys like others", () => {
    const tree = new MapleTree<string>({ max: 10 });
    tree.set(0.5, 1.25, "a");
    expect([tree.get(1.2), tree.get(1.25), lowestGap(tree, 0.5), lowestGap(tree, 0.75)]).toEqual([
      "a",
      undefined,
      0,
      1.25,
    ]);
    expect(highestGap(tree, 0.5)).toBe(9.5);
  });
});

describe("gaps()", () => {
  it("lists no empty hole, is cut to its bounds, and jumps over long runs without holes", () => {
    const tree = new MapleTree<number>({ max: 100_000 });
    for (let i = 0; i < 5000; i++) tree.set(i * 10, i * 10 + 10, i);
    expect([...gaps(tree)]).toEqual([[50_000, 100_000]]);
    tree.delete(20_005, 20_007);
    tree.delete(49_990, 50_000);
    expect([...gaps(tree)]).toEqual([
      [20_005, 20_007],
      [49_990, 100_000],
    ]);
    expect([...gaps(tree, 20_006, 49_995)]).toEqual([
      [20_006, 20_007],
      [49_990, 49_995],
    ]);
    expect([...gaps(tree, 20_007, 49_990)]).toEqual([]);
  });
});

// Bugs that other range maps shipped, each as a test that would have caught it; and what the merge engine of a
// kernel relies on.

import { describe, expect, it } from "vitest";
import { validate } from "../src/debug.js";
import { gaps, highestGap, lowestGap } from "../src/gaps.js";
import { MapleTree } from "../src/index.js";
import { LEAF } from "../src/layout.js";
import { Rules } from "../src/rules.js";
import { equals } from "../src/sets.js";
import { expectSound, inOrder, packed } from "./support/trees.js";

const equal = (left: number, right: number): number | undefined => (left === right ? left : undefined);

describe("rangemap", () => {
  it("#24: a range is joined with the one before it also where only that one touches", () => {
    // Missed when the written range starts where another ends and replaces the start of a third.
    const map = new MapleTree<number>({ rules: new Rules({ merge: equal }) });
    map.set(10, 20, 1);
    map.set(20, 30, 2);
    map.set(20, 22, 1);
    expect([...map]).toEqual([
      [10, 22, 1],
      [22, 30, 2],
    ]);
    map.set(22, 30, 1);
    expect([...map]).toEqual([[10, 30, 1]]);
  });

  it("#24: whatever order touching ranges of one value come in, they end as one", () => {
    const ranges = [0, 1, 2, 3].map((i): [number, number] => [i * 5, i * 5 + 5]);
    const orders = ranges.flatMap((a) =>
      ranges.flatMap((b) => ranges.flatMap((c) => ranges.map((d) => [a, b, c, d] as const))),
    );
    for (const order of orders.filter((list) => new Set(list).size === 4)) {
      const map = new MapleTree<number>({ rules: new Rules({ merge: equal }) });
      for (const [start, end] of order) map.set(start, end, 7);
      expect([...map]).toEqual([[0, 20, 7]]);
    }
  });

  it("#38 and #43: no empty hole is reported, at the bounds, between touching entries or in a full range", () => {
    const map = MapleTree.from<number>([
      [0, 5, 1],
      [5, 8, 2],
      [8, 10, 3],
    ]);
    expect([...gaps(map, 0, 10)]).toEqual([]);
    expect([...gaps(map, 0, 5)]).toEqual([]);
    expect([...gaps(map, 5, 8)]).toEqual([]);
    expect([...gaps(map, 10, 10)]).toEqual([]);
    expect([...gaps(map, 7, 12)]).toEqual([[10, 12]]);
    map.delete(5, 8);
    expect([...gaps(map, 5, 8)]).toEqual([[5, 8]]);
    expect([...gaps(map, 0, 5)]).toEqual([]);
    expect([...gaps(map, 8, 10)]).toEqual([]);
  });

  it("1.3.1 and 1.7.1: equality looks at the ends, too", () => {
    expect(equals(MapleTree.from<number>([[0, 5, 1]]), MapleTree.from<number>([[0, 6, 1]]))).toBe(false);
    expect(equals(MapleTree.from<number>([[0, 5, 1]]), MapleTree.from<number>([[0, 5, 2]]))).toBe(false);
  });

  it("#103: the holes from a key on are found from there, not from the start", () => {
    const tree = inOrder(20_000);
    let read = 0;
    const { leaves } = tree;
    Object.defineProperty(tree, "leaves", {
      get: () => {
        read++;
        return leaves;
      },
    });
    expect(gaps(tree, 199_000).next().value).toEqual([199_005, 199_010]);
    expect(read).toBeLessThan(60);
  });

  it("#64: a caller sees what a write splits", () => {
    const cuts: [number, number, number][] = [];
    const map = new MapleTree<number>({
      rules: new Rules({
        split: (value, at, start, end) => {
          cuts.push([start, at, end]);
          return [value, value];
        },
      }),
    });
    map.set(0, 10, 1);
    map.set(4, 6, 2);
    expect(cuts).toEqual([
      [0, 4, 10],
      [4, 6, 10],
    ]);
  });
});

describe("gVisor's segment set", () => {
  it("8,000 ranges in any order, sound after each write: gaps are tracked in every node", () => {
    const n = 8000;
    for (const step of [1, n - 1, 2731]) {
      const tree = new MapleTree<number>({ max: n * 10 });
      for (let i = 0, at = step; i < n; i++, at = (at + step) % n) {
        tree.set(at * 10, at * 10 + 9, at);
        if (i % 400 === 0 || i > n - 3) expect(validate(tree)).toEqual([]);
      }
      expect(lowestGap(tree, 2)).toBe(-1);
      for (let i = 0, at = step; i < n; i++, at = (at + step) % n) {
        tree.delete(at * 10, at * 10 + 9);
        if (i % 400 === 0 || i > n - 3) expect(validate(tree)).toEqual([]);
        if (i % 100 === 0) expect(lowestGap(tree, 11)).toBe(Math.max(0, lowestFree(tree) - 1));
      }
      expect([...tree]).toEqual([]);
    }
  });

  /** The key where the lowest hole of at least eleven keys has its second one, the dumb way. */
  function lowestFree(tree: MapleTree<number>): number {
    for (const [start, end] of gaps(tree)) if (end - start >= 11) return start === 0 ? 0 : start + 1;
    return 0;
  }

  it("a value is not lost when a merge says no", () => {
    const map = new MapleTree<number>({ rules: new Rules<number>({ merge: () => undefined }) });
    map.set(0, 5, 1);
    map.set(5, 10, 2);
    map.set(2, 7, 3);
    expect([...map]).toEqual([
      [0, 2, 1],
      [2, 7, 3],
      [7, 10, 2],
    ]);
  });
});

describe("interval trees of JavaScript", () => {
  it("flatten-js: a removed range is gone, also when many have the same value", () => {
    const tree = new MapleTree<number>();
    for (let i = 0; i < 100; i++) tree.set(i, i + 1, 7);
    expect(tree.delete(50, 51)).toBe(1);
    expect([tree.size, tree.has(50), tree.has(49), tree.has(51)]).toEqual([99, false, true, true]);
  });

  it("sorted-btree: iterating while writing says so, and does not skip or repeat", () => {
    const tree = inOrder(100);
    expect(() => {
      for (const [start, end] of tree) tree.delete(start, end);
    }).toThrow("the tree was changed behind this cursor");
    const visit = (_: number, start: number, end: number): void => {
      tree.delete(start, end);
    };
    expect(() => tree.forEach(visit)).toThrow("the tree was changed in forEach");
    expect(tree.size).toBe(98);
  });

  it("an iterator that is not run to its end holds nothing up", () => {
    const tree = inOrder(100);
    for (const [start] of tree) if (start > 50) break;
    tree.set(0, 5, 1);
    expect(tree.values().next().value).toBe(1);
  });
});

describe("what the kernel's engine relies on", () => {
  it("a range with nothing in it is a hole: cleared ranges join the holes beside them", () => {
    const tree = packed(LEAF * 3);
    const cursor = tree.cursor();
    for (const i of [LEAF - 1, LEAF, LEAF + 1]) tree.delete(i * 10, i * 10 + 5);
    cursor.seek(LEAF * 10);
    expect([cursor.start, cursor.end]).toEqual([LEAF * 10 - 15, LEAF * 10 + 20]);
    expect(lowestGap(tree, 35)).toBe(LEAF * 10 - 15);
  });

  it("one store may span many entries and leaves, and cuts the outer two", () => {
    const tree = packed(LEAF * 20);
    const cursor = tree.cursor();
    cursor.set(3, LEAF * 190 + 2, -1);
    expect([cursor.peekPrev(), cursor.value, cursor.peekNext()]).toEqual([0, -1, LEAF * 19]);
    expect(tree.size).toBe(LEAF + 2);
    expectSound(tree);
  });

  it("a store that only moves the boundary between two entries moves nothing else", () => {
    const left = { name: "left" };
    const right = { name: "right" };
    const tree = MapleTree.from<object>([
      [0, 10, left],
      [10, 20, right],
    ]);
    const cursor = tree.cursor(0);
    for (const boundary of [15, 5, 19, 1]) {
      if (boundary > cursor.end || cursor.value === right) cursor.set(0, boundary, left);
      else cursor.set(boundary, 20, right);
      expect([...tree]).toEqual([
        [0, boundary, left],
        [boundary, 20, right],
      ]);
      cursor.seek(0);
    }
    expectSound(tree);
  });

  it("a search from above finds room below a limit, with a guard page left free", () => {
    const page = 4096;
    const tree = new MapleTree<string>();
    tree.set(0x7ff0_0000, 0x7ff1_0000, "stack");
    expect(highestGap(tree, 3 * page, 0x1_0000, 0x7ff1_0000)).toBe(0x7ff0_0000 - 3 * page);
    expect(highestGap(tree, page, 0x1_0000, 0x7ff0_0000, 2 ** 21)).toBe(0x7fe0_0000);
  });
});

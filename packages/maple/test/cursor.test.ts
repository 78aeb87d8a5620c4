// Positions: on entries and holes, across their own writes, never across those of others.

import { describe, expect, it } from "vitest";
import { nextGap, prevGap } from "../src/gaps.js";
import { type Cursor, MapleTree } from "../src/index.js";
import { LEAF } from "../src/layout.js";
import { isolate } from "../src/rules.js";
import { snapshot } from "../src/versions.js";
import { expectSound, inOrder, packed } from "./support/trees.js";

/** [10, 20) a, [20, 30) b, [40, 50) c */
function sample(): MapleTree<string> {
  return MapleTree.from<string>([
    [10, 20, "a"],
    [20, 30, "b"],
    [40, 50, "c"],
  ]);
}

function place(cursor: Cursor<unknown>): unknown[] {
  return [cursor.start, cursor.end, cursor.value];
}

describe("a cursor", () => {
  it("seeks the entry or the whole hole at a key", () => {
    const cursor = sample().cursor();
    expect(place(cursor)).toEqual([0, 10, undefined]);
    expect(cursor.seek(29)).toBe("b");
    expect(place(cursor)).toEqual([20, 30, "b"]);
    expect(cursor.seek(30)).toBe(undefined);
    expect(place(cursor)).toEqual([30, 40, undefined]);
    cursor.seek(2 ** 60);
    expect(place(cursor)).toEqual([50, 2 ** 64, undefined]);
    expect(() => cursor.seek(2 ** 64)).toThrow(RangeError);
    expect(() => cursor.seek(-1)).toThrow(`the domain is [0, ${2 ** 64}), got -1`);
  });

  it("finds the first entry that ends above a key", () => {
    const cursor = sample().cursor();
    expect(cursor.find(0)).toBe("a");
    expect(cursor.find(20)).toBe("b");
    expect(cursor.find(33)).toBe("c");
    expect(cursor.find(50)).toBe(undefined);
    expect(place(cursor)).toEqual([50, 2 ** 64, undefined]);
    expect(cursor.prev()).toBe("c");
  });

  it("steps from entry to entry and stops on the outer holes", () => {
    const cursor = sample().cursor();
    expect([cursor.next(), cursor.next(), cursor.next()]).toEqual(["a", "b", "c"]);
    expect([cursor.next(), cursor.next()]).toEqual([undefined, undefined]);
    expect(place(cursor)).toEqual([50, 2 ** 64, undefined]);
    expect([cursor.prev(), cursor.prev(), cursor.prev()]).toEqual(["c", "b", "a"]);
    expect([cursor.prev(), cursor.prev()]).toEqual([undefined, undefined]);
    expect(place(cursor)).toEqual([0, 10, undefined]);
  });

  it("steps off a hole to the entries beside it, and sees them without moving", () => {
    const cursor = sample().cursor(35);
    expect([cursor.peekPrev(), cursor.peekNext()]).toEqual(["b", "c"]);
    expect(place(cursor)).toEqual([30, 40, undefined]);
    expect(cursor.prev()).toBe("b");
    expect([cursor.peekPrev(), cursor.peekNext()]).toEqual(["a", "c"]);
    cursor.seek(10);
    expect([cursor.peekPrev(), cursor.peekNext()]).toEqual([undefined, "b"]);
    cursor.seek(40);
    expect([cursor.peekPrev(), cursor.peekNext()]).toEqual(["b", undefined]);
  });

  it("crosses leaves both ways", () => {
    const n = LEAF * 70;
    const cursor = inOrder(n, 1).cursor();
    for (let i = 1; i <= n; i++) {
      expect(cursor.peekNext()).toBe(i);
      expect(cursor.next()).toBe(i);
      expect(cursor.peekPrev()).toBe(i > 1 ? i - 1 : undefined);
    }
    for (let i = n - 1; i > 0; i--) expect(cursor.prev()).toBe(i);
  });

  it("stays valid across its own writes, on the entry written or the hole made", () => {
    const tree = sample();
    const cursor = tree.cursor(25);
    cursor.set(15, 25, "x");
    expect(place(cursor)).toEqual([15, 25, "x"]);
    expect([cursor.peekPrev(), cursor.peekNext()]).toEqual(["a", "b"]);
    expect(cursor.next()).toBe("b");
    expect(cursor.delete(26, 45)).toBe(2);
    expect(place(cursor)).toEqual([26, 45, undefined]);
    expect([cursor.peekPrev(), cursor.peekNext()]).toEqual(["b", "c"]);
    expect([...tree]).toEqual([
      [10, 15, "a"],
      [15, 25, "x"],
      [25, 26, "b"],
      [45, 50, "c"],
    ]);
  });

  it("replaces a value in place", () => {
    const tree = sample();
    const cursor = tree.cursor(20);
    cursor.replaceValue("B");
    expect(tree.get(29)).toBe("B");
    expect(cursor.value).toBe("B");
    cursor.seek(30);
    expect(() => cursor.replaceValue("C")).toThrow(TypeError);
  });

  it("moves to holes, of any size or of at least one", () => {
    const cursor = sample().cursor(10);
    expect(nextGap(cursor)).toBe(true);
    expect(place(cursor)).toEqual([30, 40, undefined]);
    expect(nextGap(cursor, 11)).toBe(true);
    expect(place(cursor)).toEqual([50, 2 ** 64, undefined]);
    expect(nextGap(cursor)).toBe(false);
    expect(place(cursor)).toEqual([50, 2 ** 64, undefined]);
    expect(prevGap(cursor)).toBe(true);
    expect(place(cursor)).toEqual([30, 40, undefined]);
    expect(prevGap(cursor, 10)).toBe(true);
    expect(place(cursor)).toEqual([0, 10, undefined]);
    expect(prevGap(cursor)).toBe(false);
  });

  it("moves to the lowest or highest hole with room between two keys, wherever it stands", () => {
    const tree = sample();
    const cursor = tree.cursor(45);
    expect(prevGap(cursor, 5, 0, 38)).toBe(true);
    expect(place(cursor)).toEqual([30, 40, undefined]);
    expect(prevGap(cursor, 9, 0, 38)).toBe(true);
    expect(place(cursor)).toEqual([0, 10, undefined]);
    expect(prevGap(cursor, 9, 2, 38)).toBe(false);
    expect(place(cursor)).toEqual([0, 10, undefined]);
    expect(nextGap(cursor, 9, 2, 2 ** 64)).toBe(true);
    expect(place(cursor)).toEqual([30, 40, undefined]);
    expect(nextGap(cursor, 9, 32, 2 ** 64)).toBe(true);
    expect(place(cursor)).toEqual([50, 2 ** 64, undefined]);
    expect(nextGap(cursor, 1, 20, 10)).toBe(false);
    expect(cursor.peekPrev()).toBe("c");
    expect(cursor.prev()).toBe("c");
    expect(() => prevGap(cursor, 0, 0, 10)).toThrow("the size of a gap must be above 0, got 0");
    expect(() => nextGap(cursor, 1, Number.NaN)).toThrow("a key must be a finite number, got NaN");
  });

  it("goes on from a hole that it was moved to: reads its neighbours, writes and walks", () => {
    const tree = MapleTree.from(Array.from({ length: LEAF * 100 }, (_, i) => [i * 3, i * 3 + 2, i] as const));
    const cursor = tree.cursor();
    for (let limit = LEAF * 300 - 3; limit > LEAF * 150; limit -= 3) {
      expect(prevGap(cursor, 1, 0, limit)).toBe(true);
      expect([cursor.start, cursor.end]).toEqual([limit - 1, limit]);
      expect([cursor.peekPrev(), cursor.peekNext()]).toEqual([tree.get(limit - 2), tree.get(limit)]);
      cursor.set(limit - 1, limit, -limit);
      expect(cursor.prev()).toBe(limit / 3 - 1);
    }
    expectSound(tree);
  });

  it("refuses to answer after somebody else's write, until it seeks or finds", () => {
    const tree = sample();
    const cursor = tree.cursor(10);
    const writes: (() => void)[] = [
      () => tree.set(100, 110, "new"),
      () => tree.delete(100, 110),
      () => tree.cursor(10).replaceValue("A"),
      () => isolate(tree, 15, 25),
      () => tree.insert(60, 70, "d"),
      () => tree.clear(),
    ];
    const reads: (() => unknown)[] = [
      () => cursor.next(),
      () => cursor.prev(),
      () => cursor.peekNext(),
      () => cursor.peekPrev(),
      () => nextGap(cursor),
      () => prevGap(cursor),
      () => cursor.set(1, 2, "x"),
      () => cursor.delete(1, 2),
      () => cursor.replaceValue("x"),
    ];
    for (const write of writes) {
      cursor.find(10);
      write();
      for (const read of reads) expect(read).toThrow("the tree was changed behind this cursor");
    }
    expect(cursor.find(0)).toBe(undefined);
    tree.set(0, 10, "a");
    expect([nextGap(cursor, 1, 5), cursor.start]).toEqual([true, 10]);
    tree.set(20, 30, "b");
    expect([prevGap(cursor, 1, 0, 25), cursor.start]).toEqual([true, 10]);
  });

  it("is not disturbed by writes that change nothing", () => {
    const tree = sample();
    const cursor = tree.cursor(10);
    expect(tree.delete(60, 70)).toBe(0);
    expect(tree.tryInsert(10, 20, "x")).toBe(false);
    snapshot(tree);
    expect(cursor.next()).toBe("b");
  });

  it("writes after a snapshot as before, and the snapshot keeps what was", () => {
    const tree = packed(LEAF * 100);
    const cursor = tree.cursor(LEAF * 500);
    const before = snapshot(tree);
    cursor.set(cursor.start, cursor.end + 2, -1);
    expect(cursor.next()).toBe(LEAF * 50 + 1);
    cursor.replaceValue(-2);
    expect([...before.values()]).toEqual(Array.from({ length: LEAF * 100 }, (_, i) => i));
    expectSound(tree, before);
  });

  it("walks an empty tree", () => {
    const cursor = new MapleTree<string>().cursor();
    expect(place(cursor)).toEqual([0, 2 ** 64, undefined]);
    expect([cursor.next(), cursor.prev(), cursor.peekNext(), cursor.peekPrev()]).toEqual(
      Array(4).fill(undefined),
    );
    expect(nextGap(cursor)).toBe(false);
    expect(cursor.find(5)).toBe(undefined);
  });

  it("knows a domain that is full to both ends", () => {
    const tree = MapleTree.from<string>([[0, 2 ** 64, "all"]]);
    const cursor = tree.cursor();
    expect(place(cursor)).toEqual([0, 2 ** 64, "all"]);
    expect(nextGap(cursor)).toBe(false);
    expect(prevGap(cursor)).toBe(false);
    expect(cursor.next()).toBe(undefined);
    expect(cursor.prev()).toBe("all");
    expect(cursor.prev()).toBe(undefined);
    expect(cursor.next()).toBe("all");
  });
});

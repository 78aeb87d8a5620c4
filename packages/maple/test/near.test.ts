// Cursors look for the highest hole near the key first: it is the one that the search proper finds, wherever the cursor
// was, in any version; and a cursor that finds none stays.
import { describe, expect, it } from "vitest";
import { highestGap, prevGap } from "../src/gaps.js";
import { type Cursor, MapleTree } from "../src/index.js";
import { INNER, LEAF } from "../src/layout.js";
import { clone, snapshot } from "../src/versions.js";
import { Random, seed } from "./support/random.js";
import { expectSound, packed } from "./support/trees.js";

/** Entries of 1 to 3 keys with holes of 0 to `widest` between them. */
function holes(random: Random, entries: number, widest: number, from = 0): MapleTree<number> {
  const tree = new MapleTree<number>();
  for (let i = 0, at = from; i < entries; i++) {
    at += random.below(widest + 1);
    const end = at + 1 + random.below(3);
    tree.set(at, end, i);
    at = end;
  }
  return tree;
}

/** Where it is, and what it says of its neighbours. */
function place<V>(cursor: Cursor<V>): unknown[] {
  return [cursor.start, cursor.end, cursor.value, cursor.peekPrev(), cursor.peekNext()];
}

/** Asks for a hole both ways, and for the neighbours where the cursor is afterwards. */
function expectSame(tree: MapleTree<number>, cursor: Cursor<number>, size: number, min: number, max: number) {
  const before = [cursor.start, cursor.end, cursor.value];
  const found = prevGap(cursor, size, min, max);
  const at = highestGap(tree, size, min, max);
  expect(found).toBe(at >= 0);
  if (found) {
    expect(Math.min(cursor.end, max) - size).toBe(at);
    expect(place(cursor)).toEqual(place(tree.cursor(cursor.start)));
  } else expect([cursor.start, cursor.end, cursor.value]).toEqual(before);
  return found;
}

describe(`the highest hole of a cursor: VMA_SEED=${seed}`, () => {
  for (const [name, entries, widest] of [
    ["one leaf", LEAF - 5, 12],
    ["some leaves", LEAF * 12, 12],
    ["three levels", LEAF * INNER * 2, 9],
    ["dense", LEAF * INNER, 1],
  ] as const) {
    it(`is that of the tree: ${name}`, () => {
      const random = new Random(seed);
      const tree = holes(random, entries, widest, 5);
      const cursor = tree.cursor();
      const end = tree.last()![1] + 20;
      for (let i = 0; i < 1500; i++) {
        const max = random.below(end);
        const min = random.below(3) === 0 ? max - random.below(200) : 0;
        const found = expectSame(tree, cursor, 1 + random.below(widest + 2), Math.max(min, 0), max);
        if (found && random.below(2) === 0) cursor.set(cursor.start, Math.min(cursor.start + 1, max), -i);
        else if (random.below(3) === 0) {
          cursor.find(random.below(end));
          if (cursor.value !== undefined) cursor.delete(cursor.start, cursor.end);
        } else if (random.below(9) === 0) tree.set(max, max + 1, -i); // behind the cursor
      }
      expectSound(tree);
    });
  }

  it("is that of each version, and searching one changes nothing in another", () => {
    const random = new Random(seed);
    const tree = holes(random, LEAF * 200, 9);
    const other = clone(tree);
    const old = snapshot(tree);
    const end = tree.last()![1];
    for (let i = 0; i < 600; i++) {
      for (const version of [tree, other]) {
        const cursor = version.cursor(random.below(end));
        if (expectSame(version, cursor, 1 + random.below(9), 0, random.below(end))) {
          cursor.set(cursor.start, cursor.start + 1, i);
        }
        version.delete(random.below(end), end + 1 - random.below(2));
        version.set(end - random.below(50) - 1, end, i);
      }
      expectSame(old, old.cursor(random.below(end)), 1 + random.below(9), 0, random.below(end));
    }
    expectSound(tree, other, old);
  });

  it("is not looked for near where keys are not exact", () => {
    const page = 4096;
    const tree = new MapleTree<number>();
    for (let i = 0; i < 99; i++) tree.set(2 ** 63 + i * 3 * page, 2 ** 63 + (i * 3 + 2) * page, i);
    const cursor = tree.cursor(2 ** 63);
    expect([prevGap(cursor, page, 0, 2 ** 63 + 30 * page), cursor.start]).toEqual([
      true,
      2 ** 63 + 29 * page,
    ]);
    expect(prevGap(cursor, page + 1, 2 ** 63, 2 ** 63 + 30 * page)).toBe(false);
    expect(cursor.start).toBe(2 ** 63 + 29 * page);
  });
});

describe("a cursor that finds no hole", () => {
  it("stays where it is, on an entry, a hole or the empty hole at either end", () => {
    const tree = packed(LEAF * 40);
    const last = tree.last()![1];
    tree.set(last, tree.max, -1);
    const cursor = tree.cursor();
    const places: (() => unknown)[] = [
      () => cursor.seek(LEAF * 100),
      () => cursor.find(LEAF * 300),
      () => prevGap(cursor),
      () => {
        cursor.find(0);
        cursor.prev();
      },
      () => cursor.find(tree.max),
    ];
    for (const move of places) {
      move();
      const before = place(cursor);
      expect(prevGap(cursor, 1000, 0, LEAF * 200)).toBe(false);
      expect(place(cursor)).toEqual(before);
      expect(prevGap(cursor, 1, LEAF * 200, LEAF * 200)).toBe(false);
      expect(place(cursor)).toEqual(before);
    }
  });

  it("stays out of date when it was", () => {
    const tree = packed(LEAF * 40);
    const cursor = tree.cursor(50);
    tree.set(1, 2, -1);
    expect(prevGap(cursor, 1000, 0, LEAF * 200)).toBe(false);
    expect(() => cursor.next()).toThrow("the tree was changed behind this cursor");
  });

  it("is refused the same arguments as before, and stays", () => {
    const tree = packed(LEAF * 40);
    const cursor = tree.cursor(LEAF * 300);
    const before = place(cursor);
    expect(() => prevGap(cursor, 0, 0, 60)).toThrow("the size of a gap must be above 0, got 0");
    expect(() => prevGap(cursor, Infinity, 0, 60)).toThrow("the size of a gap must be above 0, got Infinity");
    expect(() => prevGap(cursor, 1, Number.NaN, 60)).toThrow("a key must be a finite number, got NaN");
    expect(() => prevGap(cursor, 1, -Infinity, 60)).toThrow("a key must be a finite number, got -Infinity");
    expect(() => prevGap(cursor, 1, 0, Number.NaN)).toThrow("a key must be a finite number, got NaN");
    expect(place(cursor)).toEqual(before);
  });
});

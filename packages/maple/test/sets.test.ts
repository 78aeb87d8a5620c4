// Two trees side by side: what differs, what they have together.

import { describe, expect, it } from "vitest";
import { validate } from "../src/debug.js";
import { MapleTree } from "../src/index.js";
import { type Difference, diff, difference, equals, intersection, union } from "../src/sets.js";
import { clone } from "../src/versions.js";
import { Random, seed } from "./support/random.js";
import { inOrder } from "./support/trees.js";

const a = MapleTree.from<string>([
  [0, 10, "a"],
  [20, 30, "b"],
]);
const b = MapleTree.from<string>([
  [5, 10, "a"],
  [10, 25, "c"],
]);

/** The value at each key. */
function table(tree: MapleTree<number>, keys: number): (number | undefined)[] {
  return Array.from({ length: keys }, (_, key) => tree.get(key));
}

/** A tree with random entries below `keys`. */
function some(
  random: Random,
  keys: number,
  writes: number,
  onto = new MapleTree<number>(),
): MapleTree<number> {
  for (let i = 0; i < writes; i++) {
    const start = random.below(keys - 1);
    const end = Math.min(keys, start + 1 + random.below(9));
    const value = random.below(4);
    if (value === 0) onto.delete(start, end);
    else onto.set(start, end, value);
  }
  return onto;
}

describe("diff", () => {
  it("lists the ranges with different values", () => {
    expect([...diff(a, b)]).toEqual([
      [0, 5, "a", undefined],
      [10, 20, undefined, "c"],
      [20, 25, "b", "c"],
      [25, 30, "b", undefined],
    ]);
    expect([...diff(a, a)]).toEqual([]);
    expect([...diff(a, b, () => true)]).toEqual([
      [0, 5, "a", undefined],
      [10, 20, undefined, "c"],
      [25, 30, "b", undefined],
    ]);
  });

  it(`is right for versions of one tree and for strangers: VMA_SEED=${seed}`, () => {
    const random = new Random(seed);
    const keys = 1500;
    for (let round = 0; round < 60; round++) {
      const before = some(random, keys, random.below(700));
      const after = round % 2 === 0 ? clone(before) : some(random, keys, 400);
      some(random, keys, random.below(12), after);
      const expected: Difference<number>[] = [];
      const right = table(after, keys);
      table(before, keys).forEach((value, key) => {
        const last = expected.at(-1);
        if (value === right[key]) return;
        if (last?.[1] === key && last[2] === value && last[3] === right[key]) last[1] = key + 1;
        else expected.push([key, key + 1, value, right[key]]);
      });
      expect([...diff(before, after)]).toEqual(expected);
      expect([...diff(after, before)]).toEqual(expected.map(([s, e, l, r]) => [s, e, r, l]));
      expect(equals(before, after)).toBe(JSON.stringify([...before]) === JSON.stringify([...after]));
    }
  });

  it("of versions costs what was changed, not what there is", () => {
    const before = inOrder(100_000);
    const after = clone(before);
    after.set(500_000, 500_005, -1);
    let asked = 0;
    const found = [
      ...diff(before, after, (left, right) => {
        asked++;
        return left === right;
      }),
    ];
    expect(found).toEqual([[500_000, 500_005, 50_000, -1]]);
    expect(asked).toBeLessThan(100);
    asked = 0;
    const same = (left: number, right: number): boolean => {
      asked++;
      return left === right;
    };
    expect(equals(before, clone(before), same)).toBe(true);
    expect(asked).toBe(0);
  });
});

describe("equals", () => {
  it("compares starts, ends and values", () => {
    const one = MapleTree.from<number>([[0, 10, 1]]);
    expect(equals(one, MapleTree.from<number>([[0, 10, 1]]))).toBe(true);
    expect(equals(one, MapleTree.from<number>([[1, 10, 1]]))).toBe(false);
    expect(equals(one, MapleTree.from<number>([[0, 9, 1]]))).toBe(false);
    expect(equals(one, MapleTree.from<number>([[0, 10, 2]]))).toBe(false);
    expect(equals(one, new MapleTree<number>())).toBe(false);
    expect(equals(new MapleTree<number>(), new MapleTree<number>())).toBe(true);
  });

  it("tells one entry from two that touch", () => {
    const parts: [number, number, number][] = [
      [0, 5, 1],
      [5, 10, 1],
    ];
    const one = MapleTree.from<number>([[0, 10, 1]]);
    expect(equals(one, MapleTree.from(parts))).toBe(false);
    expect([...diff(one, MapleTree.from(parts))]).toEqual([]);
  });
});

describe("set algebra", () => {
  it("union, intersection and difference of the example", () => {
    expect([...union(a, b)]).toEqual([
      [0, 10, "a"],
      [10, 20, "c"],
      [20, 30, "b"],
    ]);
    expect([...union(b, a, (left, right) => left + right)]).toEqual([
      [0, 5, "a"],
      [5, 10, "aa"],
      [10, 20, "c"],
      [20, 25, "cb"],
      [25, 30, "b"],
    ]);
    expect([...intersection(a, b)]).toEqual([
      [5, 10, "a"],
      [20, 25, "b"],
    ]);
    expect([...difference(a, b)]).toEqual([
      [0, 5, "a"],
      [25, 30, "b"],
    ]);
  });

  it("leaves entries whole that the other tree only passes by, and keeps touching ones apart", () => {
    const left = MapleTree.from<number>([
      [0, 10, 1],
      [10, 20, 1],
    ]);
    const right = MapleTree.from<number>([[3, 5, 2]]);
    expect([...union(left, right)]).toEqual([...left]);
    expect([...intersection(left, MapleTree.from<number>([[0, 20, 2]]))]).toEqual([...left]);
    expect([...difference(left, right)]).toEqual([
      [0, 3, 1],
      [5, 10, 1],
      [10, 20, 1],
    ]);
  });

  it(`agrees with a table of keys: VMA_SEED=${seed}`, () => {
    const random = new Random(seed);
    const keys = 800;
    for (let round = 0; round < 30; round++) {
      const left = some(random, keys, 200);
      const right = some(random, keys, round % 2 === 0 ? 200 : 10, round % 2 === 0 ? undefined : clone(left));
      const [l, r] = [table(left, keys), table(right, keys)];
      const results = {
        union: [union(left, right), l.map((value, key) => value ?? r[key])],
        intersection: [
          intersection(left, right),
          l.map((value, key) => (r[key] === undefined ? r[key] : value)),
        ],
        difference: [
          difference(left, right),
          l.map((value, key) => (r[key] === undefined ? value : undefined)),
        ],
      } as const;
      for (const [name, [tree, expected]] of Object.entries(results)) {
        expect(table(tree, keys), name).toEqual(expected);
        expect(validate(tree)).toEqual([]);
      }
    }
  });
});

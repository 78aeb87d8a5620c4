// The caller's rules: entries that join, and values that are cut.

import { describe, expect, it } from "vitest";
import { validate } from "../src/debug.js";
import { MapleFullError, MapleTree } from "../src/index.js";
import { isolate, Rules } from "../src/rules.js";
import { Random, seed } from "./support/random.js";
import { expectSound } from "./support/trees.js";

const equal = (left: string, right: string): string | undefined => (left === right ? left : undefined);

/** A mapping of a file: the value says at which offset of the file the range begins. */
interface Mapped {
  file: string;
  offset: number;
}

const byOffset = (value: Mapped, at: number, start: number): [Mapped, Mapped] => [
  value,
  { file: value.file, offset: value.offset + at - start },
];

describe("merge", () => {
  const tree = (): MapleTree<string> => new MapleTree<string>({ rules: new Rules({ merge: equal }) });

  it("joins what is written with both neighbours that it touches", () => {
    const map = tree();
    map.set(0, 2, "a");
    map.set(4, 6, "a");
    expect(map.size).toBe(2);
    map.set(2, 4, "a");
    expect([...map]).toEqual([[0, 6, "a"]]);
    expectSound(map);
  });

  it("joins with the neighbours that an overwrite leaves standing", () => {
    const map = tree();
    map.set(0, 10, "a");
    map.set(3, 5, "b");
    map.set(4, 7, "a");
    expect([...map]).toEqual([
      [0, 3, "a"],
      [3, 4, "b"],
      [4, 10, "a"],
    ]);
    map.set(3, 4, "a");
    expect([...map]).toEqual([[0, 10, "a"]]);
  });

  it("joins nothing over a hole, and nothing that the rule keeps apart", () => {
    const map = tree();
    map.set(0, 2, "a");
    map.set(3, 4, "a");
    map.set(4, 5, "b");
    expect(map.size).toBe(3);
  });

  it("applies to insert, cursors and replaced values alike", () => {
    const map = tree();
    map.insert(0, 2, "a");
    map.insert(2, 4, "a");
    const cursor = map.cursor(1);
    expect([cursor.start, cursor.end]).toEqual([0, 4]);
    cursor.set(4, 6, "a");
    expect([cursor.start, cursor.end, cursor.value]).toEqual([0, 6, "a"]);
    cursor.set(6, 8, "b");
    cursor.replaceValue("a");
    expect([cursor.start, cursor.end, cursor.value]).toEqual([0, 8, "a"]);
    expect(cursor.delete(3, 5)).toBe(1);
    expect([cursor.start, cursor.end, cursor.value]).toEqual([3, 5, undefined]);
    expect(map.size).toBe(2);
  });

  it("goes on as long as neighbours join, and may make another value of them", () => {
    const map = new MapleTree<number>({
      rules: new Rules({ merge: (left, right) => (left + right <= 10 ? left + right : undefined) }),
    });
    map.set(0, 1, 6);
    map.set(2, 3, 5);
    map.set(1, 2, 4);
    expect([...map]).toEqual([
      [0, 2, 10],
      [2, 3, 5],
    ]);
  });
});

describe("split", () => {
  const tree = (): MapleTree<Mapped> => {
    const map = new MapleTree<Mapped>({ rules: new Rules({ split: byOffset }) });
    map.set(100, 200, { file: "f", offset: 0 });
    return map;
  };
  const offsets = (map: MapleTree<Mapped>): unknown[] =>
    Array.from(map, ([start, end, { offset }]) => [start, end, offset]);

  it("says what both parts are, when a write or a delete cuts an entry in two", () => {
    const map = tree();
    map.delete(120, 130);
    expect(offsets(map)).toEqual([
      [100, 120, 0],
      [130, 200, 30],
    ]);
    map.set(150, 160, { file: "g", offset: 7 });
    expect(offsets(map)).toEqual([
      [100, 120, 0],
      [130, 150, 30],
      [150, 160, 7],
      [160, 200, 60],
    ]);
    map.set(110, 140, { file: "h", offset: 1 });
    expect(offsets(map).slice(0, 3)).toEqual([
      [100, 110, 0],
      [110, 140, 1],
      [140, 150, 40],
    ]);
    expectSound(map);
  });

  it("is asked by isolate, which takes a rule of its own, too", () => {
    const map = tree();
    isolate(map, 120, 150);
    expect(offsets(map)).toEqual([
      [100, 120, 0],
      [120, 150, 20],
      [150, 200, 50],
    ]);
    isolate(map, 110, 180);
    isolate(map, 110, 180); // nothing reaches over an edge any more
    expect(offsets(map)).toEqual([
      [100, 110, 0],
      [110, 120, 10],
      [120, 150, 20],
      [150, 180, 50],
      [180, 200, 80],
    ]);
    const plain = MapleTree.from<string>([[0, 10, "a"]]);
    isolate(plain, 2, 4);
    expect([...plain]).toEqual([
      [0, 2, "a"],
      [2, 4, "a"],
      [4, 10, "a"],
    ]);
    isolate(plain, 9, 20, (value) => [`${value}<`, `>${value}`]);
    expect([...plain].slice(2)).toEqual([
      [4, 9, "a<"],
      [9, 10, ">a"],
    ]);
  });

  it("with merge: parts that fit again are joined", () => {
    const map = new MapleTree<Mapped>({
      rules: new Rules({
        split: byOffset,
        merge: (left, right) =>
          left.file === right.file && right.offset === left.offset + 10 ? left : undefined,
      }),
    });
    map.set(0, 10, { file: "f", offset: 0 });
    map.set(10, 20, { file: "f", offset: 10 });
    expect(offsets(map)).toEqual([[0, 20, 0]]);
  });
});

describe("a rule that misbehaves", () => {
  it("changes nothing when it throws", () => {
    const map = new MapleTree<string>({
      rules: new Rules({
        split: () => {
          throw new Error("no");
        },
      }),
    });
    map.set(0, 10, "a");
    for (const write of [
      () => map.set(5, 15, "b"),
      () => map.delete(2, 4),
      () => isolate(map, 3, 20),
      () => map.cursor(0).set(9, 12, "c"),
    ]) {
      expect(write).toThrow("no");
      expect([...map]).toEqual([[0, 10, "a"]]);
    }
  });

  it("is refused when it writes to the tree, or gives undefined for a value", () => {
    const map: MapleTree<string> = new MapleTree<string>({
      rules: new Rules({
        split: (value) => {
          map.set(100, 101, "z");
          return [value, value];
        },
      }),
    });
    map.set(0, 10, "a");
    expect(() => map.delete(2, 4)).toThrow("the tree was changed by one of its own rules");
    expect(() => isolate(map, 2, 4)).toThrow("the tree was changed by one of its own rules");
    const bad = new MapleTree<string>({
      rules: new Rules({ split: (value) => [value, undefined as unknown as string] }),
    });
    bad.set(0, 10, "a");
    expect(() => bad.delete(2, 4)).toThrow("undefined cannot be stored");
    expect([...bad]).toEqual([[0, 10, "a"]]);
  });

  it("isolate fails before the first cut where the second could fail", () => {
    for (let maxNodes = 1; maxNodes < 14; maxNodes++) {
      const map = new MapleTree<number>({ maxNodes });
      for (let i = 0; i < 31; i++) map.set(i * 10, i * 10 + 10, i);
      const before = [...map];
      try {
        isolate(map, 5, 295);
        isolate(map, 4, 296);
        expect(map.size).toBe(35);
      } catch (error) {
        expect(error).toBeInstanceOf(MapleFullError);
        expect([31, 33]).toContain(map.size);
        if (map.size === 31) expect([...map]).toEqual(before);
      }
      expectSound(map);
    }
  });
});

describe(`a coalescing tree against a table of keys: VMA_SEED=${seed}`, () => {
  it("has exactly one entry for each run of equal values", () => {
    const random = new Random(seed);
    const keys = 300;
    const map = new MapleTree<string>({ max: keys, rules: new Rules({ merge: equal }) });
    const table: (string | undefined)[] = new Array(keys).fill(undefined);
    for (let step = 0; step < 3000; step++) {
      const start = random.below(keys);
      const end = Math.min(keys, start + 1 + random.below(12));
      const value = [undefined, "a", "b", "c"][random.below(4)];
      if (value === undefined) map.delete(start, end);
      else map.set(start, end, value);
      table.fill(value, start, end);
      const runs: [number, number, string][] = [];
      table.forEach((here, key) => {
        const last = runs.at(-1);
        if (here === undefined) return;
        if (last !== undefined && last[1] === key && last[2] === here) last[1] = key + 1;
        else runs.push([key, key + 1, here]);
      });
      expect([...map]).toEqual(runs);
      expect(validate(map)).toEqual([]);
    }
  });
});

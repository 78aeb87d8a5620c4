// What callers get wrong is refused, with the value and the bound in the message, and changes nothing.

import { describe, expect, it } from "vitest";
import { highestGap, lowestGap } from "../src/gaps.js";
import { MapleTree } from "../src/index.js";
import { isolate } from "../src/rules.js";

const top = 2 ** 64;

function tree(): MapleTree<string> {
  return MapleTree.from<string>([[10, 20, "a"]]);
}

describe("ranges", () => {
  const bad: Record<string, readonly [start: number, end: number, message: string]> = {
    "that are empty": [5, 5, "a range must start below its end, got [5, 5)"],
    "that are turned round": [9, 5, "a range must start below its end, got [9, 5)"],
    "with NaN at the start": [Number.NaN, 5, "a key must be a finite number, got NaN"],
    "with NaN at the end": [5, Number.NaN, "a key must be a finite number, got NaN"],
    "without end": [5, Infinity, "a key must be a finite number, got Infinity"],
    "below the domain": [-5, 5, `the domain is [0, ${top}), got [-5, 5)`],
    "above the domain": [5, top + 4096, `the domain is [0, ${top}), got [5, ${top + 4096})`],
    "of keys that may have been rounded": [
      0,
      2 ** 53 + 2,
      `a key above 2^53 must be a multiple of 4096, got ${2 ** 53 + 2}`,
    ],
  };
  for (const [name, [start, end, message]] of Object.entries(bad)) {
    it(`${name} are refused by every write`, () => {
      const map = tree();
      const cursor = map.cursor();
      const writes: (() => unknown)[] = [
        () => map.set(start, end, "x"),
        () => map.insert(start, end, "x"),
        () => map.tryInsert(start, end, "x"),
        () => map.delete(start, end),
        () => isolate(map, start, end),
        () => cursor.set(start, end, "x"),
        () => cursor.delete(start, end),
      ];
      for (const write of writes) {
        expect(write).toThrow(RangeError);
        expect(write).toThrow(message);
      }
      expect([...map]).toEqual([[10, 20, "a"]]);
      expect(cursor.next()).toBe("a");
    });
  }

  it("keys that are no numbers are refused", () => {
    expect(() => tree().set(undefined as unknown as number, 5, "x")).toThrow(RangeError);
    expect(() => tree().set(1, {} as unknown as number, "x")).toThrow(RangeError);
    expect(() => tree().get(undefined as unknown as number)).toThrow(
      "a key must be a finite number, got undefined",
    );
  });

  it("integers up to 2^53 and pages up to 2^64 are exact", () => {
    const map = new MapleTree<string>();
    map.set(2 ** 53 - 1, 2 ** 53, "last integer");
    map.set(2 ** 53, 2 ** 53 + 4096, "a page");
    expect([map.get(2 ** 53 - 1), map.get(2 ** 53)]).toEqual(["last integer", "a page"]);
  });

  it("zero has no sign", () => {
    const map = new MapleTree<string>();
    map.set(-0, 5, "a");
    expect(Object.is(map.first()?.[0], 0)).toBe(true);
    map.set(-0, 7, "a");
    expect(Object.is(map.cursor(0).start, 0)).toBe(true);
    const cursor = map.cursor();
    cursor.set(-0, 5, "b");
    expect([cursor.start, cursor.seek(0), cursor.start]).toEqual([0, "b", 0]);
  });
});

describe("positions", () => {
  it("must be finite; outside the domain there is nothing", () => {
    const map = tree();
    for (const at of [Number.NaN, Infinity, -Infinity]) {
      for (const read of [() => map.get(at), () => map.has(at), () => map.cursor(at), () => map.floor(at)]) {
        expect(read).toThrow(`a key must be a finite number, got ${at}`);
      }
    }
    expect([map.get(-1), map.get(top), map.get(10), map.get(20)]).toEqual([
      undefined,
      undefined,
      "a",
      undefined,
    ]);
  });
});

describe("values", () => {
  it("undefined is refused: it is what a hole reads as; all else is a value", () => {
    const map = new MapleTree<unknown>();
    const write = (): void => map.set(0, 1, undefined);
    expect(write).toThrow(TypeError);
    expect(() => map.tryInsert(0, 1, undefined)).toThrow("undefined cannot be stored");
    for (const value of [null, 0, "", false, Number.NaN]) {
      map.set(0, 1, value);
      expect(map.get(0)).toBe(value);
      expect(map.has(0)).toBe(true);
    }
    expect(() => map.cursor(0).set(0, 1, undefined)).toThrow(TypeError);
    expect(() => map.cursor(0).replaceValue(undefined)).toThrow(TypeError);
  });
});

describe("gap searches", () => {
  it("refuse sizes and alignments that make no sense", () => {
    const map = tree();
    for (const size of [0, -1, Number.NaN, Infinity]) {
      expect(() => lowestGap(map, size)).toThrow(`the size of a gap must be above 0, got ${size}`);
      expect(() => highestGap(map, size)).toThrow(RangeError);
    }
    for (const align of [0, -4096, Number.NaN]) {
      expect(() => lowestGap(map, 1, 0, 100, align)).toThrow(`an alignment must be above 0, got ${align}`);
    }
    expect(() => lowestGap(map, 1, Number.NaN, 5)).toThrow(RangeError);
    expect(() => lowestGap(map, 1, 0, 5, 1, Number.NaN)).toThrow(RangeError);
    expect(lowestGap(map, 1, 50, 50)).toBe(-1);
    expect(lowestGap(map, 1, -100, 5)).toBe(0);
    expect(highestGap(map, 4096, 0, 2 ** 70)).toBe(top - 4096);
  });
});

describe("building", () => {
  it("from() wants entries in order", () => {
    const unsorted: [number, number, string][] = [
      [10, 20, "a"],
      [15, 30, "b"],
    ];
    expect(() => MapleTree.from(unsorted)).toThrow("entries must come in order, after 20, got [15, 30)");
    expect(() => MapleTree.from([[5, 5, "a"]])).toThrow(RangeError);
  });

  it("a domain must be one, and reach no lower than -2^53", () => {
    expect(() => new MapleTree({ min: 5, max: 5 })).toThrow(RangeError);
    expect(() => new MapleTree({ min: -(2 ** 60) })).toThrow(RangeError);
    expect(() => new MapleTree({ max: Infinity })).toThrow(RangeError);
  });
});

describe("neighbours", () => {
  it("floor, ceil, first and last", () => {
    const map = MapleTree.from<string>([
      [10, 20, "a"],
      [30, 40, "b"],
    ]);
    expect([map.floor(9), map.floor(10), map.floor(25), map.floor(99)]).toEqual([
      undefined,
      [10, 20, "a"],
      [10, 20, "a"],
      [30, 40, "b"],
    ]);
    expect([map.ceil(0), map.ceil(10), map.ceil(11), map.ceil(31)]).toEqual([
      [10, 20, "a"],
      [10, 20, "a"],
      [30, 40, "b"],
      undefined,
    ]);
    expect([map.first(), map.last()]).toEqual([
      [10, 20, "a"],
      [30, 40, "b"],
    ]);
    const empty = new MapleTree<string>();
    expect([empty.first(), empty.last(), empty.floor(5), empty.ceil(5)]).toEqual(Array(4).fill(undefined));
    expect([[...map.keys()], [...map.values()], [...map.reversed()]]).toEqual([
      [
        [10, 20],
        [30, 40],
      ],
      ["a", "b"],
      [
        [30, 40, "b"],
        [10, 20, "a"],
      ],
    ]);
    expect([
      [...map.entries(15, 30)].length,
      [...map.entries(20, 31)].length,
      [...map.reversed(39)].length,
    ]).toEqual([1, 1, 1]);
  });
});

// What touches the entry or the hole under a cursor, against a list of all entries.

import { describe, expect, it } from "vitest";
import { MapleTree } from "../src/index.js";
import { endAbove, startBelow, touchingAbove, touchingBelow } from "../src/neighbours.js";
import { Random, seed } from "./support/random.js";

/** Everything the four functions may be asked at `at`. */
function around(tree: MapleTree<number>, at: number): unknown {
  const cursor = tree.cursor(at);
  const place = [cursor.start, cursor.end, cursor.value];
  const below = touchingBelow(cursor);
  const above = touchingAbove(cursor);
  const told = [
    below === undefined ? undefined : [startBelow(cursor), below],
    above === undefined ? undefined : [endAbove(cursor), above],
  ];
  expect([cursor.start, cursor.end, cursor.value]).toEqual(place);
  return told;
}

describe("what touches", () => {
  it("an entry and a hole", () => {
    const tree = MapleTree.from<string>([
      [10, 20, "a"],
      [20, 30, "b"],
      [40, 50, "c"],
    ]);
    const cursor = tree.cursor(20);
    expect([touchingBelow(cursor), startBelow(cursor), touchingAbove(cursor)]).toEqual(["a", 10, undefined]);
    expect(endAbove(cursor)).toBe(50);
    cursor.seek(30);
    expect([touchingBelow(cursor), startBelow(cursor)]).toEqual(["b", 20]);
    expect([touchingAbove(cursor), endAbove(cursor)]).toEqual(["c", 50]);
    cursor.seek(0);
    expect([touchingBelow(cursor), touchingAbove(cursor)]).toEqual([undefined, "a"]);
    cursor.seek(60);
    expect([touchingBelow(cursor), touchingAbove(cursor)]).toEqual(["c", undefined]);
  });

  it(`is what a list of the entries says, across leaves: VMA_SEED=${seed}`, () => {
    const random = new Random(seed);
    for (const holes of [0, 2, 9]) {
      const tree = new MapleTree<number>();
      for (let i = 0, at = random.below(2); i < 3000; i += 1) {
        const end = at + 1 + random.below(4);
        tree.set(at, end, i + 1);
        at = end + (random.below(10) < holes ? 1 + random.below(3) : 0);
      }
      for (let i = 0; i < 200; i += 1) {
        const at = random.below(9000);
        tree.delete(at, at + 1 + random.below(3));
      }
      const entries = [...tree];
      for (const [index, [start, end]] of entries.entries()) {
        const [left, right] = [entries[index - 1], entries[index + 1]];
        const touching = [
          left !== undefined && left[1] === start ? [left[0], left[2]] : undefined,
          right !== undefined && right[0] === end ? [right[1], right[2]] : undefined,
        ];
        expect(around(tree, start)).toEqual(touching);
        if (right === undefined || right[0] === end) continue;
        expect(around(tree, end)).toEqual([
          [start, entries[index]?.[2]],
          [right[1], right[2]],
        ]);
      }
    }
  });

  it("is not told when the tree was changed behind the cursor", () => {
    const tree = MapleTree.from<string>([[10, 20, "a"]]);
    const cursor = tree.cursor(10);
    tree.set(20, 30, "b");
    for (const ask of [touchingBelow, touchingAbove, startBelow, endAbove]) {
      expect(() => ask(cursor)).toThrow("the tree was changed behind this cursor");
    }
  });
});

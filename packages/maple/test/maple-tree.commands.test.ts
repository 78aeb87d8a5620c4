// Strategy: lists of commands made and shrunk by fast-check, against the sorted array. A failure prints the seed and
// the shortest list that still fails.
// Invariants: the same answers and the same entries after every command, validate() without findings.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { validate } from "../src/debug.js";
import { gaps, lowestGap } from "../src/gaps.js";
import { MapleTree } from "../src/index.js";
import { seed } from "./support/random.js";
import { SortedArrayModel } from "./support/sorted-array-model.js";

const KEYS = 64;
/** Keys stand for pages, up to the last one below 2^64. */
const STEP = 2 ** 58;

type Tree = MapleTree<number>;
type Command = fc.Command<SortedArrayModel, Tree>;

function sound(model: SortedArrayModel, tree: Tree): void {
  expect(validate(tree)).toEqual([]);
  expect([...tree]).toEqual(model.entries);
}

function writeCommand(name: "set" | "insert" | "delete", start: number, end: number, value: number): Command {
  return {
    check: () => true,
    run(model, tree) {
      if (name === "delete") expect(tree.delete(start, end)).toBe(model.delete(start, end));
      else if (name === "insert" && model.touching(start, end).length > 0) {
        expect(() => tree.insert(start, end, value)).toThrow(RangeError);
      } else {
        tree[name](start, end, value);
        model.set(start, end, value);
      }
      sound(model, tree);
    },
    toString: () => `${name}(${start / STEP}, ${end / STEP}, ${value})`,
  };
}

function askCommand(at: number, size: number): Command {
  return {
    check: () => true,
    run(model, tree) {
      expect(tree.get(at)).toBe(model.get(at));
      expect(lowestGap(tree, size, at, KEYS * STEP)).toBe(model.lowestGap(size, at, KEYS * STEP));
      expect([...gaps(tree, 0, KEYS * STEP)]).toEqual(model.gaps(0, KEYS * STEP));
    },
    toString: () => `ask(${at / STEP}, ${size / STEP})`,
  };
}

const range = fc
  .tuple(fc.integer({ min: 0, max: KEYS - 1 }), fc.integer({ min: 1, max: 12 }))
  .map(([start, length]): [number, number] => [start * STEP, Math.min(KEYS, start + length) * STEP]);
const write = (name: "set" | "insert" | "delete"): fc.Arbitrary<Command> =>
  fc.tuple(range, fc.nat(9)).map(([[start, end], value]) => writeCommand(name, start, end, value));
const ask: fc.Arbitrary<Command> = fc
  .tuple(fc.integer({ min: 0, max: KEYS - 1 }), fc.integer({ min: 1, max: 20 }))
  .map(([at, size]) => askCommand(at * STEP, size * STEP));

describe("the tree and the sorted array", () => {
  it("agree after every command", () => {
    fc.assert(
      fc.property(
        fc.commands([write("set"), write("insert"), write("delete"), ask], { size: "+1" }),
        (commands) => {
          const setUp = (): { model: SortedArrayModel; real: Tree } => ({
            model: new SortedArrayModel(0, KEYS * STEP),
            real: new MapleTree<number>({ max: KEYS * STEP }),
          });
          fc.modelRun(setUp, commands);
        },
      ),
      { seed, numRuns: 150 },
    );
  });
});

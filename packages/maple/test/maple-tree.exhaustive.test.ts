// Strategy: every list of three operations on six keys, with the versions before each operation alive.
// Invariants: the same entries as in a sorted array, in every version, sound trees, holes found where they are.
// The same on six keys astride the boundary of two leaves, full ones and poor ones (all lists of two; of three
// with VMA_LONG=1).

import { describe, expect, it } from "vitest";
import { validate, validateArena } from "../src/debug.js";
import { highestGap, lowestGap } from "../src/gaps.js";
import { MapleTree } from "../src/index.js";
import { LEAF, LEAF_MIN } from "../src/layout.js";
import { clone, dispose } from "../src/versions.js";
import { long } from "./support/random.js";
import { type ModelEntry, SortedArrayModel } from "./support/sorted-array-model.js";

const KEYS = 6;
type Operation = readonly [start: number, end: number, value: number];

/** Every range of six keys, written with either of two values, or cleared (0). */
const OPERATIONS: readonly Operation[] = [1, 2, 0].flatMap((value) =>
  Array.from({ length: KEYS }, (_, start) =>
    Array.from({ length: KEYS - start }, (_, i): Operation => [start, start + i + 1, value]),
  ).flat(),
);

interface Setting {
  tree: MapleTree<number>;
  model: SortedArrayModel;
  /** Where the six keys begin. */
  at: number;
}

function text(entries: Iterable<readonly [number, number, number]>): string {
  return Array.from(entries, (entry) => entry.join("-")).join(" ");
}

/** The entries that the six keys can reach. */
function near(tree: MapleTree<number>, at: number): string {
  return text(tree.entries(at - 2, at + KEYS + 2));
}

function nearModel(model: SortedArrayModel, at: number): ModelEntry[] {
  return model.touching(at - 2, at + KEYS + 2);
}

/** Does all operations on versions of a setting, and on versions of those, `depth` deep. Returns how many. */
function branch(setting: Setting, depth: number, alive: MapleTree<number>[], done: string): number {
  const { tree, model, at } = setting;
  const before = near(tree, at);
  let count = 0;
  for (const [start, end, value] of OPERATIONS) {
    const name = `${done} ${value === 0 ? "clear" : value} [${start}, ${end})`;
    const next = { tree: clone(tree), model: model.clone(), at };
    if (value === 0) {
      const touched = next.model.delete(at + start, at + end);
      if (next.tree.delete(at + start, at + end) !== touched)
        throw new Error(`${name}: not ${touched} touched`);
    } else {
      next.tree.set(at + start, at + end, value);
      next.model.set(at + start, at + end, value);
    }
    alive.push(next.tree);
    const found = validate(next.tree);
    if (found.length > 0) throw new Error(`${name}: ${found.join("; ")}`);
    const expected = text(nearModel(next.model, at));
    if (near(next.tree, at) !== expected) throw new Error(`${name}: ${near(next.tree, at)}, not ${expected}`);
    if (near(tree, at) !== before)
      throw new Error(`${name}: the version before is ${near(tree, at)}, not ${before}`);
    holes(next, name);
    count += depth > 1 ? branch(next, depth - 1, alive, name) : 1;
    alive.pop();
    dispose(next.tree);
  }
  const found = validateArena(...alive);
  if (found.length > 0) throw new Error(`after${done}: ${found.join("; ")}`);
  return count;
}

/** Compares searches for holes of one and three keys, from both sides, with the model's. */
function holes({ tree, model, at }: Setting, name: string): void {
  for (const size of [1, 3]) {
    const low = lowestGap(tree, size, at, at + KEYS);
    if (low !== model.lowestGap(size, at, at + KEYS))
      throw new Error(`${name}: lowest hole of ${size} at ${low}`);
    const high = highestGap(tree, size, at, at + KEYS);
    if (high !== model.highestGap(size, at, at + KEYS))
      throw new Error(`${name}: highest hole of ${size} at ${high}`);
  }
}

/** A tree of two leaves with `left` and `right` entries, and six free keys between them. */
function astride(left: number, right: number): Setting {
  const at = 2 * LEAF;
  const tree = new MapleTree<number>();
  for (let i = 0; i < 2 * LEAF; i++) {
    const start = i < LEAF ? at - 2 * (LEAF - i) : at + KEYS + 1 + 2 * (i - LEAF);
    tree.set(start, start + 1, 9);
  }
  if (left < LEAF) tree.delete(0, at - 2 * left);
  if (right < LEAF) tree.delete(at + KEYS + 2 * right, 2 ** 40);
  const model = new SortedArrayModel();
  model.entries = [...tree];
  return { tree, model, at };
}

describe("all lists of operations on six keys", () => {
  it("there are 63 operations: 21 ranges, two values and clearing", () => {
    expect(OPERATIONS).toHaveLength(63);
  });

  it("three operations on an empty tree: 250,047 lists", { timeout: 120_000 }, () => {
    const tree = new MapleTree<number>();
    expect(branch({ tree, model: new SortedArrayModel(), at: 0 }, 3, [tree], "")).toBe(63 ** 3);
  });

  const settings = {
    full: [LEAF, LEAF],
    poor: [LEAF_MIN, LEAF_MIN + 1],
    uneven: [LEAF - 1, LEAF_MIN],
  } as const;
  for (const [name, [left, right]] of Object.entries(settings)) {
    const depth = long ? 3 : 2;
    it(`${depth} operations between two ${name} leaves`, { timeout: 1_200_000 }, () => {
      const setting = astride(left, right);
      expect(branch(setting, depth, [setting.tree], "")).toBe(63 ** depth);
    });
  }
});

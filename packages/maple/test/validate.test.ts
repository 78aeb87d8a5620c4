// validate() sees every kind of damage: each is done to a sound tree, and named.

import { describe, expect, it } from "vitest";
import { dump, stats, validate, validateArena } from "../src/debug.js";
import { lowestGap } from "../src/gaps.js";
import { InvariantError, MapleTree } from "../src/index.js";
import { GAPS, keyAt, LEAF } from "../src/layout.js";
import type { Hold } from "../src/state.js";
import { dispose, snapshot } from "../src/versions.js";
import { inOrder, packed } from "./support/trees.js";

/** A tree of two levels with holes of different sizes, and where its parts lie. */
function sample(): {
  tree: MapleTree<number>;
  leaf: number;
  numbers: Float64Array;
  keys: Float64Array;
  first: number;
} {
  const tree = packed(LEAF * 3);
  tree.delete(50, 55);
  lowestGap(tree, 100, 0, 500); // tightens the bounds
  const leaf = tree.inners.kids[tree.root << 6]!;
  const numbers = tree.leaves.numbersOf(leaf);
  return { tree, leaf, numbers, keys: tree.inners.table, first: tree.leaves.base(leaf) };
}

type Damage = (parts: ReturnType<typeof sample>) => void;

const damages: Record<string, readonly [damage: Damage, finding: RegExp]> = {
  "an empty entry": [({ numbers, first }) => (numbers[first * 2 + LEAF] = 0), /entry 0 is empty: \[0, 0\)/],
  "an overlap": [({ numbers, first }) => (numbers[first * 2 + LEAF] = 12), /entry 1 starts at 10, below 12/],
  "an entry above the leaf's bound": [
    ({ tree, keys }) => (keys[keyAt(tree.root, 1)] = LEAF * 10 - 7),
    /ends at \d+, above its bound/,
  ],
  "an entry below the leaf's bound": [
    ({ tree, keys }) => (keys[keyAt(tree.root, 1)] = LEAF * 10 + 1),
    /entry 0 starts at 320, below 321/,
  ],
  "bounds out of order": [({ tree, keys }) => (keys[keyAt(tree.root, 2)] = 5), /bounded by 320 and 5/],
  "a gap bound below a hole": [
    ({ tree, keys }) => (keys[keyAt(tree.root, 0) + GAPS] = 14),
    /below a hole of 15/,
  ],
  "an open slot": [
    ({ tree, leaf, numbers, first }) => (numbers[first * 2 + tree.leaves.counts[leaf]!] = 7),
    /slot 31 is not closed/,
  ],
  "a lost value": [
    ({ tree, leaf, first }) => (tree.leaves.items[leaf >> 6]![first] = undefined),
    /slot 0 lost its item/,
  ],
  "a kept value": [
    ({ tree, leaf, first }) => (tree.leaves.items[leaf >> 6]![first + 31] = 1),
    /slot 31 keeps an item/,
  ],
  "a wrong size": [({ tree }) => tree.entryCount++, /size is 96, but there are 95 entries/],
  "a wrong count of nodes": [({ tree }) => tree.nodeCount++, /5 nodes were counted, but there are 4/],
  "a poor leaf": [
    ({ tree }) => {
      const leaf = tree.inners.kids[(tree.root << 6) + 1]!;
      tree.leaves.counts[leaf] = 3;
    },
    /3 slots in use, not 8 to 32/,
  ],
  "a free node in the tree": [({ tree, leaf }) => (tree.leaves.births[leaf] = -5), /in the tree, but free/],
};

describe("validate", () => {
  it("finds nothing in a sound tree", () => {
    expect(validate(sample().tree)).toEqual([]);
    expect(validate(new MapleTree())).toEqual([]);
  });

  for (const [name, [damage, finding]] of Object.entries(damages)) {
    it(`names ${name}`, () => {
      const parts = sample();
      damage(parts);
      expect(validate(parts.tree).join("\n")).toMatch(finding);
    });
  }
});

/** A tree of four nodes, of which it has written two since a snapshot was taken, and the snapshot. */
function versions(): { tree: MapleTree<number>; old: MapleTree<number>; now: Hold } {
  const tree = packed(LEAF * 3);
  const old = snapshot(tree);
  tree.set(0, 5, -1);
  return { tree, old, now: tree.hold! };
}

type ArenaDamage = (parts: ReturnType<typeof versions>) => void;

const arenaDamages: Record<string, readonly [damage: ArenaDamage, finding: RegExp]> = {
  "a lost leaf": [({ tree }) => tree.leaves.take(), /^5 leaves in use, but 4 are reached$/m],
  "a lost inner node": [({ tree }) => tree.inners.take(), /^3 inner nodes in use, but 2 are reached$/m],
  "a node that nobody will free": [({ now }) => now.dead.pop(), /^leaf 0: known to one of two versions/m],
  "a node that would be freed twice": [({ now }) => now.dead.push(0), /^leaf 0: dead twice/m],
  "a node that would be freed and is there": [
    ({ now }) => now.dead.push(1),
    /^leaf 1: dead to a version that has it/m,
  ],
  "a node that is of the version itself and dead": [
    ({ tree, now }) => now.dead.push(tree.leaves.take()),
    /^leaf 4: dead to a version that should have freed it/m,
  ],
  "a node that is younger than it should be": [
    ({ tree, now }) => (tree.leaves.births[1] = now.since),
    /^leaf 1: two versions may write it$/m,
  ],
  "a freed node": [({ tree }) => (tree.leaves.births[2] = -3), /^leaf 2: free, but some version has it$/m],
  "a free node that keeps a value": [
    ({ tree }) => {
      const leaf = tree.leaves.take();
      tree.leaves.give(leaf);
      tree.leaves.itemsOf(leaf)[tree.leaves.base(leaf)] = 7;
    },
    /^leaf 4: free, but keeps items$/m,
  ],
  "a wrong root": [({ now }) => now.root++, /^a hold has root 2, but its tree 1$/m],
  "versions that do not know each other": [
    ({ now }) => (now.beside = now),
    /^versions that parted are not beside each other$/m,
  ],
  "versions that parted twice": [({ now }) => now.since++, /^versions that parted disagree on when$/m],
  "a version above all": [
    ({ now }) => now.above!.since++,
    /^the version above all others has one above it$/m,
  ],
};

describe("validateArena", () => {
  it("finds nothing in sound versions", () => {
    const { tree, old } = versions();
    expect(validateArena(tree, old)).toEqual([]);
    dispose(old);
    expect(validateArena(tree)).toEqual([]);
  });

  for (const [name, [damage, finding]] of Object.entries(arenaDamages)) {
    it(`names ${name}`, () => {
      const parts = versions();
      damage(parts);
      expect(validateArena(parts.tree, parts.old).join("\n")).toMatch(finding);
    });
  }

  it("misses a version that was not named", () => {
    const { tree } = versions();
    expect(validateArena(tree)).toContain("1 versions parted from one, not 2");
  });

  it("leaves it to validate to see a younger node below an older one", () => {
    const { tree, old, now } = versions();
    old.leaves.births[old.inners.kids[old.root << 6]!] = now.since;
    expect(validate(old).join("\n")).toMatch(/^inner node 0 of level 1: child 0 is not of its version$/m);
    expect(validate(tree)).toEqual([]);
  });
});

describe("dump and stats", () => {
  it("draw a tree and count it", () => {
    const tree = MapleTree.from<string>([
      [0, 5, "a"],
      [7, 9, "b"],
    ]);
    expect(dump(tree)).toBe("leaf 0: 2 of 32\n  [0, 5) a\n  [7, 9) b");
    const two = inOrder(LEAF + 1);
    const old = snapshot(two);
    const lines = dump(two, (value) => `#${value}`).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "inner 0: 2 of 63, shared",
      "  holes up to 5: leaf 0: 28 of 32, shared",
      "    [0, 5) #0",
    ]);
    expect(lines).toContain("  from 280, holes up to 18446744073709552000: leaf 1: 5 of 32, shared");
    dispose(old);
    expect(dump(two)).not.toContain("shared");
    expect(stats(two)).toMatchObject({ entries: 33, nodes: 3, leaves: 2, height: 1, fill: 33 / 64 });
    // Two leaves of 24 bytes a slot, an inner node of 20, and 16 bytes for each of the three.
    const bytes = 2 * LEAF * 24 + GAPS * 20 + 3 * 16;
    expect(stats(two).bytes).toBe(bytes);
    // A copy of a leaf and of its parent, which more memory is taken for; and the view that it takes.
    const kept = snapshot(two);
    two.set(0, 5, 7);
    expect(stats(two).bytes).toBe(2 * bytes + 104);
    dispose(kept);
  });
});

describe("a node given back twice", () => {
  it("is a contradiction, and said to be one", () => {
    const { leaves } = inOrder(0);
    const leaf = leaves.take();
    leaves.give(leaf);
    expect(() => leaves.give(leaf)).toThrow(InvariantError);
  });
});

// Strategy: the same writes under every limit on nodes, so that each of them fails somewhere.
// Invariants: a write that throws changes nothing, not even for a cursor; after reserve(n), n writes do not throw.

import { describe, expect, it } from "vitest";
import { validate } from "../src/debug.js";
import { MapleFullError, MapleTree } from "../src/index.js";
import { clone, dispose, snapshot } from "../src/versions.js";
import { Random, seed } from "./support/random.js";
import { SortedArrayModel } from "./support/sorted-array-model.js";
import { expectSound, inOrder } from "./support/trees.js";

const KEYS = 3000;

interface Write {
  start: number;
  end: number;
  /** 0 clears. */
  value: number;
}

function someWrite(random: Random): Write {
  const start = random.below(KEYS);
  const length = 1 + random.below(random.below(10) === 0 ? 600 : 6);
  return { start, end: Math.min(KEYS, start + length), value: random.below(5) };
}

function apply(tree: MapleTree<number> | SortedArrayModel, { start, end, value }: Write): void {
  if (value === 0) tree.delete(start, end);
  else tree.set(start, end, value);
}

describe("a limit on nodes", () => {
  it(`fails writes that would pass it, and they change nothing: VMA_SEED=${seed}`, () => {
    for (let maxNodes = 1; maxNodes <= 60; maxNodes += maxNodes < 8 ? 1 : 7) {
      const random = new Random(seed + maxNodes);
      const tree = new MapleTree<number>({ maxNodes });
      const model = new SortedArrayModel();
      const cursor = tree.cursor();
      let failed = 0;
      for (let step = 0; step < 250; step++) {
        const write = someWrite(random);
        const old = step % 10 === 0 ? snapshot(tree) : undefined;
        cursor.seek(write.start);
        const before = [cursor.start, cursor.end, cursor.value, cursor.peekNext(), cursor.peekPrev()];
        try {
          if (step % 2 === 0) apply(tree, write);
          else if (write.value === 0) cursor.delete(write.start, write.end);
          else cursor.set(write.start, write.end, write.value);
          apply(model, write);
        } catch (error) {
          expect(error).toBeInstanceOf(MapleFullError);
          failed++;
          // Nobody wrote: the cursor is not stale.
          expect([cursor.start, cursor.end, cursor.value, cursor.peekNext(), cursor.peekPrev()]).toEqual(
            before,
          );
          expect(validate(tree)).toEqual([]);
        }
        expect([...tree]).toEqual(model.entries);
        if (old !== undefined) {
          expectSound(tree, old);
          dispose(old);
        }
      }
      expectSound(tree);
      if (maxNodes < 5) expect(failed).toBeGreaterThan(0);
    }
  });

  it("names itself and what was needed", () => {
    const tree = new MapleTree<number>({ maxNodes: 1 });
    for (let i = 0; i < 32; i++) tree.set(i, i + 1, i);
    expect(() => tree.set(40, 41, 1)).toThrow("the tree may have 1 nodes and this could take 3");
    expect(() => tree.insert(40, 41, 1)).toThrow(MapleFullError);
    expect(tree.size).toBe(32);
    tree.set(0, 1, 7); // needs no node
    expect(tree.delete(0, 5)).toBe(5);
    expect(() => new MapleTree({ maxNodes: 0 })).toThrow("maxNodes must be at least 1, got 0");
  });

  it("fails each allocation of a growing tree once: every failed write succeeds with more nodes", () => {
    const tree = inOrder(0);
    let limit = 1;
    for (let i = 0; i < 2100; i++) {
      const at = ((i * 7919) % 2100) * 10;
      for (;;) {
        const limited = limitedTo(tree, limit);
        try {
          limited.set(at, at + 5, i);
          expect(limited.size).toBe(tree.size + 1);
          dispose(limited);
          break;
        } catch (error) {
          expect(error).toBeInstanceOf(MapleFullError);
          expect(limited.size).toBe(tree.size);
          expect(validate(limited)).toEqual([]);
          dispose(limited);
          limit++;
        }
      }
      tree.set(at, at + 5, i);
    }
    expect(limit).toBe(tree.nodeCount);
    expectSound(tree);
  });
});

/** A clone with another limit. */
function limitedTo(tree: MapleTree<number>, maxNodes: number): MapleTree<number> {
  return Object.defineProperty(clone(tree), "maxNodes", { value: maxNodes });
}

describe("reserve", () => {
  it(`makes that many writes safe, whatever they are: VMA_SEED=${seed}`, () => {
    const random = new Random(seed);
    let reserved = 0;
    for (let round = 0; round < 300; round++) {
      const tree = new MapleTree<number>({ maxNodes: 4 + random.below(60) });
      const writes = 1 + random.below(20);
      for (let i = random.below(1500); i > 0; i--) {
        try {
          apply(tree, someWrite(random));
        } catch {
          break;
        }
      }
      const before = [...tree];
      const shared = random.below(2) === 0 ? snapshot(tree) : undefined;
      try {
        tree.reserve(writes);
      } catch (error) {
        expect(error).toBeInstanceOf(MapleFullError);
        expect([...tree]).toEqual(before);
        continue;
      }
      reserved++;
      expect([...tree]).toEqual(before);
      const capacity = [tree.leaves.capacity, tree.inners.capacity];
      for (let i = 0; i < writes; i++) apply(tree, someWrite(random));
      // Nor do they need new memory.
      expect([tree.leaves.capacity, tree.inners.capacity]).toEqual(capacity);
      expectSound(...(shared === undefined ? [tree] : [tree, shared]));
    }
    expect(reserved).toBeGreaterThan(30);
  });

  it("does not ask for more than the writes can take", () => {
    const tree = new MapleTree<number>({ maxNodes: 15_000 });
    tree.reserve(50_000);
    for (let i = 0; i < 50_000; i++) tree.set(i * 2, i * 2 + 1, i);
    expect(tree.nodeCount).toBeLessThan(15_000);
    expect(() => tree.reserve(-1)).toThrow(RangeError);
    expect(() => tree.reserve(Number.NaN)).toThrow(RangeError);
  });
});

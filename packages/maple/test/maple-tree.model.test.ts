// Strategy: random operations on the tree, on cursors and on versions of it, against the sorted array.
// Long: `npm run test:long` in this package, VMA_ROUNDS times 15,800 operations.
// Invariants: the same answers, validate() and validateArena() without findings, old versions unchanged.

import { describe, expect, it } from "vitest";
import { validate, validateArena } from "../src/debug.js";
import { gaps, highestGap, lowestGap, nextGap, prevGap } from "../src/gaps.js";
import { MapleTree } from "../src/index.js";
import { clone, dispose, snapshot } from "../src/versions.js";
import { Random, rounds, seed } from "./support/random.js";
import { SortedArrayModel } from "./support/sorted-array-model.js";

interface Version {
  tree: MapleTree<number>;
  model: SortedArrayModel;
}

interface Shape {
  /** Keys are below this many steps. */
  keys: number;
  step: number;
  /** Longest of the usual ranges, and of one in eight, in steps. */
  usual: number;
  longest: number;
  steps: number;
  /** Of 100 writes, how many are deletes. */
  deletes: number;
  /** validate() after every so many steps. */
  check: number;
}

function run(from: number, shape: Shape): void {
  const random = new Random(from);
  const domain = shape.keys * shape.step;
  let versions: Version[] = [
    { tree: new MapleTree<number>({ max: domain }), model: new SortedArrayModel(0, domain) },
  ];
  let cursor = versions[0]!.tree.cursor();
  const range = (): [number, number] => {
    const length = 1 + random.below(random.below(8) === 0 ? shape.longest : shape.usual);
    const start = random.below(shape.keys - length + 1);
    return [start * shape.step, (start + length) * shape.step];
  };
  const sound = (): void => {
    for (const { tree, model } of versions) {
      expect(validate(tree)).toEqual([]);
      expect(tree.size).toBe(model.entries.length);
      expect([...tree]).toEqual(model.entries);
    }
    expect(validateArena(...versions.map(({ tree }) => tree))).toEqual([]);
  };
  for (let step = 0; step < shape.steps; step++) {
    const { tree, model } = versions[0]!;
    const [start, end] = range();
    const value = 1 + random.below(1000);
    const what = random.below(100);
    if (what < 60) {
      if (random.below(100) < shape.deletes) {
        if (what < 30) expect(tree.delete(start, end)).toBe(model.delete(start, end));
        else {
          cursor.seek(start);
          expect(cursor.delete(start, end)).toBe(model.delete(start, end));
          expect(cursor.value).toBe(undefined);
          expect(cursor.start <= start && cursor.end >= end).toBe(true);
        }
      } else if (what < 30) {
        tree.set(start, end, value);
        model.set(start, end, value);
      } else {
        cursor.find(start);
        cursor.set(start, end, value);
        model.set(start, end, value);
        expect([cursor.start, cursor.end, cursor.value]).toEqual([start, end, value]);
        const at = model.entries.findIndex(([s]) => s === start);
        expect(cursor.peekPrev()).toBe(model.entries[at - 1]?.[2]);
        expect(cursor.peekNext()).toBe(model.entries[at + 1]?.[2]);
      }
    } else if (what < 66) {
      const free = model.touching(start, end);
      if (free.length === 0) {
        tree.insert(start, end, value);
        model.set(start, end, value);
      } else {
        expect(tree.tryInsert(start, end, value)).toBe(false);
        expect(() => tree.insert(start, end, value)).toThrow(`[${free[0]![0]}, ${free[0]![1]})`);
      }
    } else if (what < 74) {
      expect(tree.get(start)).toBe(model.get(start));
      const at = model.entries.findIndex(([, e]) => e > start);
      expect(cursor.find(start)).toBe(model.entries[at]?.[2]);
      expect(cursor.next()).toBe(at < 0 ? undefined : model.entries[at + 1]?.[2]);
      expect(cursor.prev()).toBe(at < 0 ? model.entries.at(-1)?.[2] : model.entries[at]?.[2]);
    } else if (what < 82) {
      const size = (1 + random.below(shape.usual)) * shape.step;
      const align = shape.step * (1 + random.below(4));
      const offset = shape.step * random.below(3);
      expect(lowestGap(tree, size, start, domain, align, offset)).toBe(
        model.lowestGap(size, start, domain, align, offset),
      );
      expect(highestGap(tree, size, 0, end, align, offset)).toBe(
        model.highestGap(size, 0, end, align, offset),
      );
      // In any version: a search changes bounds that versions share.
      const any = versions[random.below(versions.length)]!;
      expect(lowestGap(any.tree, size)).toBe(any.model.lowestGap(size, 0, domain));
      expect(highestGap(any.tree, size)).toBe(any.model.highestGap(size, 0, domain));
    } else if (what < 86) {
      cursor.seek(start);
      const hole = model.gaps(0, domain).find(([s]) => s >= cursor.end);
      const size = (1 + random.below(shape.usual)) * shape.step;
      const fit = model.gaps(cursor.end, domain).find(([s, e]) => e - s >= size);
      if (random.below(2) === 0) {
        expect(nextGap(cursor)).toBe(hole !== undefined);
        if (hole !== undefined) expect([cursor.start, cursor.end]).toEqual(hole);
      } else {
        expect(nextGap(cursor, size)).toBe(fit !== undefined);
        if (fit !== undefined) expect([cursor.start, cursor.end]).toEqual(fit);
      }
    } else if (what < 88) {
      cursor.seek(start);
      const hole = model.gaps(0, cursor.start).at(-1);
      expect(prevGap(cursor)).toBe(hole !== undefined);
      if (hole !== undefined) expect([cursor.start, cursor.end]).toEqual(hole);
      const size = (1 + random.below(shape.usual)) * shape.step;
      const top = model.highestGap(size, start, end);
      expect(prevGap(cursor, size, start, end)).toBe(top >= 0);
      if (top >= 0) expect(cursor.start <= top && cursor.end >= top + size).toBe(true);
      const low = model.lowestGap(size, start, end);
      expect(nextGap(cursor, size, start, end)).toBe(low >= 0);
      if (low >= 0) expect(cursor.start <= low && cursor.end >= low + size).toBe(true);
      const next = model.entries.find(([from]) => from >= cursor.end)?.[2];
      if (cursor.value === undefined) expect(cursor.peekNext()).toBe(next);
    } else if (what < 90) {
      if (cursor.seek(start) !== undefined) {
        cursor.replaceValue(value);
        model.set(cursor.start, cursor.end, value);
      }
    } else if (what < 92) {
      expect([...gaps(tree, start, end)]).toEqual(model.gaps(start, end));
      expect([...tree.entries(start, end)]).toEqual(model.touching(start, end));
      expect([...tree.reversed(start, end)]).toEqual(model.touching(start, end).reverse());
    } else if (what < 94 && versions.length < 5) {
      // Of any version: snapshots of snapshots, clones of clones, and each of the other.
      const of = versions[random.below(versions.length)]!;
      versions.push({
        tree: random.below(2) === 0 ? snapshot(of.tree) : clone(of.tree),
        model: of.model.clone(),
      });
    } else if (what < 96 && versions.length > 1) {
      const [gone] = versions.splice(1 + random.below(versions.length - 1), 1);
      dispose(gone!.tree);
    } else if (what === 96 && versions.length > 1) {
      // Carry on with another version, if it can be written.
      const other = versions[1 + random.below(versions.length - 1)]!;
      if (!other.tree.frozen) {
        versions = [other, ...versions.filter((version) => version !== other)];
        cursor = other.tree.cursor();
      }
    }
    if (step % shape.check === 0) sound();
  }
  sound();
}

describe("the tree against a sorted array", () => {
  const shapes: Record<string, Shape> = {
    "few keys": { keys: 40, step: 1, usual: 4, longest: 12, steps: 3000, deletes: 40, check: 1 },
    "long ranges": { keys: 4000, step: 1, usual: 1500, longest: 3000, steps: 800, deletes: 20, check: 1 },
    "long ranges over short ones": {
      keys: 3000,
      step: 1,
      usual: 4,
      longest: 700,
      steps: 3000,
      deletes: 25,
      check: 10,
    },
    "dense, of several levels": {
      keys: 8000,
      step: 1,
      usual: 3,
      longest: 20,
      steps: 3000,
      deletes: 25,
      check: 100,
    },
    "sparse pages up to 2^64": {
      keys: 2 ** 52,
      step: 4096,
      usual: 2 ** 38,
      longest: 2 ** 40,
      steps: 2000,
      deletes: 10,
      check: 20,
    },
    "mostly deletes": { keys: 1000, step: 16, usual: 8, longest: 30, steps: 4000, deletes: 60, check: 20 },
  };
  for (const [name, shape] of Object.entries(shapes)) {
    for (let round = 0; round < rounds; round++) {
      const from = seed + round;
      it(`${name}: VMA_SEED=${from}`, { timeout: 60_000 }, () => run(from, shape));
    }
  }
});

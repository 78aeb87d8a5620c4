// Versions: each reads as it was, shares what is the same, and gives back what it alone holds.

import { describe, expect, it, vi } from "vitest";
import { MapleTree } from "../src/index.js";
import { LEAF } from "../src/layout.js";
import { isolate, Rules } from "../src/rules.js";
import { clone, dispose, snapshot } from "../src/versions.js";
import { hits } from "./support/marks.js";
import { Random, seed } from "./support/random.js";
import { SortedArrayModel } from "./support/sorted-array-model.js";
import { expectSound, inOrder, packed } from "./support/trees.js";

/** Plays the garbage collector: a tree is collected when a test says so. */
class Collector {
  static readonly told = new Map<object, { held: unknown; collected: (held: unknown) => void }>();
  private readonly collected: (held: unknown) => void;
  constructor(collected: (held: unknown) => void) {
    this.collected = collected;
  }
  register(tree: object, held: unknown, token: unknown): void {
    expect(token).toBe(held);
    Collector.told.set(tree, { held, collected: this.collected });
  }
  unregister(token: unknown): void {
    for (const [tree, { held }] of Collector.told) if (held === token) Collector.told.delete(tree);
  }
}
vi.stubGlobal("FinalizationRegistry", Collector);

/** What happens after a tree was forgotten. */
function collect(tree: MapleTree<number>): void {
  const { held, collected } = Collector.told.get(tree)!;
  Collector.told.delete(tree);
  collected(held);
}

describe("a snapshot", () => {
  it("reads as it was, whatever is written later", () => {
    const tree = inOrder(1000);
    const old = snapshot(tree);
    const entries = [...tree];
    hits("path.copy-on-write", () => tree.set(5000, 5005, -1));
    tree.delete(0, 4000);
    expect([...old]).toEqual(entries);
    expect([old.get(5001), tree.get(5001), old.size]).toEqual([500, -1, 1000]);
    expectSound(tree, old);
  });

  it("copies the path to what is written, and nothing else", () => {
    const tree = packed(LEAF * 60);
    const { used } = tree.leaves;
    const old = snapshot(tree);
    expect(tree.leaves.used).toBe(used);
    tree.set(6, 7, -1);
    tree.set(7, 8, -1);
    expect(tree.leaves.used).toBeLessThanOrEqual(used + 2);
    expect(tree.inners.used).toBe(2);
    expectSound(tree, old);
  });

  it("cannot be written", () => {
    const tree = inOrder(100);
    const old = snapshot(tree);
    const cursor = old.cursor(0);
    const writes: (() => unknown)[] = [
      () => old.set(0, 1, 1),
      () => old.delete(0, 1),
      () => old.insert(7, 8, 1),
      () => old.clear(),
      () => isolate(old, 1, 2),
      () => cursor.set(0, 1, 1),
      () => cursor.delete(0, 1),
      () => cursor.replaceValue(1),
    ];
    for (const write of writes) expect(write).toThrow("a snapshot cannot be written; clone it");
    dispose(tree); // the snapshot is the only holder now, and frozen all the same
    for (const write of writes) expect(write).toThrow("a snapshot cannot be written; clone it");
    expect(cursor.next()).toBe(1);
    expectSound(old);
  });

  it("can be cloned, and the clone written", () => {
    const old = snapshot(inOrder(100));
    const copy = clone(old);
    copy.set(0, 1000, -1);
    expect([copy.size, old.size]).toEqual([1, 100]);
  });

  it("of a tree with rules keeps the rules in its clones", () => {
    const tree = new MapleTree<string>({
      rules: new Rules({ merge: (left, right) => (left === right ? left : undefined) }),
    });
    tree.set(0, 5, "a");
    const copy = clone(snapshot(tree));
    copy.set(5, 9, "a");
    expect([...copy]).toEqual([[0, 9, "a"]]);
  });
});

describe("versions", () => {
  it(`live and die in any order, each as it was: VMA_SEED=${seed}`, () => {
    const random = new Random(seed);
    const alive: { tree: MapleTree<number>; model: SortedArrayModel }[] = [
      { tree: new MapleTree<number>(), model: new SortedArrayModel() },
    ];
    for (let step = 0; step < 2500; step++) {
      const at = random.below(alive.length);
      const { tree, model } = alive[at]!;
      const kind = random.below(14);
      if (kind < 2) {
        // Of any version: clones of snapshots, snapshots of snapshots.
        if (alive.length < 14) {
          alive.push({ tree: kind === 0 ? clone(tree) : snapshot(tree), model: model.clone() });
        }
      } else if (kind < 4) {
        if (alive.filter((other) => !other.tree.frozen).length > 1 || tree.frozen) {
          if (kind === 2 || tree.hold === undefined) dispose(tree);
          else collect(tree);
          alive.splice(at, 1);
        }
      } else {
        const start = random.below(4000);
        const end = start + 1 + random.below(kind === 4 ? 1500 : 5);
        const erase = random.below(4) === 0;
        if (tree.frozen) {
          expect(() => tree.set(start, end, 1)).toThrow("clone it");
        } else if (erase) expect(tree.delete(start, end)).toBe(model.delete(start, end));
        else {
          tree.set(start, end, step + 1);
          model.set(start, end, step + 1);
        }
      }
      if (step % 50 === 0) {
        expectSound(...alive.map((version) => version.tree));
        for (const version of alive) expect([...version.tree]).toEqual(version.model.entries);
      }
    }
    for (const version of alive.splice(1)) dispose(version.tree);
    expectSound(alive[0]!.tree);
  });

  for (const [order, pick] of [
    ["oldest first", () => 0],
    ["newest first", (n: number) => n - 1],
    ["the one in the midst first", (n: number) => n >> 1],
  ] as const) {
    it(`of one tree can go ${order}`, () => {
      const tree = inOrder(2000);
      const old: { tree: MapleTree<number>; entries: unknown[] }[] = [];
      for (let i = 0; i < 12; i++) {
        old.push({ tree: snapshot(tree), entries: [...tree] });
        for (let k = 0; k < 40; k++)
          tree.set(((i * 37 + k * 53) % 2000) * 10, ((i * 37 + k * 53) % 2000) * 10 + 5, -i);
      }
      while (old.length > 0) {
        const [gone] = old.splice(pick(old.length), 1);
        dispose(gone!.tree);
        expectSound(tree, ...old.map((version) => version.tree));
        for (const version of old) expect([...version.tree]).toEqual(version.entries);
      }
      expect(tree.leaves.used + tree.inners.used).toBe(tree.nodeCount);
    });
  }

  it("that were cloned keep what they had together until one of them goes, and no longer", () => {
    for (const first of [0, 1]) {
      const tree = inOrder(2000);
      const copy = clone(tree);
      for (let i = 0; i < 2000; i++) {
        tree.set(i * 10, i * 10 + 5, -i);
        copy.set(i * 10, i * 10 + 5, -i);
      }
      expectSound(tree, copy);
      const [gone, rest] = first === 0 ? [tree, copy] : [copy, tree];
      dispose(gone);
      expectSound(rest);
      expect(rest.leaves.used + rest.inners.used).toBe(rest.nodeCount);
    }
  });

  it("whose tree went first may be written like a tree that never had one", () => {
    const tree = inOrder(2000);
    const old = snapshot(tree);
    const copy = clone(old);
    dispose(tree);
    collect(old);
    expectSound(copy);
    const { used } = copy.leaves;
    for (let i = 0; i < 2000; i++) copy.set(i * 10, i * 10 + 5, -i);
    expect(copy.leaves.used).toBe(used);
    expectSound(copy);
  });

  it("give back all nodes that only they held", () => {
    const tree = inOrder(5000);
    const { used } = tree.leaves;
    const versions: MapleTree<number>[] = [];
    for (let i = 0; i < 200; i++) {
      versions.push(snapshot(tree));
      tree.set(i * 250 + 6, i * 250 + 7, -1);
      tree.delete(i * 250 + 6, i * 250 + 7);
    }
    expect(tree.leaves.used).toBeGreaterThan(used);
    for (const version of versions) dispose(version);
    expectSound(tree);
    // Written back and forth, the tree has the size it had.
    expect(tree.leaves.used).toBeLessThan(used * 1.5);
    const { capacity } = tree.leaves;
    for (let i = 0; i < 1000; i++) {
      const version = snapshot(tree);
      tree.set(i, i + 1, i);
      dispose(version);
    }
    expect(tree.leaves.capacity).toBe(capacity);
  });

  it("refuse every use once disposed", () => {
    const tree = inOrder(100);
    const old = snapshot(tree);
    const cursor = old.cursor(50);
    dispose(old);
    dispose(old);
    for (const use of [
      () => old.get(1),
      () => [...old],
      () => cursor.next(),
      () => cursor.seek(1),
      () => clone(old),
    ]) {
      expect(use).toThrow(TypeError);
    }
    expect(() => old.get(1)).toThrow("this tree was disposed");
    expect(tree.get(1)).toBe(0);
    expectSound(tree);
  });

  it("that are only forgotten are dropped when the garbage collector says so", () => {
    const tree = inOrder(1000);
    const forgotten = snapshot(tree);
    tree.set(0, 9000, -1);
    const held = tree.leaves.used;
    collect(forgotten);
    expect(tree.leaves.used).toBeLessThan(held);
    expectSound(tree);
    // Of one that was disposed of it hears nothing.
    const disposed = snapshot(tree);
    dispose(disposed);
    expect(Collector.told.has(disposed)).toBe(false);
    expectSound(tree);
  });
});

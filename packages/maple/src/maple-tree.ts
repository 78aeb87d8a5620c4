// The tree as its users see it: checks arguments and hands on; no algorithm here.

import { checkPoint, checkRange, checkValue, EXACT, need, span } from "./assert.js";
import { checkNodes } from "./balance.js";
import { Cursor } from "./cursor.js";
import {
  INNER_BITS,
  INNER_MIN,
  keyAt,
  LEAF,
  LEAF_BITS,
  LEAF_MIN,
  LEAF_PAGE_BITS,
  LEAF_PAGE_MASK,
  MANY,
  MAX_HEIGHT,
} from "./layout.js";
import { descend, holeEnd, type Path, slotNear } from "./path.js";
import { Pool } from "./pool.js";
import type { Rules } from "./rules.js";
import { searchInner, searchLeaf } from "./search.js";
import { type Rooted, TreeState } from "./state.js";
import { change } from "./write.js";

/** An entry: first key, key after the last, value. */
export type Entry<V> = [start: number, end: number, value: V];

export interface MapleOptions<V = unknown> {
  /** How values are cut and joined, from `rules` of @vma/maple/rules. Default: entries stay as they were written. */
  rules?: Rules<V> | undefined;
  /** Most nodes the tree may have; writes beyond throw MapleFullError. Default: no limit. */
  maxNodes?: number;
  /** Lowest key, default 0. At least -2^53. */
  min?: number;
  /** Key after the highest, default 2^64. */
  max?: number;
  /** @internal The tree whose nodes it begins with. Default: it has one of its own, an empty leaf. */
  nodesOf?: Rooted;
}

export class MapleTree<V> extends TreeState implements Iterable<Entry<V>> {
  /** Where the last write was: the next one is often near. */
  private path: Cursor<V> | undefined = undefined;

  constructor(options?: MapleOptions<V>) {
    const { maxNodes = Infinity, min = 0, max = 2 ** 64, rules, nodesOf = emptyTree() } = options ?? {};
    need(maxNodes >= 1, "maxNodes must be at least 1", maxNodes);
    checkRange(min, max, -EXACT, 2 ** 64);
    super(nodesOf, min, max, maxNodes);
    this.rules = rules as Rules<unknown> | undefined;
  }

  /** A tree of entries that come in order and do not overlap, in O(n); else throws a RangeError. */
  static from<V>(entries: Iterable<readonly [number, number, V]>, options?: MapleOptions<V>): MapleTree<V> {
    const tree = new MapleTree<V>(options);
    let last = tree.min;
    for (const [start, end, value] of entries) {
      if (start < last) need(false, `entries must come in order, after ${last}`, span(start, end));
      tree.set(start, end, value);
      last = end;
    }
    return tree;
  }

  /** Number of entries. */
  get size(): number {
    return this.entryCount;
  }

  /** The value at `at`, undefined in a hole. */
  get(at: number): V | undefined {
    const { table, kids } = this.inners;
    let node = this.root;
    for (let level = this.levels; level > 0; level--) {
      node = kids[searchInner(table, keyAt(node, 0), at) - (node << INNER_BITS)]!;
    }
    if (this.leaves.capacity > MANY) this.leaves.fetch(node);
    const page = node >> LEAF_PAGE_BITS;
    const base = (node & LEAF_PAGE_MASK) << LEAF_BITS;
    const { numbers, items } = this.leaves;
    const starts = numbers[page]!;
    const place = searchLeaf(starts, base << 1, at);
    if (starts[place]! <= at && at < starts[place + LEAF]!) {
      return items[page]![place - base] as V;
    }
    checkPoint(at);
    return undefined;
  }

  has(at: number): boolean {
    return this.get(at) !== undefined;
  }

  /** Writes `value` to [start, end): entries inside go, those that reach over an edge are cut. */
  set(start: number, end: number, value: V): void {
    checkRange(start, end, this.min, this.max);
    checkValue(value);
    change(this, this.pathTo(start), start, end, value);
  }

  /** Writes `value` to [start, end), which must be free: throws a RangeError that names the first entry in the way. */
  insert(start: number, end: number, value: V): void {
    if (!this.tryInsert(start, end, value)) {
      const inTheWay = this.cursor(start);
      inTheWay.find(start);
      const { start: from, end: to } = inTheWay;
      throw new RangeError(`${span(start, end)} overlaps the entry ${span(from, to)}`);
    }
  }

  /** Writes `value` to [start, end) if that is free; says whether it did. */
  tryInsert(start: number, end: number, value: V): boolean {
    checkRange(start, end, this.min, this.max);
    checkValue(value);
    const path = this.pathTo(start);
    path.slot = slotNear(this, path, start);
    // Where the leaf ends, the next entry begins.
    if (holeEnd(this, path, path.slot) < end) return false;
    change(this, path, start, end, value);
    return true;
  }

  /** Clears [start, end). Returns how many entries were removed or cut. */
  delete(start: number, end: number): number {
    checkRange(start, end, this.min, this.max);
    return change(this, this.pathTo(start), start, end, undefined);
  }

  /** A cursor on the entry or hole at `at`, by default the lowest key. */
  cursor(at: number = this.min): Cursor<V> {
    const cursor = new Cursor<V>(this);
    cursor.seek(at);
    return cursor;
  }

  /** The tree's own cursor. */
  private here(): Cursor<V> {
    this.path ??= new Cursor<V>(this);
    return this.path;
  }

  /** The path, led to the leaf of `start` unless it is there. */
  private pathTo(start: number): Path {
    const path = this.here();
    path.start = Infinity; // what the cursor knows is what was there
    if (path.at !== this.version || !(start >= path.low && start < path.high)) descend(this, path, start);
    return path;
  }

  /** The entries that touch [start, end), in order, whole. */
  *entries(start: number = this.min, end: number = this.max): IterableIterator<Entry<V>> {
    const cursor = new Cursor<V>(this);
    for (let value = cursor.find(start); value !== undefined && cursor.start < end; value = cursor.next()) {
      yield [cursor.start, cursor.end, value];
    }
  }

  [Symbol.iterator](): IterableIterator<Entry<V>> {
    return this.entries();
  }

  /** The entries that touch [start, end), last one first. */
  *reversed(start: number = this.min, end: number = this.max): IterableIterator<Entry<V>> {
    const cursor = new Cursor<V>(this);
    cursor.find(end);
    if (cursor.value === undefined || cursor.start >= end) cursor.prev();
    for (let value = cursor.value; value !== undefined && cursor.end > start; value = cursor.prev()) {
      yield [cursor.start, cursor.end, value];
    }
  }

  /** The ranges of the entries that touch [start, end). */
  *keys(start?: number, end?: number): IterableIterator<[start: number, end: number]> {
    for (const [from, to] of this.entries(start, end)) yield [from, to];
  }

  /** The values of the entries that touch [start, end). */
  *values(start?: number, end?: number): IterableIterator<V> {
    for (const entry of this.entries(start, end)) yield entry[2];
  }

  /** Calls `visit` for each entry in order. Allocates nothing per entry; `visit` must not change the tree. */
  forEach(visit: (value: V, start: number, end: number) => void): void {
    this.visitNode(this.root, this.levels, visit);
  }

  private visitNode(
    node: number,
    level: number,
    visit: (value: V, start: number, end: number) => void,
  ): void {
    if (level > 0) {
      const { counts, kids } = this.inners;
      const from = node << INNER_BITS;
      for (let i = from, end = from + counts[node]!; i < end; i++) this.visitNode(kids[i]!, level - 1, visit);
      return;
    }
    const { version, leaves } = this;
    const page = node >> LEAF_PAGE_BITS;
    const base = (node & LEAF_PAGE_MASK) << LEAF_BITS;
    const keys = leaves.numbers[page]!;
    const values = leaves.items[page] as V[];
    const end = base + leaves.counts[node]!;
    for (let i = base; i < end; i++) {
      visit(values[i]!, keys[base + i]!, keys[base + i + LEAF]!);
      if (this.version !== version) throw new TypeError("the tree was changed in forEach");
    }
  }

  /** The first entry, undefined in an empty tree. */
  first(): Entry<V> | undefined {
    return this.ceil(this.min);
  }

  /** The last entry, undefined in an empty tree. */
  last(): Entry<V> | undefined {
    return this.floor(this.max);
  }

  /** The last entry that starts at or below `at`. */
  floor(at: number): Entry<V> | undefined {
    const here = this.here();
    here.find(at);
    if (here.value === undefined || here.start > at) here.prev();
    return entryAt(here);
  }

  /** The first entry that starts at or above `at`. */
  ceil(at: number): Entry<V> | undefined {
    const here = this.here();
    here.find(at);
    if (here.start < at) here.next();
    return entryAt(here);
  }

  /** Clears everything. */
  clear(): void {
    this.delete(this.min, this.max);
  }

  /**
   * Makes sure that the next `writes` calls of set, insert and delete cannot fail for want of nodes.
   * Throws MapleFullError when they might need more than `maxNodes`. Nothing else is changed.
   */
  reserve(writes: number): void {
    need(writes >= 0 && writes < Infinity, "writes must be a count", writes);
    const { levels, nodeCount } = this;
    // At most one split a level and a new root for each; and no more than poorly filled nodes can be.
    const each = writes * (levels + 2);
    const leaves = (this.entryCount + 2 * writes) / LEAF_MIN + 2;
    const all = Math.ceil(leaves + leaves / (INNER_MIN - 1)) + 2 * MAX_HEIGHT;
    const more = Math.min(each, all - nodeCount);
    checkNodes(this, more);
    // Shared nodes are copied, too: the path, and at each level a neighbour.
    const copies = this.hold?.above !== undefined ? Math.min(nodeCount, writes * 2 * (levels + 1)) : 0;
    this.leaves.provide(Math.min(writes, more) + copies);
    this.inners.provide(Math.min(more, writes * (levels + 1)) + copies);
  }
}

function emptyTree(): Rooted {
  const leaves = new Pool(true);
  return { leaves, inners: new Pool(false), root: leaves.take() };
}

function entryAt<V>(cursor: Cursor<V>): Entry<V> | undefined {
  return cursor.value === undefined ? undefined : [cursor.start, cursor.end, cursor.value];
}

// The memory of one or more trees: pages of typed arrays, free lists, and how many parents share a node.
// Only this file and node.ts index the raw arrays.
//
// Pages are never moved once full size, so no write copies more than the first, small page. A node's
// share count is the number of parents and trees that hold it; a node held once on a path held once may be
// written, any other is copied first (copy-on-write).

import {
  INNER_BITS,
  INNER_PAGE_BITS,
  INNER_PAGE_MASK,
  INNER_SLOTS,
  LEAF,
  LEAF_BITS,
  LEAF_PAGE_BITS,
  LEAF_PAGE_MASK,
} from "./layout.js";
import { mark } from "./mark.js";

/** Node numbers of one kind: which are free, and how often each one is held. */
class Pool {
  /** Per node: entries or children. */
  counts: Uint8Array = new Uint8Array(1);
  /** Per node: holders; of a free node, minus the next free one, minus 2. */
  shares: Int32Array = new Int32Array(1);
  /** Nodes that the pages have room for. */
  capacity = 0;
  /** Nodes in use. */
  used = 0;
  /** First free node, -1 for none. */
  private free = -1;
  /** Makes room for nodes up to `capacity`. */
  private readonly addPage: (capacity: number) => void;
  private readonly pageSize: number;

  constructor(pageSize: number, addPage: (capacity: number) => void) {
    this.pageSize = pageSize;
    this.addPage = addPage;
  }

  /** Makes room for `more` nodes beyond those in use. */
  reserve(more: number): void {
    while (this.capacity - this.used < more) this.grow();
  }

  private grow(): void {
    const from = this.capacity;
    const to = from < this.pageSize ? from * 2 || 1 : from + this.pageSize;
    this.addPage(to);
    if (to > this.shares.length) {
      const counts = new Uint8Array(to * 2);
      counts.set(this.counts);
      this.counts = counts;
      const shares = new Int32Array(to * 2);
      shares.set(this.shares);
      this.shares = shares;
    }
    for (let node = to - 1; node >= from; node--) this.putFree(node);
    this.capacity = to;
  }

  private putFree(node: number): void {
    this.shares[node] = -2 - this.free;
    this.free = node;
  }

  /** A node held once, with count 0. */
  take(): number {
    if (this.free < 0) this.grow();
    const node = this.free;
    this.free = -2 - this.shares[node]!;
    this.shares[node] = 1;
    this.counts[node] = 0;
    this.used++;
    return node;
  }

  give(node: number): void {
    this.putFree(node);
    this.used--;
  }
}

export class Arena {
  readonly leaves: Pool = new Pool(1 << LEAF_PAGE_BITS, (capacity) => this.growLeaves(capacity));
  readonly inners: Pool = new Pool(1 << INNER_PAGE_BITS, (capacity) => this.growInners(capacity));
  readonly ranges: Float64Array[] = [];
  readonly order: Uint8Array[] = [];
  readonly values: unknown[][] = [];
  readonly keys: Float64Array[] = [];
  readonly kids: Int32Array[] = [];
  /** Trees and snapshots that hold nodes here; while it is 1, every node is held once. */
  holders = 1;

  private growLeaves(capacity: number): void {
    const page = (capacity - 1) >> LEAF_PAGE_BITS;
    const slots = (capacity - (page << LEAF_PAGE_BITS)) << LEAF_BITS;
    const ranges = new Float64Array(slots * 2);
    const order = new Uint8Array(slots);
    for (let i = 0; i < slots; i++) order[i] = i & (LEAF - 1);
    const values: unknown[] = new Array(slots).fill(undefined);
    const old = this.ranges[page];
    if (old !== undefined) {
      mark("arena.first-page-grows");
      ranges.set(old);
      order.set(this.order[page]!);
      const from = this.values[page]!;
      for (let i = 0; i < from.length; i++) values[i] = from[i];
    }
    this.ranges[page] = ranges;
    this.order[page] = order;
    this.values[page] = values;
  }

  private growInners(capacity: number): void {
    const page = (capacity - 1) >> INNER_PAGE_BITS;
    const slots = (capacity - (page << INNER_PAGE_BITS)) << INNER_BITS;
    const keys = new Float64Array(slots * 2);
    const kids = new Int32Array(slots);
    const old = this.keys[page];
    if (old !== undefined) {
      keys.set(old);
      kids.set(this.kids[page]!);
    }
    this.keys[page] = keys;
    this.kids[page] = kids;
  }

  /** A new empty leaf. */
  newLeaf(): number {
    const leaf = this.leaves.take();
    const base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
    this.ranges[leaf >> LEAF_PAGE_BITS]!.fill(Infinity, base, base + LEAF);
    return leaf;
  }

  /** A new inner node without children. */
  newInner(): number {
    const node = this.inners.take();
    const base = (node & INNER_PAGE_MASK) << (INNER_BITS + 1);
    this.keys[node >> INNER_PAGE_BITS]!.fill(Infinity, base, base + INNER_SLOTS);
    return node;
  }

  /** Drops one hold on the subtree at `node`, `level` levels above the leaves; frees what nobody holds. */
  release(node: number, level: number): void {
    const pool = level === 0 ? this.leaves : this.inners;
    if (--pool.shares[node]! > 0) return;
    const count = pool.counts[node]!;
    if (level === 0) {
      const page = node >> LEAF_PAGE_BITS;
      const base = (node & LEAF_PAGE_MASK) << LEAF_BITS;
      const values = this.values[page]!;
      const order = this.order[page]!;
      for (let i = base; i < base + count; i++) values[base + order[i]!] = undefined;
    } else {
      const kids = this.kids[node >> INNER_PAGE_BITS]!;
      const base = (node & INNER_PAGE_MASK) << INNER_BITS;
      for (let i = base; i < base + count; i++) this.release(kids[i]!, level - 1);
    }
    pool.give(node);
  }

  /** A copy of a shared leaf, held once; the old one loses a holder. */
  copyLeaf(leaf: number): number {
    const copy = this.newLeaf();
    const { counts, shares } = this.leaves;
    const count = counts[leaf]!;
    const from = this.ranges[leaf >> LEAF_PAGE_BITS]!;
    const to = this.ranges[copy >> LEAF_PAGE_BITS]!;
    const a = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
    const b = (copy & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
    const oldValues = this.values[leaf >> LEAF_PAGE_BITS]!;
    const oldOrder = this.order[leaf >> LEAF_PAGE_BITS]!;
    const values = this.values[copy >> LEAF_PAGE_BITS]!;
    const order = this.order[copy >> LEAF_PAGE_BITS]!;
    for (let i = 0; i < count; i++) {
      to[b + i] = from[a + i]!;
      to[b + LEAF + i] = from[a + LEAF + i]!;
      values[(b >> 1) + order[(b >> 1) + i]!] = oldValues[(a >> 1) + oldOrder[(a >> 1) + i]!];
    }
    counts[copy] = count;
    shares[leaf]!--;
    return copy;
  }

  /** A copy of a shared inner node, held once; its children gain a holder, the old one loses one. */
  copyInner(node: number, level: number): number {
    const copy = this.newInner();
    const { counts, shares } = this.inners;
    const count = counts[node]!;
    const from = this.keys[node >> INNER_PAGE_BITS]!;
    const to = this.keys[copy >> INNER_PAGE_BITS]!;
    const a = (node & INNER_PAGE_MASK) << (INNER_BITS + 1);
    const b = (copy & INNER_PAGE_MASK) << (INNER_BITS + 1);
    const oldKids = this.kids[node >> INNER_PAGE_BITS]!;
    const kids = this.kids[copy >> INNER_PAGE_BITS]!;
    const below = level === 1 ? this.leaves.shares : shares;
    for (let i = 0; i < count; i++) {
      to[b + i] = from[a + i]!;
      to[b + INNER_SLOTS + i] = from[a + INNER_SLOTS + i]!;
      const kid = oldKids[(a >> 1) + i]!;
      kids[(b >> 1) + i] = kid;
      below[kid]!++;
    }
    counts[copy] = count;
    shares[node]!--;
    return copy;
  }
}

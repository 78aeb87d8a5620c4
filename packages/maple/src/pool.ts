// The memory of nodes of one kind: their arrays, which are free, and how many hold each one.
//
// Leaves lie in pages of fixed size, so that no write moves more than a page; the few inner nodes lie in one
// array that doubles, so that a search has no page to look up. A node is held by each parent and each tree
// that has it; one that is held once, by a path of such nodes, may be written, any other is copied first.
import { InvariantError } from "./assert.js";
import {
  INNER,
  INNER_BITS,
  INNER_MIN,
  LEAF,
  LEAF_BITS,
  LEAF_MIN,
  LEAF_PAGE_BITS,
  LEAF_PAGE_MASK,
} from "./layout.js";
import { mark } from "./mark.js";

export class Pool {
  /** Most slots in use. */
  readonly size: number;
  /** Slots of a node, as a power of two. */
  readonly bits: number;
  /** Fewest slots in use of a node in the midst of a tree. */
  readonly min: number;
  readonly pageBits: number;
  /** Pairs of doubles, by page. */
  readonly pairs: Float64Array[] = [];
  /** Tags, by page: bytes of leaves, node numbers of inner nodes. */
  readonly tags: (Uint8Array | Int32Array)[] = [];
  /** Values of leaves, by page; no pages for inner nodes. */
  readonly values: unknown[][] = [];
  /** The only page of inner nodes. */
  keys: Float64Array = new Float64Array(0);
  kids: Int32Array = new Int32Array(0);
  /** Per node: slots in use. */
  counts: Uint8Array = new Uint8Array(2);
  /** Per node: holders; of a free node, minus the next free one, minus 2. */
  shares: Int32Array = new Int32Array(2);
  /** Nodes that there is memory for. */
  capacity = 0;
  /** Nodes in use. */
  used = 0;
  /** First free node, -1 for none. */
  private free = -1;

  constructor(leaves: boolean) {
    this.size = leaves ? LEAF : INNER;
    this.bits = leaves ? LEAF_BITS : INNER_BITS;
    this.min = leaves ? LEAF_MIN : INNER_MIN;
    this.pageBits = leaves ? LEAF_PAGE_BITS : 30;
  }

  /** Where the node's tags begin in its page; its pairs begin at twice that. */
  base(node: number): number {
    return (node & ((1 << this.pageBits) - 1)) << this.bits;
  }

  pairsOf(node: number): Float64Array {
    return this.pairs[node >> this.pageBits]!;
  }

  /** Makes sure that `more` nodes beyond those in use can be taken without new memory. */
  reserve(more: number): void {
    while (this.capacity - this.used < more) this.grow();
  }

  private grow(): void {
    const from = this.capacity;
    const full = 1 << this.pageBits;
    const to = from < full ? from * 2 || 1 : from + full;
    const page = from < full ? 0 : from >> this.pageBits;
    const slots = (to - page * full) << this.bits;
    const pairs = new Float64Array(slots * 2).fill(Infinity);
    const old = this.pairs[page];
    if (old !== undefined) pairs.set(old);
    if (this.size === LEAF) {
      const tags = new Uint8Array(slots);
      for (let i = 0; i < slots; i++) tags[i] = i & (LEAF - 1);
      const values: unknown[] = new Array(slots).fill(undefined);
      if (old !== undefined) {
        mark("pool.first-page-grows");
        tags.set(this.tags[page]!);
        const before = this.values[page]!;
        for (let i = 0; i < before.length; i++) values[i] = before[i];
      }
      this.tags[page] = tags;
      this.values[page] = values;
    } else {
      const kids = new Int32Array(slots);
      kids.set(this.kids);
      this.kids = kids;
      this.tags[page] = kids;
      this.keys = pairs;
    }
    this.pairs[page] = pairs;
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

  /** An empty node, held once. */
  take(): number {
    if (this.free < 0) this.grow();
    const node = this.free;
    this.free = -2 - this.shares[node]!;
    this.shares[node] = 1;
    this.counts[node] = 0;
    this.used++;
    return node;
  }

  /** Gives back a node that nobody holds any more; its slots must be closed. */
  give(node: number): void {
    if (this.shares[node] !== 0)
      throw new InvariantError(`node ${node} was given back while it is held, or twice`);
    this.putFree(node);
    this.used--;
  }
}

/** Opens `n` slots at `slot` of a leaf that has room. Their pairs and values are the caller's to set. */
export function openSlots(leaves: Pool, leaf: number, slot: number, n: number): void {
  const page = leaf >> LEAF_PAGE_BITS;
  const base = (leaf & LEAF_PAGE_MASK) << LEAF_BITS;
  const pairs = leaves.pairs[page]!;
  const tags = leaves.tags[page] as Uint8Array;
  const count = leaves.counts[leaf]!;
  const first = base + slot;
  leaves.counts[leaf] = count + n;
  for (let i = (base + count - 1) * 2; i >= first * 2; i -= 2) {
    pairs[i + n * 2] = pairs[i]!;
    pairs[i + n * 2 + 1] = pairs[i + 1]!;
  }
  const place = tags[base + count]!;
  const other = tags[base + count + n - 1]!;
  for (let i = base + count - 1; i >= first; i--) tags[i + n] = tags[i]!;
  tags[first] = place;
  tags[first + n - 1] = other;
}

/** Opens one slot of an inner node with room and fills it. */
export function insertKid(
  inners: Pool,
  node: number,
  slot: number,
  bound: number,
  gap: number,
  kid: number,
): void {
  const { keys, kids } = inners;
  const base = node << INNER_BITS;
  const count = inners.counts[node]!;
  for (let i = base + count; i > base + slot; i--) {
    keys[i * 2] = keys[i * 2 - 2]!;
    keys[i * 2 + 1] = keys[i * 2 - 1]!;
    kids[i] = kids[i - 1]!;
  }
  keys[(base + slot) * 2] = bound;
  keys[(base + slot) * 2 + 1] = gap;
  kids[base + slot] = kid;
  inners.counts[node] = count + 1;
}

/** The tags of slots that change places with others. */
const moved: Int32Array = new Int32Array(1 << INNER_BITS);

/** Closes the slots [from, to) of a node. A leaf forgets the values; children are the caller's to release. */
export function removeSlots(pool: Pool, node: number, from: number, to: number): void {
  const page = node >> pool.pageBits;
  const base = pool.base(node);
  const pairs = pool.pairs[page]!;
  const tags = pool.tags[page]!;
  const values = pool.values[page];
  const count = pool.counts[node]!;
  const gone = to - from;
  if (values !== undefined) {
    for (let i = base + from; i < base + to; i++) values[base + tags[i]!] = undefined;
  }
  if (to < count) {
    for (let i = 0; i < gone; i++) moved[i] = tags[base + from + i]!;
    for (let i = base + from; i < base + count - gone; i++) {
      pairs[i * 2] = pairs[(i + gone) * 2]!;
      pairs[i * 2 + 1] = pairs[(i + gone) * 2 + 1]!;
      tags[i] = tags[i + gone]!;
    }
    for (let i = 0; i < gone; i++) tags[base + count - gone + i] = moved[i]!;
  }
  for (let i = base + count - gone; i < base + count; i++) pairs[i * 2] = Infinity;
  pool.counts[node] = count - gone;
}

/** Copies `n` slots from `from` of one node to `to` of another that has room. */
export function copySlots(
  pool: Pool,
  source: number,
  from: number,
  target: number,
  to: number,
  n: number,
): void {
  const page = target >> pool.pageBits;
  const base = pool.base(target);
  const pairs = pool.pairs[page]!;
  const tags = pool.tags[page]!;
  const count = pool.counts[target]!;
  if (to < count) {
    for (let i = 0; i < n; i++) moved[i] = tags[base + count + i]!;
    for (let i = base + count - 1; i >= base + to; i--) {
      pairs[(i + n) * 2] = pairs[i * 2]!;
      pairs[(i + n) * 2 + 1] = pairs[i * 2 + 1]!;
      tags[i + n] = tags[i]!;
    }
    for (let i = 0; i < n; i++) tags[base + to + i] = moved[i]!;
  }
  pool.counts[target] = count + n;
  const fromPage = source >> pool.pageBits;
  const fromBase = pool.base(source);
  const fromPairs = pool.pairs[fromPage]!;
  const fromTags = pool.tags[fromPage]!;
  const step = (fromBase + from - base - to) * 2;
  for (let i = (base + to) * 2; i < (base + to + n) * 2; i++) pairs[i] = fromPairs[i + step]!;
  const values = pool.values[page];
  if (values === undefined) {
    for (let i = 0; i < n; i++) tags[base + to + i] = fromTags[fromBase + from + i]!;
  } else {
    const fromValues = pool.values[fromPage]!;
    for (let i = 0; i < n; i++) {
      values[base + tags[base + to + i]!] = fromValues[fromBase + fromTags[fromBase + from + i]!];
    }
  }
}

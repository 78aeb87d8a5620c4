// The memory of nodes of one kind: their arrays, which are free, and how many hold each one.
//
// Leaves lie in pages of fixed size, so that no write moves more than a page; the few inner nodes lie in one
// array that doubles, so that a search has no page to look up. A node is held by each parent and each tree
// that has it; one that is held once, by a path of such nodes, may be written, any other is copied first.
import { InvariantError } from "./assert.js";
import { INNER, INNER_BITS, INNER_MIN, LEAF, LEAF_BITS, LEAF_MIN, LEAF_PAGE_BITS } from "./layout.js";
import { mark } from "./mark.js";

// What a pool has before its first node: small trees, which are many, have no inner nodes.
const NO_DOUBLES: Float64Array = new Float64Array(0);

export class Pool {
  /** Most slots in use. */
  readonly most: number;
  /** Slots of a node, as a power of two. */
  readonly bits: number;
  /** Fewest slots in use of a node in the midst of a tree. */
  readonly fewest: number;
  readonly pageBits: number;
  /** Pairs of doubles, by page. */
  readonly pairs: Float64Array[] = [];
  /** Items, by page: values of leaves, node numbers of inner nodes' children. */
  readonly items: unknown[][] = [];
  /** The only page of inner nodes. */
  table: Float64Array = NO_DOUBLES;
  kids: number[] = [];
  /** Per node: slots in use. */
  readonly counts: number[] = [];
  /** Per node: holders; of a free node, minus the next free one, minus 2. */
  readonly shares: number[] = [];
  /** Nodes that there is memory for. */
  capacity = 0;
  /** Nodes in use. */
  used = 0;
  /** First free node, -1 for none. */
  private free = -1;

  constructor(leaves: boolean) {
    this.most = leaves ? LEAF : INNER;
    this.bits = leaves ? LEAF_BITS : INNER_BITS;
    this.fewest = leaves ? LEAF_MIN : INNER_MIN;
    this.pageBits = leaves ? LEAF_PAGE_BITS : 30;
  }

  /** Where the node's tags begin in its page; its pairs begin at twice that. */
  base(node: number): number {
    return (node & ((1 << this.pageBits) - 1)) << this.bits;
  }

  pairsOf(node: number): Float64Array {
    return this.pairs[node >> this.pageBits]!;
  }

  itemsOf(node: number): unknown[] {
    return this.items[node >> this.pageBits]!;
  }

  /** Makes sure that `more` nodes beyond those in use can be taken without new memory. */
  provide(more: number): void {
    while (this.capacity - this.used < more) this.grow();
  }

  private grow(): void {
    const from = this.capacity;
    const full = 1 << this.pageBits;
    // 1, 4, 8, 16 and so on to a full page: most trees are small.
    const to = from === 0 ? 1 : from < full ? Math.max(from * 2, 4) : from + full;
    const page = from < full ? 0 : from >> this.pageBits;
    const slots = (to - page * full) << this.bits;
    const pairs = new Float64Array(slots * 2).fill(Infinity);
    const items: unknown[] = new Array(slots);
    items[0] = undefined; // an array of anything from the start, never of small integers or doubles
    const old = this.items[page];
    if (old !== undefined) {
      mark("pool.first-page-grows");
      pairs.set(this.pairs[page]!);
      for (let i = 0; i < old.length; i++) items[i] = old[i];
    }
    this.pairs[page] = pairs;
    this.items[page] = items;
    if (page === 0) {
      this.table = pairs;
      this.kids = items as number[];
    }
    while (this.shares.length < to) this.shares.push(this.counts.push(0));
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

/** Opens `n` slots at `slot` of a node that has room, and fills none. */
export function openSlots(pool: Pool, node: number, slot: number, n: number): void {
  const base = pool.base(node);
  const pairs = pool.pairsOf(node);
  const items = pool.itemsOf(node);
  const count = pool.counts[node]!;
  pool.counts[node] = count + n;
  for (let i = base + count - 1; i >= base + slot; i--) {
    const to = (i + n) | 0;
    pairs[to << 1] = pairs[i << 1]!;
    pairs[(to << 1) | 1] = pairs[(i << 1) | 1]!;
    items[to] = items[i];
  }
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
  openSlots(inners, node, slot, 1);
  const at = inners.base(node) + slot;
  inners.table[at << 1] = bound;
  inners.table[(at << 1) | 1] = gap;
  inners.kids[at] = kid;
}

/** Writes `n` slots over others, of the same node further left or of another. */
function moveSlots(pool: Pool, source: number, from: number, target: number, to: number, n: number): void {
  const pairs = pool.pairsOf(target);
  const items = pool.itemsOf(target);
  const fromPairs = pool.pairsOf(source);
  const fromItems = pool.itemsOf(source);
  const base = pool.base(target) + to;
  const step = pool.base(source) + from - base;
  for (let i = base; i < base + n; i++) {
    const at = (i + step) | 0;
    pairs[i << 1] = fromPairs[at << 1]!;
    pairs[(i << 1) | 1] = fromPairs[(at << 1) | 1]!;
    items[i] = fromItems[at];
  }
}

/** Closes the slots [from, to) of a node. What was in them is forgotten; children are the caller's to release. */
export function removeSlots(pool: Pool, node: number, from: number, to: number): void {
  const base = pool.base(node);
  const count = pool.counts[node]!;
  const left = count - to + from;
  pool.counts[node] = left;
  moveSlots(pool, node, to, node, from, count - to);
  for (let i = base + left; i < base + count; i++) {
    pool.pairsOf(node)[i << 1] = Infinity;
    pool.itemsOf(node)[i] = undefined;
  }
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
  openSlots(pool, target, to, n);
  moveSlots(pool, source, from, target, to, n);
}

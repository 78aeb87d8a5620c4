// The memory of nodes of one kind: their arrays, which are free, and when each of the others was made.
//
// Leaves lie in pages of fixed size, so that no write moves more than a page; the few inner nodes lie in one
// array that doubles, so that a search has no page to look up. A node that was made after the last version was
// taken is its tree's alone and may be written, any other is copied first (see snapshot.ts).
import { InvariantError } from "./assert.js";
import {
  GAPS,
  INNER,
  INNER_BITS,
  INNER_MIN,
  keyAt,
  LEAF,
  LEAF_BITS,
  LEAF_MIN,
  LEAF_PAGE_BITS,
  LINE,
} from "./layout.js";
import { mark } from "./mark.js";
import { INDEX } from "./search.js";
import { slideBack, slideOn } from "./slide.js";

// What a pool has before its first node: small trees, which are many, have no inner nodes.
const NO_DOUBLES: Float64Array = new Float64Array(0);

/** The time: grows whenever a version is taken of any tree. */
let now = 0;

/** Lets time pass: the nodes made from now on are younger than all that there are. Returns the time. */
export function passTime(): number {
  return ++now;
}

export class Pool {
  /** Most slots in use. */
  readonly most: number;
  /** Slots of a node, as a power of two. */
  readonly bits: number;
  /** Fewest slots in use of a node in the midst of a tree. */
  readonly fewest: number;
  readonly pageBits: number;
  /** Keys and mates, by page. */
  readonly numbers: Float64Array[] = [];
  /** Items, by page: values of leaves, node numbers of inner nodes' children. */
  readonly items: unknown[][] = [];
  /** The only page of inner nodes. */
  table: Float64Array = NO_DOUBLES;
  kids: number[] = [];
  /** Per node: slots in use. */
  readonly counts: number[] = [];
  /** Per node: the time when it was made; of a free node, minus the next free one, minus 2. */
  readonly births: number[] = [];
  /** Nodes that there is memory for. */
  capacity = 0;
  /** Nodes in use. */
  used = 0;
  /** What fetch has read: what nobody keeps is not read. */
  fetched: number = Infinity;
  /** First free node, -1 for none. */
  private free = -1;

  constructor(leaves: boolean) {
    this.most = leaves ? LEAF : INNER;
    this.bits = leaves ? LEAF_BITS : INNER_BITS;
    this.fewest = leaves ? LEAF_MIN : INNER_MIN;
    this.pageBits = leaves ? LEAF_PAGE_BITS : 30;
  }

  /** Where the node's items begin in its page; its keys begin at twice that. */
  base(node: number): number {
    return (node & ((1 << this.pageBits) - 1)) << this.bits;
  }

  numbersOf(node: number): Float64Array {
    return this.numbers[node >> this.pageBits]!;
  }

  itemsOf(node: number): unknown[] {
    return this.items[node >> this.pageBits]!;
  }

  /**
   * Asks for all lines of a leaf's memory at once, before one after the other is needed. Where there are too many leaves
   * for the processor's caches that saves a lookup a fifth of its time, elsewhere it would cost some. So callers look at
   * the capacity first: in here, the compiler would take this function in and leave a search out instead.
   */
  fetch(leaf: number): void {
    mark("pool.fetch");
    const keys = this.numbersOf(leaf);
    const items = this.itemsOf(leaf);
    const base = this.base(leaf);
    let sum = 0;
    for (let i = base; i < base + LEAF; i += LINE) {
      sum += keys[i + base]! + keys[i + base + LEAF]! + +(items[i] === this);
    }
    this.fetched = sum;
  }

  /** Makes sure that `more` nodes beyond those in use can be taken without new memory. */
  provide(more: number): void {
    while (this.capacity - this.used < more) this.grow();
  }

  private grow(): void {
    const from = this.capacity;
    const full = 1 << this.pageBits;
    // 1, 2, 4 and so on to a full page: most trees are small.
    const to = from < full ? from * 2 || 1 : from + full;
    const page = from >> this.pageBits;
    const slots = (to - page * full) << this.bits;
    const numbers = new Float64Array(slots * 2).fill(Infinity);
    numbers.set(this.numbers[page] ?? NO_DOUBLES);
    const items: unknown[] = new Array(slots);
    items[0] = undefined; // an array of anything from the start, never of small integers or doubles
    this.items[page]?.forEach((item, i) => {
      items[i] = item;
    });
    this.numbers[page] = numbers;
    this.items[page] = items;
    if (page === 0) {
      this.table = numbers;
      this.kids = items as number[];
    }
    while (this.births.length < to) this.births.push(this.counts.push(0));
    for (let node = to - 1; node >= from; node--) this.putFree(node);
    this.capacity = to;
  }

  private putFree(node: number): void {
    this.births[node] = -2 - this.free;
    this.free = node;
  }

  /** A node made now, with what the free one has left in it: numbers, but no items of a leaf. */
  private make(): number {
    if (this.free < 0) this.grow();
    const node = this.free;
    this.free = -2 - this.births[node]!;
    this.births[node] = now;
    this.used++;
    return node;
  }

  /** An empty node, made now. */
  take(): number {
    const node = this.make();
    removeSlots(this, node, 0, this.counts[node]!);
    return node;
  }

  /** A copy of a node, made now. */
  copy(node: number): number {
    const copy = this.make();
    const base = this.base(node);
    const to = this.base(copy);
    const slots = 1 << this.bits;
    // Whole, because of what is left behind the slots in use.
    copyNumbers(this.numbersOf(node), base * 2, this.numbersOf(copy), to * 2, slots * 2);
    copyItems(this.itemsOf(node), base, this.itemsOf(copy), to, slots);
    this.counts[copy] = this.counts[node]!;
    return copy;
  }

  /** Gives back a node that no version has any more. What was in it is forgotten. */
  give(node: number): void {
    if (this.births[node]! < 0) throw new InvariantError(`node ${node} was given back twice`);
    if (this.bits === LEAF_BITS) {
      const items = this.itemsOf(node);
      for (let i = this.base(node), end = i + this.counts[node]!; i < end; i += 4) {
        items[i] = items[i + 1] = items[i + 2] = items[i + 3] = undefined;
      }
    }
    this.putFree(node);
    this.used--;
  }
}

/** Opens `n` slots at `slot` of a node that has room, and fills none. */
function openSlots(pool: Pool, node: number, slot: number, n: number): void {
  const base = pool.base(node);
  const count = pool.counts[node]!;
  pool.counts[node] = count + n;
  slideOn(pool.numbersOf(node), pool.itemsOf(node), base, 1 << pool.bits, slot, count, n);
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
  const at = keyAt(node, slot);
  inners.table[at] = bound;
  inners.table[at + GAPS] = gap;
  inners.kids[(node << INNER_BITS) + slot] = kid;
}

/** Closes the slots [from, to) of a node. What was in them is forgotten. */
export function removeSlots(pool: Pool, node: number, from: number, to: number): void {
  const base = pool.base(node);
  const count = pool.counts[node]!;
  pool.counts[node] = count - to + from;
  slideBack(pool.numbersOf(node), pool.itemsOf(node), base, 1 << pool.bits, to, count, to - from);
}

/** Moves `n` slots from `from` of one node to `to` of another that has room. */
export function moveSlots(
  pool: Pool,
  source: number,
  from: number,
  target: number,
  to: number,
  n: number,
): void {
  openSlots(pool, target, to, n);
  const keys = pool.numbersOf(target);
  const items = pool.itemsOf(target);
  const fromKeys = pool.numbersOf(source);
  const fromItems = pool.itemsOf(source);
  const mates = 1 << pool.bits;
  // As places among the items; those of the keys lie as far beyond as the node does.
  const base = pool.base(target);
  const fromBase = pool.base(source);
  for (let i = 0; i < n; i++) {
    const at = base + to + i;
    const old = fromBase + from + i;
    keys[at + base] = fromKeys[old + fromBase]!;
    keys[at + base + mates] = fromKeys[old + fromBase + mates]!;
    items[at] = fromItems[old];
  }
  removeSlots(pool, source, from, from + n);
}

/** Copies `n` doubles, a multiple of 8. */
function copyNumbers(from: Float64Array, fromBase: number, to: Float64Array, base: number, n: number): void {
  if (from === to) {
    to.copyWithin(base, fromBase, fromBase + n);
    return;
  }
  for (let i = 0; i < n; i = (i + 8) & INDEX) {
    const old = (fromBase + i) & INDEX;
    const now = (base + i) & INDEX;
    const a = from[old]!;
    const b = from[old + 1]!;
    const c = from[old + 2]!;
    const d = from[old + 3]!;
    const e = from[old + 4]!;
    const f = from[old + 5]!;
    const g = from[old + 6]!;
    const h = from[old + 7]!;
    to[now] = a;
    to[now + 1] = b;
    to[now + 2] = c;
    to[now + 3] = d;
    to[now + 4] = e;
    to[now + 5] = f;
    to[now + 6] = g;
    to[now + 7] = h;
  }
}

/** Copies `n` items, a multiple of 4: after each write the compiler looks at the other array anew. */
function copyItems(from: unknown[], fromBase: number, to: unknown[], base: number, n: number): void {
  for (let i = 0; i < n; i = (i + 4) & INDEX) {
    const old = (fromBase + i) & INDEX;
    const now = (base + i) & INDEX;
    const a = from[old];
    const b = from[old + 1];
    const c = from[old + 2];
    const d = from[old + 3];
    to[now] = a;
    to[now + 1] = b;
    to[now + 2] = c;
    to[now + 3] = d;
  }
}

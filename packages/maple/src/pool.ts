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
  LEAF_PAGE_MASK,
  LINE,
} from "./layout.js";
import { mark } from "./mark.js";

// What a pool has before its first node: small trees, which are many, have no inner nodes.
const NO_DOUBLES: Float64Array = new Float64Array(0);
const NO_KIDS: Int32Array = new Int32Array(0);

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
  /** The numbers of single leaves, by page: of those that were copied, because only so they are copied at once. */
  readonly views: Float64Array[][] = [];
  /** Items, by page: values of leaves, node numbers of inner nodes' children. */
  readonly items: unknown[][] = [];
  /** The only page of inner nodes. */
  table: Float64Array = NO_DOUBLES;
  kids: Int32Array = NO_KIDS;
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
    const items: unknown[] = this.bits === LEAF_BITS ? new Array(slots) : (new Int32Array(slots) as never);
    items[0] = undefined; // an array of anything from the start, never of small integers or doubles
    this.numbers[page] = numbers;
    this.items[page] = items;
    this.views[page] = [];
    if (page === 0) {
      numbers.set(this.table);
      this.kids.forEach((item, i) => {
        items[i] = item;
      });
      this.table = numbers;
      this.kids = items as never;
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
    const count = this.counts[node]!;
    this.counts[copy] = count;
    // The numbers whole, because of what is left behind the slots in use.
    if (this.bits === LEAF_BITS) {
      const views = this.views[node >> LEAF_PAGE_BITS]!;
      const place = node & LEAF_PAGE_MASK;
      views[place] ??= this.numbersOf(node).subarray(base * 2, (base + LEAF) * 2);
      this.numbersOf(copy).set(views[place]!, to * 2);
      const items = this.itemsOf(copy);
      const old = this.itemsOf(node);
      // Four at a time: after each write the compiler looks at the other array anew.
      for (let i = 0; i < count; i += 4) {
        const now = to + i;
        const then = base + i;
        const a = old[then];
        const b = old[then + 1];
        const c = old[then + 2];
        const d = old[then + 3];
        items[now] = a;
        items[now + 1] = b;
        items[now + 2] = c;
        items[now + 3] = d;
      }
    } else {
      this.table.copyWithin(to * 2, base * 2, (base + GAPS) * 2);
      this.kids.copyWithin(to, base, base + count);
    }
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
  const count = pool.counts[node]!;
  pool.counts[node] = count + n;
  copySlots(pool, node, slot, node, slot + n, count - slot);
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
  const count = pool.counts[node]!;
  copySlots(pool, node, to, node, from, count - to);
  pool.counts[node] = count - to + from;
  const base = pool.base(node);
  for (let i = base + pool.counts[node]!; i < base + count; i++) {
    pool.numbersOf(node)[base + i] = Infinity;
    pool.itemsOf(node)[i] = undefined;
  }
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
  copySlots(pool, source, from, target, to, n);
  removeSlots(pool, source, from, from + n);
}

/** Copies `n` slots from `from` of one node to `to` of another, or of the same: last one first where they move on. */
function copySlots(pool: Pool, source: number, from: number, target: number, to: number, n: number): void {
  const keys = pool.numbersOf(target);
  const items = pool.itemsOf(target);
  const fromKeys = pool.numbersOf(source);
  const fromItems = pool.itemsOf(source);
  const mates = 1 << pool.bits;
  // As places among the items; those of the keys lie as far beyond as the node does.
  const base = pool.base(target);
  const fromBase = pool.base(source);
  for (let i = 0; i < n; i++) {
    const slot = to > from ? n - 1 - i : i;
    const at = base + to + slot;
    const old = fromBase + from + slot;
    keys[at + base] = fromKeys[old + fromBase]!;
    keys[at + base + mates] = fromKeys[old + fromBase + mates]!;
    items[at] = fromItems[old];
  }
}

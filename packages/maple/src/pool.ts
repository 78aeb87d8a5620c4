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
    const numbers = new Float64Array(slots * 2).fill(Infinity);
    const items: unknown[] = new Array(slots);
    items[0] = undefined; // an array of anything from the start, never of small integers or doubles
    const old = this.items[page];
    if (old !== undefined) {
      mark("pool.first-page-grows");
      numbers.set(this.numbers[page]!);
      for (let i = 0; i < old.length; i++) items[i] = old[i];
    }
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
    // Whole, because of what is left behind the slots in use.
    copyRun(this, node, 0, copy, 0, 1 << this.bits);
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
  copyRun(pool, source, from, target, to, n);
}

/** Copies `n` slots over others. */
function copyRun(pool: Pool, source: number, from: number, target: number, to: number, n: number): void {
  const keys = pool.numbersOf(target);
  const items = pool.itemsOf(target);
  const fromKeys = pool.numbersOf(source);
  const fromItems = pool.itemsOf(source);
  const mates = 1 << pool.bits;
  // As places among the items; those of the keys lie as far beyond as the node does.
  const base = pool.base(target);
  const fromBase = pool.base(source);
  let at = base + to;
  const by = fromBase + from - at;
  const end = at + n;
  while (((end - at) & 3) !== 0) {
    const old = (at + by) & INDEX;
    keys[at + base] = fromKeys[old + fromBase]!;
    keys[at + base + mates] = fromKeys[old + fromBase + mates]!;
    items[at++] = fromItems[old];
  }
  // Four at a time: after each write to one array the compiler looks at the others anew.
  for (let i = at & INDEX; i < end; i = (i + 4) & INDEX) {
    const slot = (i + by) & INDEX;
    const old = (slot + fromBase) & INDEX;
    const now = (i + base) & INDEX;
    const a = fromKeys[old]!;
    const b = fromKeys[old + 1]!;
    const c = fromKeys[old + 2]!;
    const d = fromKeys[old + 3]!;
    const e = fromKeys[old + mates]!;
    const f = fromKeys[old + mates + 1]!;
    const g = fromKeys[old + mates + 2]!;
    const h = fromKeys[old + mates + 3]!;
    const j = fromItems[slot];
    const k = fromItems[slot + 1];
    const l = fromItems[slot + 2];
    const m = fromItems[slot + 3];
    keys[now] = a;
    keys[now + 1] = b;
    keys[now + 2] = c;
    keys[now + 3] = d;
    keys[now + mates] = e;
    keys[now + mates + 1] = f;
    keys[now + mates + 2] = g;
    keys[now + mates + 3] = h;
    items[i] = j;
    items[i + 1] = k;
    items[i + 2] = l;
    items[i + 3] = m;
  }
}

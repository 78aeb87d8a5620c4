// Reading, shifting and moving inside one node (or between two); knows nothing of a tree.
// Only this file and arena.ts index the raw arrays; slots and counts are the callers' to get right.
import type { Arena } from "./arena.js";
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

/** The free places of a leaf while its order is rewritten. */
const places: Uint8Array = new Uint8Array(LEAF);

/** Last slot of the inner node at `base` whose bound is at most `at`, else 0. Without branches. */
export function searchInner(keys: Float64Array, base: number, at: number): number {
  let i = base;
  i += +(keys[i + 32]! <= at) << 5;
  i += +(keys[i + 16]! <= at) << 4;
  i += +(keys[i + 8]! <= at) << 3;
  i += +(keys[i + 4]! <= at) << 2;
  i += +(keys[i + 2]! <= at) << 1;
  i += +(keys[i + 1]! <= at);
  return i - base;
}

/** Last slot of the leaf at `base` whose start is at most `at`, else 0. Without branches. */
export function searchLeaf(ranges: Float64Array, base: number, at: number): number {
  let i = base;
  i += +(ranges[i + 16]! <= at) << 4;
  i += +(ranges[i + 8]! <= at) << 3;
  i += +(ranges[i + 4]! <= at) << 2;
  i += +(ranges[i + 2]! <= at) << 1;
  i += +(ranges[i + 1]! <= at);
  return i - base;
}

export function rangesOf(arena: Arena, leaf: number): Float64Array {
  return arena.ranges[leaf >> LEAF_PAGE_BITS]!;
}

/** Where the starts of a leaf begin in `rangesOf`; its ends begin LEAF later. */
export function rangesBase(leaf: number): number {
  return (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
}

export function keysOf(arena: Arena, node: number): Float64Array {
  return arena.keys[node >> INNER_PAGE_BITS]!;
}

/** Where the bounds of an inner node begin in `keysOf`; its gap bounds begin INNER_SLOTS later. */
export function keysBase(node: number): number {
  return (node & INNER_PAGE_MASK) << (INNER_BITS + 1);
}

export function kidAt(arena: Arena, node: number, slot: number): number {
  return arena.kids[node >> INNER_PAGE_BITS]![((node & INNER_PAGE_MASK) << INNER_BITS) + slot]!;
}

export function setKid(arena: Arena, node: number, slot: number, kid: number): void {
  arena.kids[node >> INNER_PAGE_BITS]![((node & INNER_PAGE_MASK) << INNER_BITS) + slot] = kid;
}

export function startAt(arena: Arena, leaf: number, slot: number): number {
  return rangesOf(arena, leaf)[rangesBase(leaf) + slot]!;
}

export function endAt(arena: Arena, leaf: number, slot: number): number {
  return rangesOf(arena, leaf)[rangesBase(leaf) + LEAF + slot]!;
}

export function valueAt(arena: Arena, leaf: number, slot: number): unknown {
  const page = leaf >> LEAF_PAGE_BITS;
  const base = (leaf & LEAF_PAGE_MASK) << LEAF_BITS;
  return arena.values[page]![base + arena.order[page]![base + slot]!];
}

export function setValue(arena: Arena, leaf: number, slot: number, value: unknown): void {
  const page = leaf >> LEAF_PAGE_BITS;
  const base = (leaf & LEAF_PAGE_MASK) << LEAF_BITS;
  arena.values[page]![base + arena.order[page]![base + slot]!] = value;
}

/** Opens one slot at `slot` of a leaf with room and fills it. */
export function insertEntry(
  arena: Arena,
  leaf: number,
  slot: number,
  start: number,
  end: number,
  value: unknown,
): void {
  const page = leaf >> LEAF_PAGE_BITS;
  const base = (leaf & LEAF_PAGE_MASK) << LEAF_BITS;
  const ranges = arena.ranges[page]!;
  const order = arena.order[page]!;
  const counts = arena.leaves.counts;
  const count = counts[leaf]!;
  const first = base * 2 + slot;
  for (let i = base * 2 + count; i > first; i--) {
    ranges[i] = ranges[i - 1]!;
    ranges[i + LEAF] = ranges[i + LEAF - 1]!;
  }
  ranges[first] = start;
  ranges[first + LEAF] = end;
  const place = order[base + count]!;
  for (let i = base + count; i > base + slot; i--) order[i] = order[i - 1]!;
  order[base + slot] = place;
  arena.values[page]![base + place] = value;
  counts[leaf] = count + 1;
}

/** Takes the entries [from, to) out of a leaf and forgets their values. */
export function removeEntries(arena: Arena, leaf: number, from: number, to: number): void {
  const page = leaf >> LEAF_PAGE_BITS;
  const base = (leaf & LEAF_PAGE_MASK) << LEAF_BITS;
  const ranges = arena.ranges[page]!;
  const order = arena.order[page]!;
  const values = arena.values[page]!;
  const counts = arena.leaves.counts;
  const count = counts[leaf]!;
  const gone = to - from;
  for (let i = 0; i < gone; i++) {
    const place = order[base + from + i]!;
    places[i] = place;
    values[base + place] = undefined;
  }
  const left = count - gone;
  for (let i = base * 2 + from; i < base * 2 + left; i++) {
    ranges[i] = ranges[i + gone]!;
    ranges[i + LEAF] = ranges[i + LEAF + gone]!;
  }
  for (let i = base + from; i < base + left; i++) order[i] = order[i + gone]!;
  for (let i = 0; i < gone; i++) {
    ranges[base * 2 + left + i] = Infinity;
    order[base + left + i] = places[i]!;
  }
  counts[leaf] = left;
}

/** Moves `n` entries from slot `from` of one leaf to slot `to` of another that has room. */
export function moveEntries(
  arena: Arena,
  source: number,
  from: number,
  target: number,
  to: number,
  n: number,
): void {
  const page = target >> LEAF_PAGE_BITS;
  const base = (target & LEAF_PAGE_MASK) << LEAF_BITS;
  const ranges = arena.ranges[page]!;
  const order = arena.order[page]!;
  const values = arena.values[page]!;
  const counts = arena.leaves.counts;
  const count = counts[target]!;
  for (let i = 0; i < n; i++) places[i] = order[base + count + i]!;
  for (let i = base * 2 + count - 1; i >= base * 2 + to; i--) {
    ranges[i + n] = ranges[i]!;
    ranges[i + n + LEAF] = ranges[i + LEAF]!;
  }
  for (let i = base + count - 1; i >= base + to; i--) order[i + n] = order[i]!;
  const old = rangesOf(arena, source);
  const oldBase = rangesBase(source) + from;
  for (let i = 0; i < n; i++) {
    ranges[base * 2 + to + i] = old[oldBase + i]!;
    ranges[base * 2 + to + i + LEAF] = old[oldBase + i + LEAF]!;
    order[base + to + i] = places[i]!;
    values[base + places[i]!] = valueAt(arena, source, from + i);
  }
  counts[target] = count + n;
  removeEntries(arena, source, from, from + n);
}

/** Opens one slot at `slot` of an inner node with room and fills it. */
export function insertKid(
  arena: Arena,
  node: number,
  slot: number,
  key: number,
  gap: number,
  kid: number,
): void {
  const keys = keysOf(arena, node);
  const base = keysBase(node);
  const kids = arena.kids[node >> INNER_PAGE_BITS]!;
  const first = base >> 1;
  const counts = arena.inners.counts;
  const count = counts[node]!;
  for (let i = count; i > slot; i--) {
    keys[base + i] = keys[base + i - 1]!;
    keys[base + INNER_SLOTS + i] = keys[base + INNER_SLOTS + i - 1]!;
    kids[first + i] = kids[first + i - 1]!;
  }
  keys[base + slot] = key;
  keys[base + INNER_SLOTS + slot] = gap;
  kids[first + slot] = kid;
  counts[node] = count + 1;
}

/** Takes the children [from, to) out of an inner node; their holds are the caller's to drop or move. */
export function removeKids(arena: Arena, node: number, from: number, to: number): void {
  const keys = keysOf(arena, node);
  const base = keysBase(node);
  const kids = arena.kids[node >> INNER_PAGE_BITS]!;
  const first = base >> 1;
  const counts = arena.inners.counts;
  const gone = to - from;
  const left = counts[node]! - gone;
  for (let i = from; i < left; i++) {
    keys[base + i] = keys[base + i + gone]!;
    keys[base + INNER_SLOTS + i] = keys[base + INNER_SLOTS + i + gone]!;
    kids[first + i] = kids[first + i + gone]!;
  }
  for (let i = left; i < left + gone; i++) keys[base + i] = Infinity;
  counts[node] = left;
}

/** Moves `n` children from slot `from` of one inner node to slot `to` of another that has room. */
export function moveKids(
  arena: Arena,
  source: number,
  from: number,
  target: number,
  to: number,
  n: number,
): void {
  const keys = keysOf(arena, target);
  const base = keysBase(target);
  const kids = arena.kids[target >> INNER_PAGE_BITS]!;
  const first = base >> 1;
  const counts = arena.inners.counts;
  const count = counts[target]!;
  for (let i = count - 1; i >= to; i--) {
    keys[base + i + n] = keys[base + i]!;
    keys[base + INNER_SLOTS + i + n] = keys[base + INNER_SLOTS + i]!;
    kids[first + i + n] = kids[first + i]!;
  }
  const oldKeys = keysOf(arena, source);
  const oldBase = keysBase(source) + from;
  for (let i = 0; i < n; i++) {
    keys[base + to + i] = oldKeys[oldBase + i]!;
    keys[base + INNER_SLOTS + to + i] = oldKeys[oldBase + INNER_SLOTS + i]!;
    kids[first + to + i] = kidAt(arena, source, from + i);
  }
  counts[target] = count + n;
  removeKids(arena, source, from, from + n);
}

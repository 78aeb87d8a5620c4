// The gap bounds: raising them when a hole grows, and finding holes with them.
//
// A bound is at least the largest hole of its subtree, not always equal: a store that shrinks a hole leaves
// it alone, an erase raises it along the path, and a search that finds it too high lowers it. So a store
// pays nothing, and each overstated bound misleads one search at most. (layout.ts says which hole counts where.)
import { isExact, KEY_STEP } from "./assert.js";
import { LEAF_BITS, LEAF_PAGE_BITS, LEAF_PAGE_MASK } from "./layout.js";
import {
  descend,
  edgeLeaf,
  firstStart,
  holeEnd,
  holeStart,
  kidAt,
  lastEnd,
  Path,
  pairAt,
  slotAbove,
  stepLevel,
} from "./path.js";
import { poolAt, type TreeState } from "./state.js";

/** Raises the bounds to `hole` from slot `slot` of the path's node at `level` up to the root. */
export function raise(tree: TreeState, path: Path, level: number, slot: number, hole: number): void {
  const { keys } = tree.inners;
  for (let l = level, at = slot; l <= tree.height; at = path.slots[++l]!) {
    const gap = pairAt(path.nodes[l]!, at) + 1;
    if (keys[gap]! >= hole) return; // then those above are no lower
    keys[gap] = hole;
  }
}

/** Tells the bounds of the hole before `slot` of the path's leaf (slot = count: the one after the leaf). */
export function raiseHole(tree: TreeState, path: Path, slot: number): void {
  const atEnd = slot === tree.leaves.counts[path.leaf];
  // Where the hole counts: in the leaf's bound, or where the path could step over it.
  const level = slot > 0 && !atEnd ? 1 : stepLevel(tree, path, atEnd);
  if (level > tree.height) return; // before the first or after the last entry of the tree: in no bound
  raise(
    tree,
    path,
    level,
    path.slots[level]! + +atEnd,
    holeEnd(tree, path, slot) - holeStart(tree, path, slot),
  );
}

/** No such place: a key is never Infinity. */
const NONE = Infinity;

/** A search under way. Its numbers are fields of one object that stays: they are never allocated. */
class GapSearch extends Path {
  size: number = Infinity;
  min: number = Infinity;
  max: number = Infinity;
  align: number = Infinity;
  offset: number = Infinity;
  up = true;
  /** Whether the search has come to the end of the window: it is over, and not all was seen. */
  cut = false;

  /** The lowest (or highest) aligned place in the hole [from, to) within [min, max), or NONE. */
  place(from: number, to: number): number {
    const { size, align, up } = this;
    let start = Math.max(from, this.min);
    const end = Math.min(to, this.max);
    if (!fits(size, start, end)) return NONE;
    if (up) {
      if (align === 1) return start;
      const over = (start - this.offset) % align;
      if (over !== 0) start += over > 0 ? align - over : -over;
      return fits(size, start, end) ? start : NONE;
    }
    let at = end - size;
    if (!isExact(at)) at -= at % KEY_STEP; // no key between two pages up there
    if (end - at < size) at = Math.max(start, at - (at > 2 ** 53 ? KEY_STEP : 1)); // rounded up
    if (align !== 1) {
      const over = (at - this.offset) % align;
      if (over !== 0) at -= over > 0 ? over : align + over;
    }
    return at >= start ? at : NONE;
  }

  /** Searches the holes of a leaf before the entries from `slot` on, but the one before the first entry. */
  inLeaf(tree: TreeState, leaf: number, slot: number): number {
    const { size, up } = this;
    const pairs = tree.leaves.pairs[leaf >> LEAF_PAGE_BITS]!;
    const base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
    const step = up ? 2 : -2;
    const end = up ? base + tree.leaves.counts[leaf]! * 2 : base;
    for (let i = base + slot * 2; up ? i < end : i > end; i += step) {
      if (pairs[i]! - pairs[i - 1]! >= size) {
        const found = this.place(pairs[i - 1]!, pairs[i]!);
        if (found < NONE) return found;
      }
    }
    return NONE;
  }

  /** Searches the children of an inner node from `slot` on; lowers the bounds that are seen to be too high. */
  inKids(tree: TreeState, node: number, level: number, slot: number): number {
    const { size, up } = this;
    const { keys, counts } = tree.inners;
    const base = pairAt(node, 0);
    const step = up ? 1 : -1;
    const end = up ? counts[node]! : -1;
    for (let i = slot; i !== end; i += step) {
      if (keys[base + i * 2 + 1]! < size) continue;
      const kid = kidAt(tree, node, i);
      // The hole between this child and the one before counts as this one's.
      const from = i > 0 ? lastEnd(tree, edgeLeaf(tree, kidAt(tree, node, i - 1), level - 1, true)) : 0;
      const to = i > 0 ? firstStart(tree, edgeLeaf(tree, kid, level - 1, false)) : 0;
      let found = up ? this.place(from, to) : NONE;
      if (found < NONE) return found;
      this.cut = up ? i > 0 && keys[base + i * 2]! >= this.max : keys[base + i * 2 + 2]! <= this.min;
      if (this.cut) return NONE;
      const first = up ? +(level === 1) : poolAt(tree, level - 1).counts[kid]! - 1;
      found = level === 1 ? this.inLeaf(tree, kid, first) : this.inKids(tree, kid, level - 1, first);
      if (found < NONE || this.cut) return found;
      if (!up) found = this.place(from, to);
      if (found < NONE) return found;
      const gap = Math.max(largestGap(tree, kid, level - 1), to - from);
      if (gap < keys[base + i * 2 + 1]!) keys[base + i * 2 + 1] = gap;
    }
    return NONE;
  }
}

/** Largest hole between two entries of a leaf, or the largest gap bound of an inner node. */
function largestGap(tree: TreeState, node: number, level: number): number {
  const pool = poolAt(tree, level);
  const pairs = pool.pairsOf(node);
  const base = pool.base(node) * 2;
  let largest = 0;
  for (let i = pool.counts[node]! - 1; i >= +(level === 0); i--) {
    const at = base + i * 2;
    largest = Math.max(largest, level > 0 ? pairs[at + 1]! : pairs[at]! - pairs[at - 1]!);
  }
  return largest;
}

/** Whether `size` fits between two keys, also where their distance is no exact double. */
function fits(size: number, from: number, to: number): boolean {
  const room = to - from;
  return room > size || (room === size && to - room >= from);
}

const search: GapSearch = new GapSearch();

/**
 * The place for `size` in the lowest (or highest) hole of [min, max) that has one, or Infinity: a multiple of
 * `align` plus `offset`. Assumes checked arguments: min < max within the domain, size > 0, align > 0.
 */
export function findGap(
  tree: TreeState,
  up: boolean,
  size: number,
  min: number,
  max: number,
  align: number,
  offset: number,
): number {
  search.size = size;
  search.min = min;
  search.max = max;
  search.align = align;
  search.offset = offset;
  search.up = up;
  search.cut = false;
  const { keys } = tree.inners;
  const from = up ? min : max;
  descend(tree, search, from);
  const { nodes, slots, leaf } = search;
  let found = NONE;
  // The first leaf need not be looked at when no hole of that size ends in it, nor, going down, behind it.
  const pair = pairAt(nodes[1]!, slots[1]!);
  if (
    tree.height === 0 ||
    slots[1] === 0 ||
    keys[pair + 1]! >= size ||
    (!up && (keys[pair + 2] === Infinity || keys[pair + 3]! >= size))
  ) {
    // The hole at the edge of the window, then those of the leaf.
    const slot = slotAbove(tree, leaf, from);
    if (up ? slot < tree.leaves.counts[leaf]! || tree.height === 0 : slot > 0 || tree.height === 0) {
      found = search.place(holeStart(tree, search, slot), holeEnd(tree, search, slot));
      if (found === NONE) found = search.inLeaf(tree, leaf, up ? slot + 1 : slot - 1);
    }
  }
  // Level by level what lies beside.
  for (let level = 1; found === NONE && !search.cut && level <= tree.height; level++) {
    const node = nodes[level]!;
    const at = slots[level]!;
    const above = pairAt(nodes[level + 1]!, slots[level + 1]!) + 1;
    if (level < tree.height && keys[above]! < size) continue;
    if (!up && at > 0) {
      const before = edgeLeaf(tree, kidAt(tree, node, at - 1), level - 1, true);
      const after = edgeLeaf(tree, kidAt(tree, node, at), level - 1, false);
      found = search.place(lastEnd(tree, before), firstStart(tree, after));
    }
    if (found === NONE) found = search.inKids(tree, node, level, up ? at + 1 : at - 1);
  }
  if (found === NONE) {
    // Before the first entry or after the last one.
    const edge = edgeLeaf(tree, tree.root, tree.height, up);
    found = up ? search.place(lastEnd(tree, edge), tree.max) : search.place(tree.min, firstStart(tree, edge));
  }
  return found;
}

// The gap bounds: raising them when a hole grows, and finding holes with them.
//
// A bound is at least the largest hole of its subtree, not always equal: a store that shrinks a hole leaves
// it alone, an erase raises it along the path, and a search that finds it too high lowers it. So a store
// pays nothing, and each overstated bound misleads one search at most. (layout.ts says which hole counts where.)
import { isExact, KEY_STEP } from "./assert.js";
import { INNER_SLOTS, LEAF } from "./layout.js";
import { endAt, keysBase, keysOf, kidAt, rangesBase, rangesOf, startAt } from "./node.js";
import { descend, edgeLeaf, Path, slotAbove, stepLevel } from "./path.js";
import type { TreeState } from "./state.js";

/** Raises the bounds to `hole` from slot `slot` of the path's node at `level` up to the root. */
function raise(tree: TreeState, path: Path, level: number, slot: number, hole: number): void {
  let at = slot;
  for (let l = level; l <= tree.height; l++) {
    const node = path.nodes[l]!;
    const keys = keysOf(tree.arena, node);
    const gap = keysBase(node) + INNER_SLOTS + at;
    if (keys[gap]! >= hole) return; // then those above are no lower
    keys[gap] = hole;
    at = path.slots[l + 1]!;
  }
}

/** Tells the bounds of the hole before `slot` of the path's leaf (slot = count: the one after the leaf). */
export function raiseHole(tree: TreeState, path: Path, slot: number): void {
  if (tree.height === 0) return;
  const arena = tree.arena;
  const leaf = path.leaf;
  const atEnd = slot === arena.leaves.counts[leaf];
  if (slot > 0 && !atEnd) {
    raise(tree, path, 1, path.slots[1]!, startAt(arena, leaf, slot) - endAt(arena, leaf, slot - 1));
    return;
  }
  const level = stepLevel(tree, path, atEnd);
  if (level > tree.height) return; // before the first or after the last entry of the tree: in no bound
  const at = path.slots[level]! + (atEnd ? 1 : 0);
  raise(tree, path, level, at, holeBetween(tree, path.nodes[level]!, level, at));
}

/** Size of the hole between the children `slot - 1` and `slot` of an inner node. */
function holeBetween(tree: TreeState, node: number, level: number, slot: number): number {
  const after = edgeLeaf(tree, kidAt(tree.arena, node, slot), level - 1, false);
  return startAt(tree.arena, after, 0) - lastEnd(tree, node, level, slot - 1);
}

/** End of the last entry below the child `slot` of an inner node. */
function lastEnd(tree: TreeState, node: number, level: number, slot: number): number {
  const arena = tree.arena;
  const leaf = edgeLeaf(tree, kidAt(arena, node, slot), level - 1, true);
  return endAt(arena, leaf, arena.leaves.counts[leaf]! - 1);
}

/** No such place: a key is never Infinity. */
const NONE = Infinity;

// The search under way. One at a time: it calls nothing of the caller's.
const scan: Path = new Path();
let size = 0;
let low = 0;
let high = 0;
let align = 1;
let offset = 0;
let upward = true;
/** Largest hole that the last subtree without a find was seen to have, or Infinity when not all was seen. */
let seen = 0;

/** Whether `size` fits between two keys, also where their distance is no exact double. */
function fits(from: number, to: number): boolean {
  const room = to - from;
  return room > size || (room === size && to - room >= from);
}

/** The lowest (or highest) aligned place for `size` in the hole [from, to) within [low, high), or NONE. */
function place(from: number, to: number): number {
  let start = from > low ? from : low;
  const end = to < high ? to : high;
  if (!fits(start, end)) return NONE;
  if (upward) {
    if (align !== 1) {
      const over = (start - offset) % align;
      if (over !== 0) start += over > 0 ? align - over : -over;
      if (!fits(start, end)) return NONE;
    }
    return start;
  }
  let at = end - size;
  if (!isExact(at)) at -= at % KEY_STEP; // no key between two pages up there
  if (end - at < size) at = Math.max(start, at - (at > 2 ** 53 ? KEY_STEP : 1)); // rounded up
  if (align !== 1) {
    const over = (at - offset) % align;
    if (over !== 0) at -= over > 0 ? over : align + over;
  }
  return at >= start ? at : NONE;
}

/** Searches the holes between the entries of a leaf. */
function searchHoles(tree: TreeState, leaf: number): number {
  const ranges = rangesOf(tree.arena, leaf);
  const base = rangesBase(leaf);
  const count = tree.arena.leaves.counts[leaf]!;
  let largest = 0;
  for (let k = 1; k < count; k++) {
    const i = base + (upward ? k : count - k);
    const hole = ranges[i]! - ranges[i + LEAF - 1]!;
    if (hole >= size) {
      const found = place(ranges[i + LEAF - 1]!, ranges[i]!);
      if (found < NONE) return found;
    }
    if (hole > largest) largest = hole;
  }
  seen = largest;
  return NONE;
}

/** Searches the children of an inner node from `slot` on, lowering the bounds that are seen to be too high. */
function searchKids(tree: TreeState, node: number, level: number, slot: number): number {
  const arena = tree.arena;
  const keys = keysOf(arena, node);
  const base = keysBase(node);
  const count = arena.inners.counts[node]!;
  const step = upward ? 1 : -1;
  let largest = 0;
  for (let i = slot; i >= 0 && i < count; i += step) {
    if (upward ? i > 0 && keys[base + i]! >= high : i + 1 < count && keys[base + i + 1]! <= low) {
      // The child lies wholly outside; the hole before it may still reach in.
      if (upward) {
        const found = placeBefore(tree, node, level, i);
        if (found < NONE) return found;
      }
      seen = Infinity;
      return NONE;
    }
    let gap = keys[base + INNER_SLOTS + i]!;
    if (gap >= size) {
      let found = upward && i > 0 ? placeBefore(tree, node, level, i) : NONE;
      if (found < NONE) return found;
      const kid = kidAt(arena, node, i);
      found =
        level === 1
          ? searchHoles(tree, kid)
          : searchKids(tree, kid, level - 1, upward ? 0 : arena.inners.counts[kid]! - 1);
      if (found < NONE) return found;
      gap = seen;
      if (i > 0) {
        if (!upward) {
          found = placeBefore(tree, node, level, i);
          if (found < NONE) return found;
        }
        const between = holeBetween(tree, node, level, i);
        if (between > gap) gap = between;
      }
      if (gap < keys[base + INNER_SLOTS + i]!) keys[base + INNER_SLOTS + i] = gap;
    }
    if (gap > largest) largest = gap;
  }
  seen = largest;
  return NONE;
}

/** The place in the hole between the children `slot - 1` and `slot`. */
function placeBefore(tree: TreeState, node: number, level: number, slot: number): number {
  const after = edgeLeaf(tree, kidAt(tree.arena, node, slot), level - 1, false);
  return place(lastEnd(tree, node, level, slot - 1), startAt(tree.arena, after, 0));
}

/**
 * The place for `bytes` in the lowest (or highest) hole of [min, max) that has one, or Infinity.
 * Assumes checked arguments: min < max, bytes > 0, alignment > 0.
 */
export function findGap(
  tree: TreeState,
  ascending: boolean,
  bytes: number,
  min: number,
  max: number,
  alignment: number,
  alignOffset: number,
): number {
  size = bytes;
  low = min;
  high = max;
  align = alignment;
  offset = alignOffset;
  upward = ascending;
  const arena = tree.arena;
  descend(tree, scan, ascending ? min : max);
  const leaf = scan.leaf;
  const count = arena.leaves.counts[leaf]!;
  // The part of the first leaf that lies inside, hole by hole.
  const from = slotAbove(tree, leaf, ascending ? min : max);
  let found: number;
  if (ascending) {
    if (from === 0) {
      found = place(min, count > 0 ? startAt(arena, leaf, 0) : min);
      if (found < NONE) return found;
    }
    for (let i = from > 0 ? from : 1; i < count; i++) {
      found = place(endAt(arena, leaf, i - 1), startAt(arena, leaf, i));
      if (found < NONE) return found;
    }
  } else {
    for (let i = from; i > 0; i--) {
      found = place(endAt(arena, leaf, i - 1), i < count ? startAt(arena, leaf, i) : max);
      if (found < NONE) return found;
    }
  }
  // The holes between that leaf and the next ones, level by level.
  for (let level = 1; level <= tree.height; level++) {
    const node = scan.nodes[level]!;
    const slot = scan.slots[level]!;
    if (ascending) {
      found = searchKids(tree, node, level, slot + 1);
    } else if (slot > 0) {
      found = placeBefore(tree, node, level, slot);
      if (found === NONE) found = searchKids(tree, node, level, slot - 1);
    } else continue;
    if (found < NONE) return found;
  }
  // Before the first entry, after the last, or all of an empty tree.
  if (tree.entryCount === 0) {
    found = place(tree.min, tree.max);
  } else if (ascending) {
    const last = edgeLeaf(tree, tree.root, tree.height, true);
    found = place(endAt(arena, last, arena.leaves.counts[last]! - 1), tree.max);
  } else {
    found = place(tree.min, startAt(arena, edgeLeaf(tree, tree.root, tree.height, false), 0));
  }
  return found;
}

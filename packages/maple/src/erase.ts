// Clearing a range: entries inside go, those that reach over an edge are cut.
import { checkNodes, checkRoom, dropLeaf, makeRoom, mendInner, mendLeaf } from "./balance.js";
import { raiseHole } from "./gap.js";
import { LEAF } from "./layout.js";
import { mark } from "./mark.js";
import {
  insertEntry,
  keysBase,
  keysOf,
  kidAt,
  rangesBase,
  rangesOf,
  removeEntries,
  removeKids,
  valueAt,
} from "./node.js";
import { descend, own, type Path, slotAbove, startAfter, stepLevel } from "./path.js";
import type { TreeState } from "./state.js";

/** Counts one change; the path that made it stays valid, every other one does not. */
export function touch(tree: TreeState, path: Path): void {
  path.at = ++tree.version;
}

/**
 * Clears [start, end). Assumes that the path is at the leaf of `start`, and checked bounds.
 * Leaves the path at the hole: `path.slot` is the entry after it. Throws before it changes anything.
 * Returns how many entries were removed or cut.
 */
export function erase(tree: TreeState, path: Path, start: number, end: number): number {
  if (end <= path.high) return eraseInLeaf(tree, path, start, end);
  let touched = 0;
  let from = start;
  while (from < end) {
    if (from !== start) {
      descend(tree, path, from);
      if (path.low === from && path.high <= end) {
        const dropped = dropRun(tree, path, end);
        if (dropped > 0) {
          touched += dropped;
          from = path.high;
          continue;
        }
      }
    }
    const next = path.high; // before the leaf is mended
    touched += eraseInLeaf(tree, path, from, end);
    from = next;
  }
  descend(tree, path, start);
  path.slot = slotAbove(tree, path.leaf, start);
  if (touched > 0) {
    if (path.owned !== tree.epoch) own(tree, path);
    raiseHole(tree, path, path.slot);
  }
  return touched;
}

/** Takes out the path's leaf and the siblings after it that end by `end`; sets `high` to where they ended. */
function dropRun(tree: TreeState, path: Path, end: number): number {
  if (tree.height === 0) return 0;
  const arena = tree.arena;
  const from = path.slots[1]!;
  const count = arena.inners.counts[path.nodes[1]!]!;
  let keys = keysOf(arena, path.nodes[1]!);
  let base = keysBase(path.nodes[1]!);
  let to = from + 1;
  while (to + 1 < count && keys[base + to + 1]! <= end) to++;
  if (to - from === count) return 0; // a parent keeps a child
  mark("erase.run");
  own(tree, path);
  const parent = path.nodes[1]!;
  keys = keysOf(arena, parent);
  base = keysBase(parent);
  let entries = 0;
  for (let slot = from; slot < to; slot++) {
    const leaf = kidAt(arena, parent, slot);
    entries += arena.leaves.counts[leaf]!;
    arena.release(leaf, 0);
  }
  if (to < count) path.high = keys[base + to]!;
  removeKids(arena, parent, from, to);
  tree.nodeCount -= to - from;
  tree.entryCount -= entries;
  touch(tree, path);
  mendInner(tree, path, 1);
  return entries;
}

/** Clears the part of [start, end) that lies in the path's leaf. */
function eraseInLeaf(tree: TreeState, path: Path, start: number, end: number): number {
  const arena = tree.arena;
  const count = arena.leaves.counts[path.leaf]!;
  let from = slotAbove(tree, path.leaf, start);
  let ranges = rangesOf(arena, path.leaf);
  let base = rangesBase(path.leaf);
  let to = from;
  while (to < count && ranges[base + to]! < end) to++;
  path.slot = from;
  if (from === to) return 0;
  const touched = to - from;
  const cutsLeft = ranges[base + from]! < start;
  const oldEnd = ranges[base + LEAF + to - 1]!;
  const cutsBoth = cutsLeft && touched === 1 && oldEnd > end;
  if (cutsBoth && count === LEAF) checkRoom(tree, path);
  if (path.owned !== tree.epoch) {
    own(tree, path);
    ranges = rangesOf(arena, path.leaf);
    base = rangesBase(path.leaf);
  }
  touch(tree, path);
  if (cutsLeft) ranges[base + LEAF + from++] = start;
  if (cutsBoth) {
    const value = valueAt(arena, path.leaf, from - 1);
    path.slot = from;
    if (count === LEAF) {
      makeRoom(tree, path, end);
      insertEntry(arena, path.leaf, path.slot, end, oldEnd, value);
      raiseHole(tree, path, path.slot + 1);
    } else insertEntry(arena, path.leaf, from, end, oldEnd, value);
    tree.entryCount++;
    raiseHole(tree, path, path.slot);
    return 1;
  }
  if (oldEnd > end) ranges[base + --to] = end;
  path.slot = from;
  if (to > from) {
    removeEntries(arena, path.leaf, from, to);
    tree.entryCount -= to - from;
    if (count === to - from && tree.height > 0) {
      dropLeaf(tree, path);
      descend(tree, path, start);
      if (path.owned !== tree.epoch) own(tree, path);
      path.slot = slotAbove(tree, path.leaf, start);
      raiseHole(tree, path, path.slot);
      return touched;
    }
  }
  raiseHole(tree, path, from);
  if (to > from) mendLeaf(tree, path);
  return touched;
}

/**
 * Makes [start, end), which reaches over the upper bound of the path's leaf, lie in that leaf: clears what
 * is in the way beyond the bound and moves the bound. Throws before it changes anything.
 */
export function clearAhead(tree: TreeState, path: Path, start: number, end: number): void {
  const from = path.high;
  // What follows must not fail any more: one split at every level and a new root.
  if (tree.arena.leaves.counts[path.leaf]! + 2 > LEAF) checkNodes(tree, tree.height + 2);
  if (startAfter(tree, path) < end) {
    mark("erase.ahead");
    descend(tree, path, from);
    erase(tree, path, from, end);
    descend(tree, path, start);
  }
  if (path.owned !== tree.epoch) own(tree, path);
  if (path.high < end) {
    const level = stepLevel(tree, path, true);
    const node = path.nodes[level]!;
    keysOf(tree.arena, node)[keysBase(node) + path.slots[level]! + 1] = end;
    path.high = end;
  }
}

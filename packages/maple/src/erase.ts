// Clearing a range: entries inside go, those that reach over an edge are cut.
import { checkNodes, checkRoom, dropLeaf, makeRoom, mendLeaf } from "./balance.js";
import { raiseHole } from "./gap.js";
import { LEAF } from "./layout.js";
import { mark } from "./mark.js";
import {
  descend,
  holeEnd,
  own,
  type Path,
  pairAt,
  setEntry,
  slotAbove,
  slotNear,
  stepLevel,
  valueAt,
} from "./path.js";
import { openSlots, removeSlots } from "./pool.js";
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
    if (from !== start) descend(tree, path, from);
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

/** Clears the part of [start, end) that lies in the path's leaf. */
function eraseInLeaf(tree: TreeState, path: Path, start: number, end: number): number {
  const { leaves } = tree;
  let leaf = path.leaf;
  const count = leaves.counts[leaf]!;
  let from = path.slot < 0 ? slotAbove(tree, leaf, start) : slotNear(tree, path, start);
  let pairs = leaves.pairsOf(leaf);
  let base = leaves.base(leaf) * 2;
  let to = from;
  while (to < count && pairs[base + to * 2]! < end) to++;
  if (from === to) {
    path.slot = from;
    return 0;
  }
  const touched = to - from;
  const cutsLeft = pairs[base + from * 2]! < start;
  const oldEnd = pairs[base + to * 2 - 1]!;
  const cutsBoth = cutsLeft && touched === 1 && oldEnd > end;
  if (cutsBoth && count === LEAF) checkRoom(tree, path);
  if (path.owned !== tree.epoch) {
    own(tree, path);
    leaf = path.leaf;
    pairs = leaves.pairsOf(leaf);
    base = leaves.base(leaf) * 2;
  }
  touch(tree, path);
  if (cutsLeft) pairs[base + from++ * 2 + 1] = start;
  path.slot = from;
  if (cutsBoth) {
    const value = valueAt(tree, leaf, from - 1);
    if (count === LEAF) makeRoom(tree, path, end);
    openSlots(leaves, path.leaf, path.slot, 1);
    setEntry(tree, path.leaf, path.slot, end, oldEnd, value);
    tree.entryCount++;
    raiseHole(tree, path, path.slot);
    if (count === LEAF) raiseHole(tree, path, path.slot + 1);
    return 1;
  }
  if (oldEnd > end) pairs[base + --to * 2] = end;
  const gone = to - from;
  if (gone > 0) {
    removeSlots(leaves, leaf, from, to);
    tree.entryCount -= gone;
    if (gone === count && tree.height > 0) {
      dropLeaf(tree, path);
      descend(tree, path, start);
      if (path.owned !== tree.epoch) own(tree, path);
      path.slot = slotAbove(tree, path.leaf, start);
    }
  }
  raiseHole(tree, path, path.slot);
  if (gone > 0) mendLeaf(tree, path);
  return touched;
}

/**
 * Makes [start, end), which reaches over the upper bound of the path's leaf, lie in that leaf: clears it if
 * something is in the way beyond the bound, and moves the bound. Throws before it changes anything.
 */
export function clearAhead(tree: TreeState, path: Path, start: number, end: number): void {
  const count = tree.leaves.counts[path.leaf]!;
  // What follows must not fail any more: one split at every level and a new root.
  if (count + 2 > LEAF) checkNodes(tree, tree.height + 2);
  if (holeEnd(tree, path, count) < end) {
    mark("erase.ahead");
    // All of it, not only what lies ahead: mending may move entries over the bound.
    erase(tree, path, start, end);
  }
  if (path.owned !== tree.epoch) own(tree, path);
  if (path.high < end) {
    const level = stepLevel(tree, path, true);
    tree.inners.keys[pairAt(path.nodes[level]!, path.slots[level]! + 1)] = end;
    path.high = end;
  }
}

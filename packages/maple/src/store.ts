// Writing one range over whatever is there.
import { checkRoom, makeRoom, mendLeaf } from "./balance.js";
import { clearAhead, touch } from "./erase.js";
import { raiseHole } from "./gap.js";
import { LEAF, LEAF_BITS, LEAF_PAGE_BITS, LEAF_PAGE_MASK } from "./layout.js";
import { own, type Path, setValue, slotAbove, valueAt } from "./path.js";
import { insertEntry, removeSlots } from "./pool.js";
import type { TreeState } from "./state.js";

/**
 * Writes `value` to [start, end): entries inside go, those that reach over an edge are cut.
 *
 *   0123456789            0123456789
 *   AAA.BB..CC   [2,9) V  AAVVVVVVVC
 *   AAAAAAAAAA   [3,6) V  AAAVVVAAAA
 *
 * Assumes that the path is at the leaf of `start`, and checked bounds.
 * Leaves the path at the written entry. Throws before it changes anything.
 */
export function store(tree: TreeState, path: Path, start: number, end: number, value: unknown): void {
  const { leaves } = tree;
  if (end > path.high) clearAhead(tree, path, start, end);
  let leaf = path.leaf;
  const count = leaves.counts[leaf]!;
  if (path.owned !== tree.epoch) {
    // Whoever throws must do so before anything is copied: copies leave other paths behind.
    if (count + 2 > LEAF) checkRoom(tree, path);
    own(tree, path);
    leaf = path.leaf;
  }
  const pairs = leaves.pairs[leaf >> LEAF_PAGE_BITS]!;
  const base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
  // Behind the last entry, as when appending, there is nothing to search.
  let from = count > 0 && pairs[base + count * 2 - 1]! <= start ? count : slotAbove(tree, leaf, start);
  let to = from;
  while (to < count && pairs[base + to * 2]! < end) to++;
  let oldEnd = 0;
  let adds = 1;
  let rest: unknown;
  if (from < to) {
    const cutsLeft = pairs[base + from * 2]! < start;
    oldEnd = pairs[base + to * 2 - 1]!;
    const cutsRight = oldEnd > end;
    const covered = to - from - +cutsLeft - +cutsRight;
    if (covered > 0) {
      // One of the covered entries becomes the new one; often only a boundary moves.
      touch(tree, path);
      if (cutsLeft) pairs[base + from++ * 2 + 1] = start;
      if (cutsRight) pairs[base + --to * 2] = end;
      pairs[base + from * 2] = start;
      pairs[base + from * 2 + 1] = end;
      path.slot = from;
      if (valueAt(tree, leaf, from) !== value) setValue(tree, leaf, from, value);
      if (covered > 1) {
        removeSlots(leaves, leaf, from + 1, to);
        tree.entryCount -= covered - 1;
        mendLeaf(tree, path);
      }
      return;
    }
    if (covered < 0) {
      adds = 2;
      rest = valueAt(tree, leaf, from);
    }
    path.slot = cutsLeft ? from + 1 : from;
    if (count + adds > LEAF) checkRoom(tree, path);
    if (cutsLeft) pairs[base + from++ * 2 + 1] = start;
    if (cutsRight && adds === 1) pairs[base + from * 2] = end;
  } else {
    path.slot = from;
    if (count === LEAF) checkRoom(tree, path);
  }
  touch(tree, path);
  const full = count + adds > LEAF;
  if (full) makeRoom(tree, path, start);
  const slot = path.slot;
  insertEntry(leaves, path.leaf, slot, start, end, value);
  if (adds === 2) insertEntry(leaves, path.leaf, slot + 1, end, oldEnd, rest);
  tree.entryCount += adds;
  if (full || slot === 0 || slot === count) {
    // A hole that counted between two leaves may now count within one.
    raiseHole(tree, path, slot);
    raiseHole(tree, path, slot + adds);
  }
}

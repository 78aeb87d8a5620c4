// Writing one range over whatever is there.
import { checkRoom, makeRoom, mendLeaf } from "./balance.js";
import { clearAhead, touch } from "./erase.js";
import { raise, raiseHole } from "./gap.js";
import { LEAF, LEAF_BITS, LEAF_PAGE_BITS, LEAF_PAGE_MASK } from "./layout.js";
import { own, type Path, setEntry, setValue, slotAbove, slotNear, valueAt } from "./path.js";
import { openSlots, removeSlots } from "./pool.js";
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
  let pairs = leaves.pairs[leaf >> LEAF_PAGE_BITS]!;
  let base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
  const count = leaves.counts[leaf]!;
  // Behind the last entry, as when appending, there is nothing to search.
  let from = count;
  if (count === 0 || pairs[base + count * 2 - 1]! > start) {
    from = path.slot < 0 ? slotAbove(tree, leaf, start) : slotNear(tree, path, start);
  }
  let to = from;
  while (to < count && pairs[base + to * 2]! < end) to++;
  const found = from < to;
  const cutsLeft = found && pairs[base + from * 2]! < start;
  const oldEnd = found ? pairs[base + to * 2 - 1]! : 0;
  const cutsRight = found && oldEnd > end;
  const covered = to - from - +cutsLeft - +cutsRight;
  const adds = covered < 0 ? 2 : covered === 0 ? 1 : 0;
  const full = count + adds > LEAF;
  // Whoever throws must do so before anything is changed or copied: copies leave other paths behind.
  if (full) checkRoom(tree, path);
  if (path.owned !== tree.epoch) {
    own(tree, path);
    leaf = path.leaf;
    pairs = leaves.pairs[leaf >> LEAF_PAGE_BITS]!;
    base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
  }
  touch(tree, path);
  if (covered > 0) {
    // One of the covered entries becomes the new one; often only a boundary moves.
    if (cutsLeft) pairs[base + from++ * 2 + 1] = start;
    if (cutsRight) pairs[base + --to * 2] = end;
    pairs[base + from * 2] = start + 0; // no -0
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
  path.slot = from + +cutsLeft;
  const rest = adds === 2 ? valueAt(tree, leaf, from) : undefined;
  if (cutsLeft) pairs[base + from * 2 + 1] = start;
  if (cutsRight && adds === 1) pairs[base + from * 2 + +cutsLeft * 2] = end;
  if (full) {
    makeRoom(tree, path, start);
    leaf = path.leaf;
  }
  const slot = path.slot;
  openSlots(leaves, leaf, slot, adds);
  setEntry(tree, leaf, slot, start, end, value);
  if (adds === 2) setEntry(tree, leaf, slot + 1, end, oldEnd, rest);
  tree.entryCount += adds;
  if (full) {
    raiseHole(tree, path, slot);
    raiseHole(tree, path, slot + adds);
  } else if (slot === count) {
    // A hole that counted between two leaves now counts within this one; so below.
    if (count > 0 && !cutsLeft) raise(tree, path, 1, path.slots[1]!, start - pairs[base + slot * 2 - 1]!);
  } else if (slot === 0 && !cutsRight) {
    raise(tree, path, 1, path.slots[1]!, pairs[base + 2]! - end);
  }
}

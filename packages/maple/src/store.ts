// Writing one range over whatever is there.
import { checkRoom, makeRoom, mendLeaf } from "./balance.js";
import { clearAhead, touch } from "./erase.js";
import { raiseHole } from "./gap.js";
import { LEAF } from "./layout.js";
import { insertEntry, rangesBase, rangesOf, removeEntries, setValue, valueAt } from "./node.js";
import { own, type Path, slotAbove } from "./path.js";
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
  const arena = tree.arena;
  if (end > path.high) clearAhead(tree, path, start, end);
  let leaf = path.leaf;
  const count = arena.leaves.counts[leaf]!;
  if (path.owned !== tree.epoch) {
    // Whoever throws must do so before anything is copied: copies leave other paths behind.
    if (count + 2 > LEAF) checkRoom(tree, path);
    own(tree, path);
    leaf = path.leaf;
  }
  const ranges = rangesOf(arena, leaf);
  const base = rangesBase(leaf);
  let from = slotAbove(tree, leaf, start);
  let to = from;
  while (to < count && ranges[base + to]! < end) to++;
  const ends = base + LEAF;
  let oldEnd = 0;
  let adds = 1;
  if (from < to) {
    const cutsLeft = ranges[base + from]! < start;
    oldEnd = ranges[ends + to - 1]!;
    const cutsRight = oldEnd > end;
    const covered = to - from - +cutsLeft - +cutsRight;
    if (covered > 0) {
      // One of the covered entries becomes the new one; often only a boundary moves.
      touch(tree, path);
      if (cutsLeft) ranges[ends + from++] = start;
      if (cutsRight) ranges[base + --to] = end;
      ranges[base + from] = start;
      ranges[ends + from] = end;
      path.slot = from;
      if (valueAt(arena, leaf, from) !== value) setValue(arena, leaf, from, value);
      if (covered > 1) {
        removeEntries(arena, leaf, from + 1, to);
        tree.entryCount -= covered - 1;
        mendLeaf(tree, path);
      }
      return;
    }
    if (covered < 0) adds = 2;
    path.slot = cutsLeft ? from + 1 : from;
    if (count + adds > LEAF) checkRoom(tree, path);
    touch(tree, path);
    if (cutsLeft) ranges[ends + from++] = start;
    if (cutsRight && adds === 1) ranges[base + from] = end;
  } else {
    path.slot = from;
    if (count === LEAF) checkRoom(tree, path);
    touch(tree, path);
  }
  const rest = adds === 2 ? valueAt(arena, leaf, from - 1) : undefined;
  const full = count + adds > LEAF;
  if (full) makeRoom(tree, path, start);
  const slot = path.slot;
  insertEntry(arena, path.leaf, slot, start, end, value);
  if (adds === 2) insertEntry(arena, path.leaf, slot + 1, end, oldEnd, rest);
  tree.entryCount += adds;
  if (full || slot === 0 || slot === count) {
    // A hole that counted between two leaves may now count within one.
    raiseHole(tree, path, slot);
    raiseHole(tree, path, slot + adds);
  }
}

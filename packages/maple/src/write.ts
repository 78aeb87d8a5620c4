// Writing one range over whatever is there, or clearing it.
import { checkNodes, checkRoom, dropLeaf, makeRoom, mendLeaf } from "./balance.js";
import { raise } from "./bounds.js";
import { LEAF, LEAF_BITS, LEAF_PAGE_BITS, LEAF_PAGE_MASK } from "./layout.js";
import { mark } from "./mark.js";
import { descend, own, type Path, setLow, slotNear, stepLeaf } from "./path.js";
import { slideBack, slideOn } from "./slide.js";
import type { TreeState } from "./state.js";

/**
 * Writes `value` to [start, end), or clears it for undefined: entries inside go, those that reach over an edge
 * are cut.
 *
 *   0123456789            0123456789
 *   AAA.BB..CC   [2,9) V  AAVVVVVVVC
 *   AAAAAAAAAA   [3,6) V  AAAVVVAAAA
 *
 * Assumes that the path is at the leaf of `start`, and checked bounds.
 * Leaves the path at the written entry, or at the hole: `path.slot` is the entry after it.
 * Throws before it changes anything. Returns how many entries were removed or cut.
 */
export function put(tree: TreeState, path: Path, start: number, end: number, value: unknown): number {
  if (end > path.high) return putAcross(tree, path, start, end, value);
  const { leaves } = tree;
  let leaf = path.leaf;
  let keys = leaves.numbers[leaf >> LEAF_PAGE_BITS]!;
  let base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
  let count = leaves.counts[leaf]!;
  let from = slotNear(tree, path, start);
  let to = from;
  while (to < count && keys[base + to]! < end) to++;
  const touched = to - from;
  const adds = value === undefined ? 0 : 1;
  if (touched + adds === 0) {
    path.slot = from;
    return 0;
  }
  const cutsLeft = touched > 0 && keys[base + from]! < start;
  const oldEnd = touched > 0 ? keys[base + to + LEAF - 1]! : 0;
  const cutsRight = oldEnd > end;
  // The last part of an entry that is cut in two takes a slot of its own.
  const needs = adds + +(cutsLeft && cutsRight && touched === 1);
  const covered = touched - +cutsLeft - +(cutsRight && needs === adds);
  const full = count + needs - covered > LEAF;
  // Whoever throws must do so before anything is changed or copied: copies leave other paths behind.
  if (full) checkRoom(tree, path);
  if (own(tree, path)) {
    leaf = path.leaf;
    keys = leaves.numbers[leaf >> LEAF_PAGE_BITS]!;
    base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
  }
  path.at = ++tree.version;
  let items = leaves.items[leaf >> LEAF_PAGE_BITS]!;
  if (cutsLeft) keys[base + from++ + LEAF] = start;
  if (cutsRight && needs === adds) keys[base + to - 1] = end;
  path.slot = from;
  tree.entryCount += needs - covered;
  if (needs > covered) {
    // Nothing is covered then.
    const rest = needs > adds ? items[(base >> 1) + from - 1] : undefined;
    if (full) {
      makeRoom(tree, path);
      leaf = path.leaf;
      keys = leaves.numbers[leaf >> LEAF_PAGE_BITS]!;
      items = leaves.items[leaf >> LEAF_PAGE_BITS]!;
      base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
      count = leaves.counts[leaf]!;
      from = path.slot;
    }
    slideOn(keys, items, base >> 1, from, count, needs);
    leaves.counts[leaf] = count + needs;
    if (needs > adds) {
      const at = base + from + adds;
      keys[at] = end;
      keys[at + LEAF] = oldEnd;
      items[(base >> 1) + from + adds] = rest;
    }
  } else if (needs < covered) {
    slideBack(keys, items, base >> 1, from + covered, count, covered - needs);
    leaves.counts[leaf] = count + needs - covered;
  }
  if (adds > 0) {
    const item = (base >> 1) + from;
    keys[base + from] = start + 0; // no -0
    keys[base + from + LEAF] = end;
    items[item] = value;
    if (needs < covered) mendLeaf(tree, path);
    return touched;
  }
  if (covered > 0 && covered === count && tree.levels > 0) {
    dropLeaf(tree, path);
    descend(tree, path, start);
    own(tree, path);
    mendLeaf(tree, path);
  } else {
    if (from === 0) setLow(tree, path, keys[base]!);
    if (covered > 0) mendLeaf(tree, path);
  }
  // A hole belongs to the leaf of the entry before it.
  if (path.slot === 0) stepLeaf(tree, path, false);
  raise(tree, path);
  return touched;
}

/** The same with the tree's rules, if it has some. */
export function change(tree: TreeState, path: Path, start: number, end: number, value: unknown): number {
  return tree.rules === undefined
    ? put(tree, path, start, end, value)
    : tree.rules.write(tree, path, start, end, value);
}

/** The same as put where [start, end) reaches into the leaves behind the path's. */
function putAcross(tree: TreeState, path: Path, start: number, end: number, value: unknown): number {
  mark("put.across");
  // What follows must not fail any more: one split at every level and a new root.
  if (value !== undefined && tree.leaves.counts[path.leaf]! + 2 > LEAF) checkNodes(tree, tree.levels + 2);
  let touched = 0;
  for (let from = start; from < end; ) {
    if (from > start) descend(tree, path, from);
    const next = Math.min(path.high, end); // before the leaf is mended
    touched += put(tree, path, from, next, undefined);
    from = next;
  }
  descend(tree, path, start);
  // Nothing is in the way now, so the leaf ends behind it.
  if (value !== undefined) put(tree, path, start, end, value);
  return touched;
}

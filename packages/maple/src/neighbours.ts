// The "./neighbours" entry of @vma/maple, and all of it: what touches the entry or hole under a cursor, without moving
// there. A caller that joins what touches asks here, and then writes once.
import type { Cursor } from "./cursor.js";
import { endAt, neighbourLeaf, startAt, valueAt } from "./path.js";
import type { TreeState } from "./state.js";

/** The value of the entry that ends where the cursor's entry or hole begins; undefined if none does. */
export function touchingBelow<V>(cursor: Cursor<V>): V | undefined {
  const tree = cursor.ready();
  const { leaf, slot } = cursor;
  if (slot === 0) return lastOfLeafBelow(tree, cursor);
  return endAt(tree, leaf, slot - 1) === cursor.start ? (valueAt(tree, leaf, slot - 1) as V) : undefined;
}

function lastOfLeafBelow<V>(tree: TreeState, cursor: Cursor<V>): V | undefined {
  const leaf = neighbourLeaf(tree, cursor, false);
  if (leaf < 0) return undefined;
  const last = tree.leaves.counts[leaf]! - 1;
  return endAt(tree, leaf, last) === cursor.start ? (valueAt(tree, leaf, last) as V) : undefined;
}

/** The start of the entry before the cursor's entry or hole; there must be one. */
export function startBelow<V>(cursor: Cursor<V>): number {
  const tree = cursor.ready();
  if (cursor.slot > 0) return startAt(tree, cursor.leaf, cursor.slot - 1);
  const leaf = neighbourLeaf(tree, cursor, false);
  return startAt(tree, leaf, tree.leaves.counts[leaf]! - 1);
}

/** The value of the entry that begins where the cursor's entry or hole ends; undefined if none does. */
export function touchingAbove<V>(cursor: Cursor<V>): V | undefined {
  const tree = cursor.ready();
  const slot = cursor.slot + +(cursor.value !== undefined);
  if (slot === tree.leaves.counts[cursor.leaf]!) return firstOfLeafAbove(tree, cursor);
  return startAt(tree, cursor.leaf, slot) === cursor.end
    ? (valueAt(tree, cursor.leaf, slot) as V)
    : undefined;
}

function firstOfLeafAbove<V>(tree: TreeState, cursor: Cursor<V>): V | undefined {
  const leaf = neighbourLeaf(tree, cursor, true);
  return leaf >= 0 && startAt(tree, leaf, 0) === cursor.end ? (valueAt(tree, leaf, 0) as V) : undefined;
}

/** The end of the entry behind the cursor's entry or hole; there must be one. */
export function endAbove<V>(cursor: Cursor<V>): number {
  const tree = cursor.ready();
  const slot = cursor.slot + +(cursor.value !== undefined);
  if (slot < tree.leaves.counts[cursor.leaf]!) return endAt(tree, cursor.leaf, slot);
  return endAt(tree, neighbourLeaf(tree, cursor, true), 0);
}

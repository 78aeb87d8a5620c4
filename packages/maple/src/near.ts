// The highest hole below a key where that is near: in the leaf of the key or in one beside it, found without coming down
// by the gap bounds (gap.ts), which have to pass every node in which they are too high.
import type { Cursor } from "./cursor.js";
import { fits } from "./gap.js";
import { GAPS, INNER_BITS, keyAt, LEAF, LEAF_BITS, LEAF_PAGE_BITS, LEAF_PAGE_MASK } from "./layout.js";
import { descend, edgeOf, slotAbove } from "./path.js";
import { INDEX, searchInner } from "./search.js";

/**
 * Moves the cursor to the highest hole with place for `size` in [min, max). False: there is none near; only the
 * cursor's path has moved, anywhere.
 */
export function nearBelow<V>(cursor: Cursor<V>, size: number, min: number, max: number): boolean {
  const { tree } = cursor;
  if (cursor.at !== tree.version || !(max >= cursor.low && max < cursor.high)) approach(cursor, max);
  else cursor.slot = slotAbove(tree, cursor.leaf, max);
  const { leaf } = cursor;
  const keys = tree.leaves.numbers[leaf >> LEAF_PAGE_BITS]!;
  const base = ((leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1)) & INDEX;
  let at = (base + cursor.slot) & INDEX;
  let start = at > base ? keys[at + LEAF - 1]! : cursor.low;
  let end = at < base + tree.leaves.counts[leaf]! ? keys[at]! : cursor.high;
  if (Math.min(end, max) - start < size) {
    if (at > base) at = prevHole(keys, at - 1, base, size);
    start = at > base ? keys[at + LEAF - 1]! : cursor.low;
    end = keys[at]!;
    if (end - start < size) return tree.levels > 0 && besideBelow(cursor, size, min);
  }
  if ((start < min || end > max) && !fits(size, Math.max(start, min), Math.min(end, max))) return false;
  cursor.slot = at - base;
  cursor.start = start;
  cursor.end = end;
  cursor.value = undefined;
  return true;
}

/** Leads the path to `key`, from the parent of its leaf where that holds it: who searches often searches near. */
function approach<V>(cursor: Cursor<V>, key: number): void {
  const { tree } = cursor;
  const { table, kids, counts } = tree.inners;
  const parent = cursor.parents[1]!;
  const row = keyAt(parent, 0);
  // Where the first child begins and the last one ends is written elsewhere.
  const isNear = cursor.at === tree.version && tree.levels > 0 && key >= table[row + 1]!;
  if (!isNear || key >= table[row + counts[parent]! - 1]!) {
    descend(tree, cursor, key);
    return;
  }
  const at = searchInner(table, row, key);
  const leaf = kids[(parent << INNER_BITS) + at - row]!;
  cursor.slots[1] = at - row;
  cursor.leaf = leaf;
  cursor.slot = slotAbove(tree, leaf, key);
  cursor.low = table[at]!;
  cursor.high = table[at + 1]!;
}

/** The same in the leaves before the cursor's that have its parent. */
function besideBelow<V>(cursor: Cursor<V>, size: number, min: number): boolean {
  const { tree } = cursor;
  const { table, kids } = tree.inners;
  const { numbers, counts } = tree.leaves;
  const parent = cursor.parents[1]!;
  const row = keyAt(parent, 0);
  for (let i = cursor.slots[1]! - 1; i >= 0; i--) {
    if (table[row + i + GAPS]! < size) continue;
    const leaf = kids[(parent << INNER_BITS) + i]!;
    const keys = numbers[leaf >> LEAF_PAGE_BITS]!;
    const base = ((leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1)) & INDEX;
    const last = base + counts[leaf]!;
    const low = i > 0 ? table[row + i]! : edgeOf(tree, cursor, 1, 0, 0);
    const high = table[row + i + 1]!;
    let at = last;
    if (high - keys[at + LEAF - 1]! < size) at = prevHole(keys, at - 1, base, size);
    const start = at > base ? keys[at + LEAF - 1]! : low;
    const end = at < last ? keys[at]! : high;
    if (end - start >= size) {
      if (start < min && !fits(size, min, end)) return false;
      cursor.slots[1] = i;
      cursor.leaf = leaf;
      cursor.slot = at - base;
      cursor.low = low;
      cursor.high = high;
      cursor.start = start;
      cursor.end = end;
      cursor.value = undefined;
      return true;
    }
    // All are smaller: at most the number before `size`. Where the first leaf begins, versions may differ.
    if (i > 0) table[row + i + GAPS] = size - size * 2 ** -53;
  }
  return false;
}

/** The first place from `at` down of an entry with a hole of at least `size` before it, or `end`. */
function prevHole(keys: Float64Array, at: number, end: number, size: number): number {
  let i = at & INDEX;
  while (i > end && keys[i]! - keys[i + LEAF - 1]! < size) i = (i - 1) & INDEX;
  return i;
}

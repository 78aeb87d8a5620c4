// Finding holes by the gap bounds, and lowering those that are seen to be too high: see bounds.ts.
import { checkPoint, isExact, KEY_STEP, need } from "./assert.js";
import { measure } from "./bounds.js";
import { GAPS, keyAt, LEAF, LEAF_BITS, LEAF_PAGE_BITS, LEAF_PAGE_MASK } from "./layout.js";
import { kidAt, Path, slotAbove } from "./path.js";
import { INDEX, searchInner } from "./search.js";
import { owns, type TreeState } from "./state.js";

/** No such place: a key is never Infinity. */
const NONE = Infinity;

/** A search under way. Its numbers are fields of one object that stays: they are never allocated. */
class GapSearch extends Path {
  size: number = Infinity;
  min: number = Infinity;
  max: number = Infinity;
  align: number = Infinity;
  offset: number = Infinity;
  found: number = Infinity;
  up = true;

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

  /** Searches the holes of the path's leaf, which begins and ends at `low` and `high`. */
  inLeaf(tree: TreeState): boolean {
    const { size, up, leaf, low, high } = this;
    const keys = tree.leaves.numbers[leaf >> LEAF_PAGE_BITS]!;
    const base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
    const count = tree.leaves.counts[leaf]!;
    const step = up ? 1 : -1;
    let slot = up ? 0 : count;
    const last = count - slot;
    if (up ? keys[base]! < this.min : count > 0 && keys[base + count + LEAF - 1]! > this.max) {
      slot = slotAbove(tree, leaf, up ? this.min : this.max);
    }
    for (; ; slot += step) {
      if (slot > 0 && slot < count) {
        slot = this.nextHole(keys, base + slot, base + last, step) - base;
      }
      const from = slot > 0 ? keys[base + slot + LEAF - 1]! : low;
      const to = slot < count ? keys[base + slot]! : high;
      if (to - from >= size) {
        this.found = this.place(from, to);
        if (this.found < NONE) {
          this.slot = slot;
          return true;
        }
      }
      if (slot === last) return false;
    }
  }

  /**
   * Searches the subtree at `node`, `level` levels above the leaves; lowers the bounds that are seen to be too
   * high. `own`: no other version has the node.
   */
  inNode(tree: TreeState, node: number, level: number, own: boolean): boolean {
    if (level === 0) {
      this.leaf = node;
      return this.inLeaf(tree);
    }
    const { up, min, max, low, high } = this;
    const { table, counts } = tree.inners;
    const count = counts[node]!;
    const base = keyAt(node, 0);
    const end = up ? count : -1;
    const step = up ? 1 : -1;
    this.parents[level] = node;
    let i = up ? 0 : count - 1;
    if (up ? table[base + 1]! <= min : table[base + i]! > max)
      i = searchInner(table, base, up ? min : max) - base;
    for (; ; i += step) {
      i = this.nextBound(table, base + i + GAPS, base + end + GAPS, step) - base - GAPS;
      if (i === end) return false;
      const from = i > 0 ? table[base + i]! : low;
      const to = i < count - 1 ? table[base + i + 1]! : high;
      if (up ? from >= max : to <= min) return false;
      this.slots[level] = i;
      this.low = from;
      this.high = to;
      const kid = kidAt(tree, node, i);
      if (this.inNode(tree, kid, level - 1, own && owns(tree, kid, level - 1))) return true;
      // Where a shared node begins and ends may differ from version to version. What was searched in part says nothing.
      if ((own || (i > 0 && i < count - 1)) && from >= min && to <= max) measure(tree, this, level, i, to);
    }
  }

  // Loops of their own: within a longer function the compiler finds no registers for them.

  /** The first place from `at` on where a gap bound is at least `size`, or `end`. */
  nextBound(table: Float64Array, at: number, end: number, step: number): number {
    const { size } = this;
    let i = at;
    while (i !== end && table[i]! < size) i = (i + step) & INDEX;
    return i;
  }

  /** The first place from `at` on of an entry with a hole of at least `size` before it, or `end`. */
  nextHole(keys: Float64Array, at: number, end: number, step: number): number {
    const { size } = this;
    let i = at;
    while (i !== end && keys[i]! - keys[i + LEAF - 1]! < size) i = (i + step) & INDEX;
    return i;
  }
}

/** Whether `size` fits between two keys, also where their distance is no exact double. */
export function fits(size: number, from: number, to: number): boolean {
  const room = to - from;
  return room > size || (room === size && to - room >= from);
}

const search: GapSearch = new GapSearch();

/**
 * The place for `size` in the lowest (or highest) hole of [min, max) that has one, a multiple of `align` plus `offset`;
 * or Infinity. Throws a RangeError for what cannot be looked for.
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
  need(size > 0 && size < Infinity, "the size of a gap must be above 0", size);
  need(align > 0 && align < Infinity, "an alignment must be above 0", align);
  search.size = size;
  search.min = Math.max(checkPoint(min), tree.min);
  search.max = Math.min(checkPoint(max), tree.max);
  search.align = align;
  search.offset = checkPoint(offset);
  search.up = up;
  search.low = tree.min;
  search.high = tree.max;
  // Versions that share the root are the same tree.
  return search.min < search.max && search.inNode(tree, tree.root, tree.levels, true) ? search.found : NONE;
}

/** Leads the path of the same tree to the hole that the last search found. */
export function follow(tree: TreeState, path: Path): void {
  for (let level = tree.levels; level > 0; level--) {
    path.parents[level] = search.parents[level]!;
    path.slots[level] = search.slots[level]!;
  }
  path.leaf = search.leaf;
  path.slot = search.slot;
  path.low = search.low;
  path.high = search.high;
  path.at = tree.version;
}

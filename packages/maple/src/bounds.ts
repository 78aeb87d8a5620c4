// The gap bounds, as far as writes keep them: raising them when a hole grows, and measuring one anew.
//
// A bound is at least the largest hole of its subtree, not always equal: a store that shrinks a hole leaves
// it alone, an erase raises it along the path, and a search that finds it too high lowers it (gap.ts). So a store
// pays nothing, and each overstated bound misleads one search at most. (layout.ts says which hole counts where.)
import { GAPS, keyAt } from "./layout.js";
import { edgeOf, holeEnd, holeStart, kidAt, type Path } from "./path.js";
import { poolAt, type TreeState } from "./state.js";

/**
 * Tells the bounds of the hole before `slot` of the path's leaf (slot = count: the one at its end).
 * Up to the root, whatever the bounds below: another version may have raised those. That it raises bounds which
 * versions share does them no harm, they are upper bounds.
 */
export function raise(tree: TreeState, path: Path): void {
  const hole = holeEnd(tree, path, path.slot) - holeStart(tree, path, path.slot);
  const { table } = tree.inners;
  for (let level = 1; level <= tree.levels; level++) {
    const gap = keyAt(path.parents[level]!, path.slots[level]!) + GAPS;
    if (table[gap]! < hole) table[gap] = hole;
  }
}

/** Lowers the bound of the child `slot` of the path's node at `level` to what is there; it ends at `high`. */
export function measure(tree: TreeState, path: Path, level: number, slot: number, high: number): void {
  const gap = keyAt(path.parents[level]!, slot) + GAPS;
  const node = kidAt(tree, path.parents[level]!, slot);
  const pool = poolAt(tree, level - 1);
  const keys = pool.numbersOf(node);
  const base = pool.base(node) << 1;
  const mates = 1 << pool.bits;
  const end = base + pool.counts[node]!;
  let largest = 0;
  if (level > 1) {
    for (let i = base; i < end; i++) if (keys[i + mates]! > largest) largest = keys[i + mates]!;
  } else {
    let from = edgeOf(tree, path, level, slot, 0);
    for (let i = base; i < end; i++) {
      if (keys[i]! - from > largest) largest = keys[i]! - from;
      from = keys[i + mates]!;
    }
    if (high - from > largest) largest = high - from;
  }
  const { table } = tree.inners;
  if (largest < table[gap]!) table[gap] = largest;
}

// The "./gaps" entry of @vma/maple, and all of it: holes of a size, and all holes in order.
import { checkPoint, EXACT } from "./assert.js";
import { Cursor } from "./cursor.js";
import { findGap, follow } from "./gap.js";
import type { MapleTree } from "./maple-tree.js";
import { nearBelow } from "./near.js";
import { descend } from "./path.js";
import type { TreeState } from "./state.js";

/** Entries without a hole after which gaps() asks the bounds instead of stepping on. */
const DENSE_RUN = 16;

/**
 * Start of the lowest place for `size` in [min, max), a multiple of `align` plus `offset`; -1 if there is none, NaN
 * where the tree's lowest key is below 0.
 */
export function lowestGap<V>(
  tree: MapleTree<V>,
  size: number,
  min: number = tree.min,
  max: number = tree.max,
  align = 1,
  offset = 0,
): number {
  return told(tree, findGap(tree, true, size, min, max, align, offset));
}

/**
 * Start of the highest place for `size` in the highest hole of [min, max) that has one, a multiple of `align` plus
 * `offset`; -1 if there is none, NaN where the tree's lowest key is below 0.
 */
export function highestGap<V>(
  tree: MapleTree<V>,
  size: number,
  min: number = tree.min,
  max: number = tree.max,
  align = 1,
  offset = 0,
): number {
  return told(tree, findGap(tree, false, size, min, max, align, offset));
}

/** What the caller is told: the place, or what says that there is none. */
function told(tree: TreeState, found: number): number {
  return found < Infinity ? found : tree.min < 0 ? NaN : -1;
}

/** The holes in [min, max), cut to it, in order. None is empty. */
export function* gaps<V>(
  tree: MapleTree<V>,
  min: number = tree.min,
  max: number = tree.max,
): IterableIterator<[start: number, end: number]> {
  const cursor = new Cursor<V>(tree);
  const to = Math.min(checkPoint(max), tree.max);
  let from = Math.max(checkPoint(min), tree.min);
  cursor.find(from);
  for (let run = 1; from < to; run++) {
    const stop = cursor.value === undefined ? to : Math.min(cursor.start, to);
    if (from < stop) {
      run = 0;
      yield [from, stop];
    }
    from = Math.max(from, cursor.end);
    if (cursor.value === undefined || from >= to) return;
    if (run < DENSE_RUN) cursor.next();
    else {
      from = findGap(tree, true, Number.MIN_VALUE, from, to, 1, 0);
      if (from < to) cursor.find(from);
      run = 0;
    }
  }
}

/**
 * Moves the cursor to the lowest hole with place for `size` in [min, max), by default behind the cursor; false, and no
 * move, if there is none. With a `min`, where the cursor was does not matter, as for `seek`.
 */
export function nextGap<V>(
  cursor: Cursor<V>,
  size: number = Number.MIN_VALUE,
  min?: number,
  max: number = cursor.tree.max,
): boolean {
  return toGap(cursor, true, size, min ?? fresh(cursor).end, max);
}

/**
 * Moves the cursor to the highest hole with place for `size` in [min, max), by default before the cursor; false, and no
 * move, if there is none. With a `max`, where the cursor was does not matter, as for `seek`. A hole near below is found
 * soonest.
 */
export function prevGap<V>(
  cursor: Cursor<V>,
  size: number = Number.MIN_VALUE,
  min: number = cursor.tree.min,
  max?: number,
): boolean {
  const top = max ?? fresh(cursor).start;
  const { at } = cursor;
  // What the search proper refuses is left to it, and what is too large for differences to be exact.
  const looksNear = size > 0 && size < Infinity && min >= -EXACT && min <= top && top <= EXACT;
  if (looksNear && nearBelow(cursor, size, min, top)) return true;
  return toGap(cursor, false, size, min, top) || (looksNear && putBack(cursor, at));
}

/** Leads the path back to where the cursor was at version `at` of the tree. False, as what it is about. */
function putBack<V>(cursor: Cursor<V>, at: number): false {
  const { tree, start } = cursor;
  descend(tree, cursor, start);
  cursor.at = at;
  return false;
}

/** The cursor, unless the tree was changed behind it. */
function fresh<V>(cursor: Cursor<V>): Cursor<V> {
  cursor.ready();
  return cursor;
}

function toGap<V>(cursor: Cursor<V>, up: boolean, size: number, min: number, max: number): boolean {
  const { tree } = cursor;
  if (!(findGap(tree, up, size, min, max, 1, 0) < Infinity)) return false;
  follow(tree, cursor);
  cursor.onHole();
  return true;
}

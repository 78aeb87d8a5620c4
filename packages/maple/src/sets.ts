// The "./sets" entry of @vma/maple, and all of it: two trees side by side, where they differ and what they have
// together. What two versions share is stepped over whole.
import type { Cursor } from "./cursor.js";
import { type Entry, MapleTree } from "./maple-tree.js";
import { stepLeaf } from "./path.js";

/** A range throughout which neither tree changes its value; undefined stands for a hole. */
export type Difference<A, B = A> = [start: number, end: number, left: A | undefined, right: B | undefined];

/** Steps both cursors over the largest subtree that they are at the start of and share; says whether. */
function stepOverShared<A, B>(left: Cursor<A>, right: Cursor<B>): boolean {
  if (left.leaf !== right.leaf || left.slot + right.slot > 0) return false;
  if (left.value === undefined || left.tree.leaves !== right.tree.leaves) return false;
  let level = 1;
  const most = Math.min(left.tree.levels, right.tree.levels);
  while (
    level <= most &&
    left.slots[level]! + right.slots[level]! === 0 &&
    left.parents[level] === right.parents[level]
  ) {
    level++;
  }
  for (const cursor of [left, right]) {
    // As if at the end of all that is shared, so that the next step leads out of it.
    for (let l = 1; l < level; l++) cursor.slots[l] = cursor.tree.inners.counts[cursor.parents[l]!]! - 1;
    if (stepLeaf(cursor.tree, cursor, true)) cursor.onEntry();
    else cursor.find(cursor.tree.max);
  }
  return true;
}

/** A piece of two trees, and whether their entries there began before it. */
type Piece<A, B> = [...Difference<A, B>, leftGoesOn: boolean, rightGoesOn: boolean];

/** Every range in which one of the trees has a value, in order; parts that they share only when `whole`. */
function* sideBySide<A, B>(a: MapleTree<A>, b: MapleTree<B>, whole: boolean): Generator<Piece<A, B>> {
  const left = a.cursor();
  const right = b.cursor();
  left.find(a.min);
  right.find(b.min);
  let at = -Infinity;
  while (left.value !== undefined || right.value !== undefined) {
    if (!whole && at <= left.start && stepOverShared(left, right)) continue;
    const leftStart = left.value === undefined ? Infinity : Math.max(left.start, at);
    const rightStart = right.value === undefined ? Infinity : Math.max(right.start, at);
    const start = Math.min(leftStart, rightStart);
    const end = Math.min(
      leftStart > start ? leftStart : left.end,
      rightStart > start ? rightStart : right.end,
    );
    const inLeft = leftStart === start;
    const inRight = rightStart === start;
    yield [
      start,
      end,
      inLeft ? left.value : undefined,
      inRight ? right.value : undefined,
      left.start < start,
      right.start < start,
    ];
    at = end;
    if (left.value !== undefined && left.end <= end) left.next();
    if (right.value !== undefined && right.end <= end) right.next();
  }
}

/**
 * The ranges in which two trees have different values, in order; neighbours with the same two values are one.
 * Where the trees are versions of each other, the time goes with the difference, not with their size.
 */
export function* diff<V>(
  a: MapleTree<V>,
  b: MapleTree<V>,
  same: (left: V, right: V) => boolean = Object.is,
): Generator<Difference<V>> {
  let last: Difference<V> | undefined;
  for (const [start, end, left, right] of sideBySide(a, b, false)) {
    if (left !== undefined && right !== undefined && same(left, right)) continue;
    if (last !== undefined && last[1] === start && last[2] === left && last[3] === right) last[1] = end;
    else {
      if (last !== undefined) yield last;
      last = [start, end, left, right];
    }
  }
  if (last !== undefined) yield last;
}

/** Whether two trees have the same entries: the same starts, the same ends and the same values. */
export function equals<V>(
  a: MapleTree<V>,
  b: MapleTree<V>,
  same: (left: V, right: V) => boolean = Object.is,
): boolean {
  if (a.size !== b.size) return false;
  const left = a.cursor();
  const right = b.cursor();
  left.find(a.min);
  right.find(b.min);
  while (left.value !== undefined && right.value !== undefined) {
    if (stepOverShared(left, right)) continue;
    if (left.start !== right.start || left.end !== right.end || !same(left.value, right.value)) return false;
    left.next();
    right.next();
  }
  return left.value === right.value;
}

/** A tree with what `keep` makes of each piece; undefined leaves a hole. */
function combine<A, B, C>(
  a: MapleTree<A>,
  b: MapleTree<B>,
  whole: boolean,
  keep: (left: A | undefined, right: B | undefined) => C | undefined,
): MapleTree<C> {
  function* kept(): Generator<Entry<C>> {
    let last: Entry<C> | undefined;
    for (const [start, end, left, right, leftGoesOn, rightGoesOn] of sideBySide(a, b, whole)) {
      const value = keep(left, right);
      const goesOn: boolean =
        (value as unknown) === left ? leftGoesOn : (value as unknown) === right && rightGoesOn;
      if (goesOn && last !== undefined && last[1] === start && last[2] === value) last[1] = end;
      else {
        if (last !== undefined) yield last;
        last = value === undefined ? undefined : [start, end, value];
      }
    }
    if (last !== undefined) yield last;
  }
  return MapleTree.from(kept(), { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });
}

/** What either tree has. Where both have something, `both` says what; by default the first tree's value. */
export function union<V>(
  a: MapleTree<V>,
  b: MapleTree<V>,
  both: (left: V, right: V) => V = (left) => left,
): MapleTree<V> {
  return combine(a, b, true, (left, right) =>
    left !== undefined && right !== undefined ? both(left, right) : (left ?? right),
  );
}

/** Where both trees have something: what `both` says, by default the first tree's value. */
export function intersection<A, B>(
  a: MapleTree<A>,
  b: MapleTree<B>,
  both: (left: A, right: B) => A = (left) => left,
): MapleTree<A> {
  return combine(a, b, true, (left, right) =>
    left !== undefined && right !== undefined ? both(left, right) : undefined,
  );
}

/** What the first tree has where the second has nothing. */
export function difference<A, B>(a: MapleTree<A>, b: MapleTree<B>): MapleTree<A> {
  return combine(a, b, false, (left, right) => (right === undefined ? left : undefined));
}

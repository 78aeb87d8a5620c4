// The "./rules" entry of @vma/maple, and all of it: writes with the caller's rules: how values are cut, and which neighbours become one.
//
// The rules are asked first and everything is written afterwards, so a rule that throws changes nothing.
import { checkRange, checkValue } from "./assert.js";
import { checkNodes } from "./balance.js";
import type { MapleTree } from "./maple-tree.js";
import { descend, endAt, Path, startAt, stepLeaf, valueAt } from "./path.js";
import type { TreeState } from "./state.js";
import { put } from "./write.js";

/** The values of [start, at) and [at, end) when an entry `value` of [start, end) is cut at `at`. */
export type Split<V> = (value: V, at: number, start: number, end: number) => readonly [left: V, right: V];

/** The one value of two entries that touch, or undefined when they are to stay two. */
export type Merge<V> = (left: V, right: V) => V | undefined;

interface Piece {
  start: number;
  end: number;
  value: unknown;
}

const probe: Path = new Path();

/** The entry that ends at `at` or reaches over it from below. */
function entryBefore(tree: TreeState, at: number): Piece | undefined {
  descend(tree, probe, at);
  let slot = probe.slot;
  if (slot === tree.leaves.counts[probe.leaf] || startAt(tree, probe.leaf, slot) >= at) {
    if (slot === 0 && stepLeaf(tree, probe, false)) slot = probe.slot;
    slot--;
  }
  return slot >= 0 && endAt(tree, probe.leaf, slot) >= at ? pieceAt(tree, slot) : undefined;
}

/** The entry that starts at `at` or reaches over it from above. */
function entryAfter(tree: TreeState, at: number): Piece | undefined {
  descend(tree, probe, at);
  const { slot } = probe;
  return slot < tree.leaves.counts[probe.leaf]! && startAt(tree, probe.leaf, slot) <= at
    ? pieceAt(tree, slot)
    : undefined;
}

function pieceAt(tree: TreeState, slot: number): Piece {
  const { leaf } = probe;
  return { start: startAt(tree, leaf, slot), end: endAt(tree, leaf, slot), value: valueAt(tree, leaf, slot) };
}

/** What stays of the entries that are cut at `start` and `end`, and what lies between. */
interface Cuts {
  /** The entry before `start`, with the value that its part before `start` keeps. */
  left: Piece | undefined;
  /** The entry after `end`, with the value that its part after `end` keeps. */
  right: Piece | undefined;
  /** The part of the left entry between `start` and `end`, when it is cut. */
  afterLeft: Piece | undefined;
  /** The part of the right entry between `start` and `end`, when it is another entry and cut. */
  beforeRight: Piece | undefined;
}

function cut(tree: TreeState, start: number, end: number, split: Split<unknown>): Cuts {
  const left = entryBefore(tree, start);
  const right = entryAfter(tree, end);
  let afterLeft: Piece | undefined;
  let beforeRight: Piece | undefined;
  if (left !== undefined && left.end > start) {
    afterLeft = { start, end: left.end, value: undefined };
    [left.value, afterLeft.value] = split(left.value, start, left.start, left.end);
  }
  if (right !== undefined && right.start < end) {
    if (right.start < start) {
      // One entry is cut twice.
      [afterLeft!.value, right.value] = split(afterLeft!.value, end, start, right.end);
      afterLeft!.end = end;
    } else {
      beforeRight = { start: right.start, end, value: undefined };
      [beforeRight.value, right.value] = split(right.value, end, right.start, right.end);
    }
  }
  for (const piece of [left, right, afterLeft, beforeRight]) if (piece !== undefined) checkValue(piece.value);
  return { left, right, afterLeft, beforeRight };
}

const keepBoth: Split<unknown> = (value) => [value, value];

function overwrite(tree: TreeState, start: number, end: number, value: unknown): void {
  descend(tree, probe, start);
  put(tree, probe, start, end, value);
}

/** Throws if a rule has written to the tree. */
function checkUntouched(tree: TreeState, version: number): void {
  if (tree.version !== version) throw new TypeError("the tree was changed by one of its own rules");
}

/** How a tree cuts and joins its entries. All rules are asked before anything is written. */
export class Rules<V> {
  private readonly merge: Merge<V> | undefined;
  /** The rule for parts, given or the default. Public, so that the compiler tells rules for other values apart. */
  readonly split: Split<V>;

  /**
   * `merge` is asked for each neighbour that a written entry touches; by default entries stay as they were written.
   * `split` is asked for each entry of which a part stays; by default the parts have its value.
   */
  constructor(rules: { merge?: Merge<V> | undefined; split?: Split<V> | undefined }) {
    this.merge = rules.merge;
    this.split = rules.split ?? (keepBoth as Split<V>);
  }

  /**
   * @internal Writes `value` to [start, end), or clears it for undefined, with these rules.
   * Leaves the path at the written entry, or at the hole. Returns how many entries an erase removed or cut.
   */
  write(tree: TreeState, path: Path, start: number, end: number, value: unknown): number {
    const { version } = tree;
    const { left, right } = cut(tree, start, end, this.split as Split<unknown>);
    let from = start;
    let to = end;
    let all = value;
    const merge = this.merge as Merge<unknown> | undefined;
    if (merge !== undefined && value !== undefined) {
      for (let other = left; other !== undefined; other = entryBefore(tree, from)) {
        const one = merge(other.value, all);
        if (one === undefined) break;
        from = other.start;
        all = one;
      }
      for (let other = right; other !== undefined; other = entryAfter(tree, to)) {
        const one = merge(all, other.value);
        if (one === undefined) break;
        to = other.end;
        all = one;
      }
    }
    checkUntouched(tree, version);
    descend(tree, path, from);
    const touched = put(tree, path, from, to, all);
    // What stays of cut entries has its place already: these writes only change a value.
    if (left !== undefined && left.end > start && from === start) {
      overwrite(tree, left.start, start, left.value);
    }
    if (right !== undefined && right.start < end && to === end) overwrite(tree, end, right.end, right.value);
    descend(tree, path, from);
    return touched;
  }
}

/**
 * Cuts the entries that reach over `start` or `end`, so that what lies within is whole entries.
 * `split` gives the parts their values; by default the tree's rule, else both parts keep the value.
 */
export function isolate<V>(tree: MapleTree<V>, start: number, end: number, split?: Split<V>): void {
  checkRange(start, end, tree.min, tree.max);
  const { version } = tree;
  const rule = (split ?? tree.rules?.split ?? keepBoth) as Split<unknown>;
  const { left, right, afterLeft, beforeRight } = cut(tree, start, end, rule);
  checkUntouched(tree, version);
  // The second cut must not fail after the first.
  if (afterLeft !== undefined && beforeRight !== undefined) checkNodes(tree, 2 * (tree.levels + 2));
  for (const piece of [afterLeft, beforeRight]) {
    if (piece !== undefined) overwrite(tree, piece.start, piece.end, piece.value);
  }
  if (afterLeft !== undefined) overwrite(tree, left!.start, start, left!.value);
  if (right !== undefined && right.start < end) overwrite(tree, end, right.end, right.value);
}

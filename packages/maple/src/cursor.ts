// A position in a tree, on an entry or on a hole; survives its own writes and detects those of others.
import { checkPoint, checkRange, checkValue, outside } from "./assert.js";
import {
  descend,
  endAt,
  holeEnd,
  holeStart,
  neighbourLeaf,
  own,
  Path,
  setValue,
  slotAbove,
  startAt,
  stepLeaf,
  valueAt,
} from "./path.js";
import type { TreeState } from "./state.js";
import { change, put } from "./write.js";

export class Cursor<V> extends Path {
  /** First key of the entry or hole under the cursor. */
  start: number = -Infinity;
  /** Key after the last of the entry or hole under the cursor. */
  end: number = -Infinity;
  /** Value of the entry under the cursor; undefined on a hole. */
  value: V | undefined = undefined;
  /** @internal */
  readonly tree: TreeState;

  /** @internal */
  constructor(tree: TreeState) {
    super();
    this.tree = tree;
  }

  /** Moves to the entry or the hole that contains `at`, a key of the domain. Returns the value. */
  seek(at: number): V | undefined {
    const tree = this.tree;
    if (this.at !== tree.version || !(at >= this.low && at < this.high)) {
      if (!(checkPoint(at) >= tree.min && at < tree.max)) outside(tree.min, tree.max, at);
      descend(tree, this, at);
    } else if (at >= this.start && at < this.end) return this.value;
    else this.slot = slotAbove(tree, this.leaf, at);
    // Where the hole before the entry ends, the entry begins.
    return holeEnd(tree, this, this.slot) <= at ? this.onEntry() : this.onHole();
  }

  /** Moves to the first entry that ends above `at`; to the last hole if there is none. Returns its value. */
  find(at: number): V | undefined {
    const tree = this.tree;
    if (this.at === tree.version && at >= this.start && at <= this.end) {
      return this.value !== undefined && at < this.end ? this.value : this.next();
    }
    if (this.at !== tree.version || !(at >= this.low && at < this.high)) descend(tree, this, checkPoint(at));
    else this.slot = slotAbove(tree, this.leaf, at);
    if (this.slot === tree.leaves.counts[this.leaf] && !stepLeaf(tree, this, true)) return this.onHole();
    return this.onEntry();
  }

  /** Moves to the next entry and returns its value; behind the last one, to the last hole. */
  next(): V | undefined {
    const tree = this.ready();
    const slot = this.value === undefined ? this.slot : this.slot + 1;
    const count = tree.leaves.counts[this.leaf]!;
    this.slot = slot;
    if (slot < count || stepLeaf(tree, this, true)) return this.onEntry();
    return this.onHole();
  }

  /** Moves to the previous entry and returns its value; before the first one, to the first hole. */
  prev(): V | undefined {
    const tree = this.ready();
    if (this.slot === 0 && !stepLeaf(tree, this, false)) return this.onHole();
    this.slot--;
    return this.onEntry();
  }

  /** Value of the next entry, without moving. */
  peekNext(): V | undefined {
    const tree = this.ready();
    const slot = this.value === undefined ? this.slot : this.slot + 1;
    if (slot < tree.leaves.counts[this.leaf]!) return valueAt(tree, this.leaf, slot) as V;
    const leaf = neighbourLeaf(tree, this, true);
    return leaf < 0 ? undefined : (valueAt(tree, leaf, 0) as V);
  }

  /** Value of the previous entry, without moving. */
  peekPrev(): V | undefined {
    const tree = this.ready();
    if (this.slot > 0) return valueAt(tree, this.leaf, this.slot - 1) as V;
    const leaf = neighbourLeaf(tree, this, false);
    return leaf < 0 ? undefined : (valueAt(tree, leaf, tree.leaves.counts[leaf]! - 1) as V);
  }

  /**
   * Writes [start, end) over whatever is there; the cursor is then on the written entry.
   * Where the write throws, it is where it was, or at `start`.
   */
  set(start: number, end: number, value: V): void {
    const tree = this.ready();
    checkRange(start, end, tree.min, tree.max);
    checkValue(value);
    if (!(start >= this.low && start < this.high)) this.seek(start);
    if (tree.rules === undefined) {
      put(tree, this, start, end, value);
      this.start = start + 0; // no -0
      this.end = end;
      this.value = value;
    } else {
      tree.rules.write(tree, this, start, end, value);
      this.onEntry();
    }
  }

  /** Clears [start, end); the cursor is then on the hole. Returns how many entries were removed or cut. */
  delete(start: number, end: number): number {
    const tree = this.ready();
    checkRange(start, end, tree.min, tree.max);
    if (!(start >= this.low && start < this.high)) this.seek(start);
    const touched = change(tree, this, start, end, undefined);
    this.onHole();
    return touched;
  }

  /** Gives the entry under the cursor another value. Throws on a hole. */
  replaceValue(value: V): void {
    const tree = this.ready();
    if (this.value === undefined) throw new TypeError(`no entry at ${this.start} to give a value`);
    checkValue(value);
    if (tree.rules !== undefined) {
      this.set(this.start, this.end, value); // it may join its neighbours now
      return;
    }
    own(tree, this);
    setValue(tree, this.leaf, this.slot, value);
    this.at = ++tree.version;
    this.value = value;
  }

  /** @internal The tree, unless it was changed behind the cursor. */
  ready(): TreeState {
    if (this.at !== this.tree.version) {
      throw new TypeError("the tree was changed behind this cursor: seek or find again");
    }
    return this.tree;
  }

  /** @internal Takes the entry at the path's slot. */
  onEntry(): V {
    const tree = this.tree;
    this.start = startAt(tree, this.leaf, this.slot);
    this.end = endAt(tree, this.leaf, this.slot);
    this.value = valueAt(tree, this.leaf, this.slot) as V;
    return this.value;
  }

  /** @internal Takes the hole at the path's slot. */
  onHole(): undefined {
    this.start = holeStart(this.tree, this, this.slot);
    this.end = holeEnd(this.tree, this, this.slot);
    this.value = undefined;
    return undefined;
  }
}

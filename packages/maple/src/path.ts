// The way from the root to a slot of a leaf: going down, to the neighbours, and making it writable.
import { MAX_HEIGHT } from "./layout.js";
import { mark } from "./mark.js";
import {
  endAt,
  keysBase,
  keysOf,
  kidAt,
  rangesBase,
  rangesOf,
  searchInner,
  searchLeaf,
  setKid,
  startAt,
} from "./node.js";
import { setRoot, type TreeState } from "./state.js";

export class Path {
  /** @internal Inner node of each level; level 1 is the leaves' parent, level `height` the root. */
  readonly nodes: Int32Array = new Int32Array(MAX_HEIGHT + 1);
  /** @internal The slot taken in each of `nodes`. */
  readonly slots: Int32Array = new Int32Array(MAX_HEIGHT + 1);
  /** @internal */
  leaf = 0;
  /** @internal A slot of the leaf: an entry, or the hole before it. */
  slot = 0;
  /** @internal Lower bound of the leaf: no entry of it starts below. Infinite at first: a double for the VM. */
  low: number = Infinity;
  /** @internal Upper bound of the leaf: no entry of it ends above. */
  high: number = -Infinity;
  /** @internal The tree's version that the path belongs to. */
  at = -1;
  /** @internal The tree's epoch in which every node of the path was found writable. */
  owned = -1;
}

/** Leads the path to the leaf whose bounds hold `key`. Does not set the slot. */
export function descend(tree: TreeState, path: Path, key: number): void {
  const arena = tree.arena;
  const { nodes, slots } = path;
  let node = tree.root;
  let low = tree.min;
  let high = tree.max;
  for (let level = tree.height; level > 0; level--) {
    const keys = keysOf(arena, node);
    const base = keysBase(node);
    const slot = searchInner(keys, base, key);
    nodes[level] = node;
    slots[level] = slot;
    if (slot > 0) low = keys[base + slot]!;
    const next = keys[base + slot + 1]!;
    if (next < high) high = next;
    node = kidAt(arena, node, slot);
  }
  path.leaf = node;
  path.low = low;
  path.high = high;
  path.at = tree.version;
  path.owned = arena.holders === 1 ? tree.epoch : -1;
}

/** First slot of the path's leaf whose entry ends above `key`, or the leaf's count. */
export function slotAbove(tree: TreeState, leaf: number, key: number): number {
  const ranges = rangesOf(tree.arena, leaf);
  const base = rangesBase(leaf);
  const slot = searchLeaf(ranges, base, key);
  // The entry at slot starts at or below key, unless it is the first one.
  return ranges[base + slot]! <= key && endAt(tree.arena, leaf, slot) <= key ? slot + 1 : slot;
}

/** Sets the bounds of the leaf anew, after its node or a neighbour has moved. */
export function setBounds(tree: TreeState, path: Path): void {
  const arena = tree.arena;
  let low = tree.min;
  let high = tree.max;
  for (let level = tree.height; level > 0; level--) {
    const node = path.nodes[level]!;
    const keys = keysOf(arena, node);
    const at = keysBase(node) + path.slots[level]!;
    if (path.slots[level]! > 0) low = keys[at]!;
    if (keys[at + 1]! < high) high = keys[at + 1]!;
  }
  path.low = low;
  path.high = high;
}

/** The level at which the path can step right (or left), or height + 1. */
export function stepLevel(tree: TreeState, path: Path, right: boolean): number {
  const counts = tree.arena.inners.counts;
  let level = 1;
  while (
    level <= tree.height &&
    (right ? path.slots[level]! + 1 === counts[path.nodes[level]!]! : path.slots[level] === 0)
  ) {
    level++;
  }
  return level;
}

/** Moves the path to the next leaf (slot 0) or the previous one (slot = count); false at the edge. */
export function stepLeaf(tree: TreeState, path: Path, right: boolean): boolean {
  const arena = tree.arena;
  let level = stepLevel(tree, path, right);
  if (level > tree.height) return false;
  path.slots[level]! += right ? 1 : -1;
  let node = kidAt(arena, path.nodes[level]!, path.slots[level]!);
  while (--level > 0) {
    const slot = right ? 0 : arena.inners.counts[node]! - 1;
    path.nodes[level] = node;
    path.slots[level] = slot;
    node = kidAt(arena, node, slot);
  }
  path.leaf = node;
  path.slot = right ? 0 : arena.leaves.counts[node]!;
  path.owned = arena.holders === 1 ? tree.epoch : -1;
  setBounds(tree, path);
  return true;
}

/** The leaf next to the path's, or -1. */
export function neighbourLeaf(tree: TreeState, path: Path, right: boolean): number {
  const level = stepLevel(tree, path, right);
  if (level > tree.height) return -1;
  const kid = kidAt(tree.arena, path.nodes[level]!, path.slots[level]! + (right ? 1 : -1));
  return edgeLeaf(tree, kid, level - 1, !right);
}

/** The first (or last) leaf of a subtree. */
export function edgeLeaf(tree: TreeState, node: number, level: number, last: boolean): number {
  const arena = tree.arena;
  let at = node;
  for (let l = level; l > 0; l--) at = kidAt(arena, at, last ? arena.inners.counts[at]! - 1 : 0);
  return at;
}

/** End of the last entry of the leaf's left neighbour, or the domain's min. */
export function endBefore(tree: TreeState, path: Path): number {
  const leaf = neighbourLeaf(tree, path, false);
  return leaf < 0 ? tree.min : endAt(tree.arena, leaf, tree.arena.leaves.counts[leaf]! - 1);
}

/** Start of the first entry of the leaf's right neighbour, or the domain's max. */
export function startAfter(tree: TreeState, path: Path): number {
  const leaf = neighbourLeaf(tree, path, true);
  return leaf < 0 ? tree.max : startAt(tree.arena, leaf, 0);
}

/** Makes every node of the path writable, from the root down: shared ones are copied. */
export function own(tree: TreeState, path: Path): void {
  if (Number.isNaN(tree.epoch)) throw new TypeError("a snapshot cannot be written; clone it");
  const arena = tree.arena;
  if (arena.holders > 1) {
    for (let level = tree.height; level >= 0; level--) {
      const node = level > 0 ? path.nodes[level]! : path.leaf;
      const mine = ownKid(tree, path, level, node, path.slots[level + 1]!);
      if (level > 0) path.nodes[level] = mine;
      else path.leaf = mine;
    }
  }
  path.owned = tree.epoch;
}

/** Makes the node at `slot` of the path's node one level above `level` writable; returns its number. */
export function ownKid(tree: TreeState, path: Path, level: number, node: number, slot: number): number {
  const arena = tree.arena;
  if ((level > 0 ? arena.inners : arena.leaves).shares[node] === 1) return node;
  mark("path.copy-on-write");
  const copy = level > 0 ? arena.copyInner(node, level) : arena.copyLeaf(node);
  if (level === tree.height) setRoot(tree, copy, tree.height);
  else setKid(arena, path.nodes[level + 1]!, slot, copy);
  return copy;
}

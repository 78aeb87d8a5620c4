// The way from the root to a slot of a leaf: going down, to the neighbours, and making it writable.
import { INNER_BITS, keyAt, LEAF, LEAF_BITS, LEAF_PAGE_BITS, LEAF_PAGE_MASK, MANY } from "./layout.js";
import { mark } from "./mark.js";
import { searchInner, searchLeaf } from "./search.js";
import { owns, poolAt, setRoot, type TreeState } from "./state.js";

export class Path {
  /** @internal Inner node of each level; level 1 is the leaves' parent, level `levels` the root. */
  readonly parents: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  /** @internal The slot taken in each of `parents`. */
  readonly slots: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  /** @internal */
  leaf = 0;
  /** @internal A slot of the leaf: an entry, or the hole before it. */
  slot = 0;
  /** @internal Where the leaf begins: see layout.ts. Infinite at first: a double for the VM. */
  low: number = Infinity;
  /** @internal Where the leaf ends, and the next one begins. */
  high: number = -Infinity;
  /** @internal The tree's version that the path belongs to. */
  at = -1;
}

export function startAt(tree: TreeState, leaf: number, slot: number): number {
  return tree.leaves.numbers[leaf >> LEAF_PAGE_BITS]![((leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1)) + slot]!;
}

export function endAt(tree: TreeState, leaf: number, slot: number): number {
  return tree.leaves.numbers[leaf >> LEAF_PAGE_BITS]![
    ((leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1)) + slot + LEAF
  ]!;
}

export function valueAt(tree: TreeState, leaf: number, slot: number): unknown {
  return tree.leaves.items[leaf >> LEAF_PAGE_BITS]![((leaf & LEAF_PAGE_MASK) << LEAF_BITS) + slot];
}

export function setValue(tree: TreeState, leaf: number, slot: number, value: unknown): void {
  tree.leaves.items[leaf >> LEAF_PAGE_BITS]![((leaf & LEAF_PAGE_MASK) << LEAF_BITS) + slot] = value;
}

export function kidAt(tree: TreeState, node: number, slot: number): number {
  return tree.inners.kids[(node << INNER_BITS) + slot]!;
}

/** Leads the path to the leaf whose bounds hold `key`, and to the first slot there whose entry ends above it. */
export function descend(tree: TreeState, path: Path, key: number): void {
  const { parents, slots } = path;
  const { table, kids } = tree.inners;
  let { root: node, min: low, max: high } = tree;
  for (let level = tree.levels; level > 0; level--) {
    const at = searchInner(table, keyAt(node, 0), key);
    const slot = at - keyAt(node, 0);
    parents[level] = node;
    slots[level] = slot;
    if (slot > 0) low = table[at]!;
    if (table[at + 1]! < Infinity) high = table[at + 1]!;
    node = kids[(node << INNER_BITS) + slot]!;
  }
  if (tree.leaves.capacity > MANY) tree.leaves.fetch(node);
  path.leaf = node;
  path.slot = slotAbove(tree, node, key);
  path.at = tree.version;
  path.low = low;
  path.high = high;
}

/** Sets what the path knows of its leaf: the bounds. */
export function arrive(tree: TreeState, path: Path): void {
  path.low = edgeOf(tree, path, 1, path.slots[1]!, 0);
  path.high = edgeOf(tree, path, 1, path.slots[1]!, 1);
}

/**
 * The place in the table of the key where the child `slot` of the path's node at `level` begins (`right` 0) or
 * ends (1): beside the child, in that node or in one above; -1 at the edge of the tree.
 */
function edgeAt(tree: TreeState, path: Path, level: number, slot: number, right: 0 | 1): number {
  for (let l = level, at = slot; l <= tree.levels; at = path.slots[++l]!) {
    const place = keyAt(path.parents[l]!, at + right);
    if (right === 1 ? tree.inners.table[place]! < Infinity : at > 0) return place;
  }
  return -1;
}

/** The key there, or the domain's edge. */
export function edgeOf(tree: TreeState, path: Path, level: number, slot: number, right: 0 | 1): number {
  const place = edgeAt(tree, path, level, slot, right);
  return place >= 0 ? tree.inners.table[place]! : right === 1 ? tree.max : tree.min;
}

/** Says where the path's leaf begins now. */
export function setLow(tree: TreeState, path: Path, low: number): void {
  const place = edgeAt(tree, path, 1, path.slots[1]!, 0);
  if (place >= 0) tree.inners.table[place] = low;
}

/** First slot of the leaf whose entry ends above `key`, or the leaf's count. */
export function slotAbove(tree: TreeState, leaf: number, key: number): number {
  const keys = tree.leaves.numbers[leaf >> LEAF_PAGE_BITS]!;
  const base = (leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1);
  const at = searchLeaf(keys, base, key);
  // The entry there starts at or below key, unless it is the first one.
  return at - base + +(keys[at]! <= key && keys[at + LEAF]! <= key);
}

/** The same for a path that has a slot: whoever writes has looked there, a few slots away at most. */
export function slotNear(tree: TreeState, path: Path, key: number): number {
  const { leaf } = path;
  let slot = path.slot;
  const keys = tree.leaves.numbers[leaf >> LEAF_PAGE_BITS]!;
  const ends = ((leaf & LEAF_PAGE_MASK) << (LEAF_BITS + 1)) + LEAF;
  const count = tree.leaves.counts[leaf]!;
  while (slot > 0 && keys[ends + slot - 1]! > key) slot--;
  while (slot < count && keys[ends + slot]! <= key) slot++;
  return slot;
}

/** The level at which the path can step right (or left), or levels + 1. */
function stepLevel(tree: TreeState, path: Path, right: boolean): number {
  let level = 1;
  while (
    level <= tree.levels &&
    path.slots[level] === (right ? tree.inners.counts[path.parents[level]!]! - 1 : 0)
  ) {
    level++;
  }
  return level;
}

/** Moves the path to the next leaf (slot 0) or the previous one (slot = count); false at the edge. */
export function stepLeaf(tree: TreeState, path: Path, right: boolean): boolean {
  let level = stepLevel(tree, path, right);
  if (level > tree.levels) return false;
  path.slots[level]! += right ? 1 : -1;
  let node = kidAt(tree, path.parents[level]!, path.slots[level]!);
  while (--level > 0) {
    const slot = right ? 0 : tree.inners.counts[node]! - 1;
    path.parents[level] = node;
    path.slots[level] = slot;
    node = kidAt(tree, node, slot);
  }
  path.leaf = node;
  path.slot = right ? 0 : tree.leaves.counts[node]!;
  arrive(tree, path);
  return true;
}

/** The leaf next to the path's, or -1. */
export function neighbourLeaf(tree: TreeState, path: Path, right: boolean): number {
  let level = stepLevel(tree, path, right);
  if (level > tree.levels) return -1;
  let node = kidAt(tree, path.parents[level]!, path.slots[level]! + (right ? 1 : -1));
  while (--level > 0) node = kidAt(tree, node, right ? 0 : tree.inners.counts[node]! - 1);
  return node;
}

/** Start of the hole before `slot` of the path's leaf. */
export function holeStart(tree: TreeState, path: Path, slot: number): number {
  return slot > 0 ? endAt(tree, path.leaf, slot - 1) : path.low;
}

/** End of the hole before `slot` of the path's leaf. */
export function holeEnd(tree: TreeState, path: Path, slot: number): number {
  return slot < tree.leaves.counts[path.leaf]! ? startAt(tree, path.leaf, slot) : path.high;
}

/**
 * Makes every node of the path writable: copies those that are not the tree's own. Says whether the leaf is another one
 * now. Throws TypeError for a snapshot.
 */
export function own(tree: TreeState, path: Path): boolean {
  if (tree.frozen) throw new TypeError("a snapshot cannot be written; clone it");
  // Above a node that is the tree's own, all are.
  if (owns(tree, path.leaf, 0)) return false;
  for (let level = tree.levels; level > 0; level--) {
    path.parents[level] = ownKid(tree, path, level, path.slots[level + 1]!);
  }
  path.leaf = ownKid(tree, path, 0, path.slots[1]!);
  return true;
}

/** Makes the child `slot` of the path's node above `level` writable, or the root; returns its number. */
export function ownKid(tree: TreeState, path: Path, level: number, slot: number): number {
  const isRoot = level === tree.levels;
  const parent = path.parents[level + 1]!;
  const node = isRoot ? tree.root : kidAt(tree, parent, slot);
  if (owns(tree, node, level)) return node;
  mark("path.copy-on-write");
  const { dead } = tree.hold!;
  // Not push(), which the compiler calls here, but does not take in.
  dead[dead.length] = level > 0 ? ~node : node;
  const copy = poolAt(tree, level).copy(node);
  if (isRoot) setRoot(tree, copy, level);
  else tree.inners.kids[(parent << INNER_BITS) + slot] = copy;
  return copy;
}

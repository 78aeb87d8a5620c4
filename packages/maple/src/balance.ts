// Making room in a full leaf and mending a poor one; the only file that changes the height.
import { MapleFullError } from "./assert.js";
import { INNER, INNER_JOIN, INNER_MIN, INNER_SLOTS, LEAF, LEAF_JOIN, LEAF_MIN, LEAF_ROOM } from "./layout.js";
import { mark } from "./mark.js";
import {
  endAt,
  insertKid,
  keysBase,
  keysOf,
  kidAt,
  moveEntries,
  moveKids,
  rangesBase,
  rangesOf,
  removeKids,
  startAt,
} from "./node.js";
import { ownKid, type Path, setBounds } from "./path.js";
import { setRoot, type TreeState } from "./state.js";

/** Throws MapleFullError unless the tree may have `more` nodes. */
export function checkNodes(tree: TreeState, more: number): void {
  if (tree.nodeCount + more > tree.maxNodes) throw new MapleFullError(tree.maxNodes, tree.nodeCount + more);
}

/** Throws MapleFullError unless a full leaf at the end of the path can hand on or split. */
export function checkRoom(tree: TreeState, path: Path): void {
  if (roomySide(tree, path) !== 0) return;
  const { counts } = tree.arena.inners;
  let level = 1;
  while (level <= tree.height && counts[path.nodes[level]!] === INNER) level++;
  // One node for each full level, one for the leaf, and a root when all levels are full.
  checkNodes(tree, level > tree.height ? level + 1 : level);
}

/** Which neighbour of the path's leaf has room to take entries: -1 left, 1 right, 0 none. */
function roomySide(tree: TreeState, path: Path): number {
  if (tree.height === 0) return 0;
  const arena = tree.arena;
  const counts = arena.leaves.counts;
  const parent = path.nodes[1]!;
  const slot = path.slots[1]!;
  if (slot > 0 && counts[kidAt(arena, parent, slot - 1)]! <= LEAF - LEAF_ROOM) return -1;
  if (
    slot + 1 < arena.inners.counts[parent]! &&
    counts[kidAt(arena, parent, slot + 1)]! <= LEAF - LEAF_ROOM
  ) {
    return 1;
  }
  return 0;
}

/**
 * Makes room for two entries before `path.slot` of the full leaf of an owned path, by handing entries to a
 * neighbour or by splitting. `key` is the start of what will be inserted.
 * Assumes that checkRoom passed, and that what will be inserted ends at or below the start at `path.slot`.
 * Leaves the path at the slot of the leaf where to insert.
 */
export function makeRoom(tree: TreeState, path: Path, key: number): void {
  const arena = tree.arena;
  const counts = arena.leaves.counts;
  const leaf = path.leaf;
  const at = path.slot;
  const count = counts[leaf]!;
  const side = roomySide(tree, path);
  if (side !== 0) {
    const parent = path.nodes[1]!;
    const slot = path.slots[1]!;
    const keys = keysOf(arena, parent);
    const base = keysBase(parent) + slot;
    const sibling = ownKid(tree, path, 0, kidAt(arena, parent, slot + side), slot + side);
    const held = arena.leaves.counts[sibling]!;
    const room = LEAF - held;
    // Filling in one direction: hand on as much as fits, so that what lies behind stays full.
    const most = Math.min(room, count - LEAF_MIN);
    if (side < 0) {
      mark("balance.hand-left");
      const n = at === count ? most : room >> 1;
      moveEntries(arena, leaf, 0, sibling, held, n);
      keys[base] = startAt(arena, leaf, 0);
      raiseTo(keys, base + INNER_SLOTS - 1, base + INNER_SLOTS);
      if (at <= n) {
        path.leaf = sibling;
        path.slot = held + at;
        path.slots[1] = slot - 1;
      } else path.slot = at - n;
    } else {
      mark("balance.hand-right");
      const n = at === 0 ? most : room >> 1;
      const left = count - n;
      moveEntries(arena, leaf, left, sibling, 0, n);
      keys[base + 1] = startAt(arena, sibling, 0);
      raiseTo(keys, base + INNER_SLOTS + 1, base + INNER_SLOTS);
      if (at > left) {
        path.leaf = sibling;
        path.slot = at - left;
        path.slots[1] = slot + 1;
      }
    }
  } else splitLeaf(tree, path, key);
  setBounds(tree, path);
}

/** keys[to] = max of both. */
function raiseTo(keys: Float64Array, to: number, from: number): void {
  if (keys[from]! > keys[to]!) keys[to] = keys[from]!;
}

function splitLeaf(tree: TreeState, path: Path, key: number): void {
  const arena = tree.arena;
  const leaf = path.leaf;
  const at = path.slot;
  const right = arena.newLeaf();
  const count = arena.leaves.counts[leaf]!;
  tree.nodeCount++;
  // At the ends of the tree the old leaf stays as it is: whoever appends fills every leaf.
  const append = at === count && path.high === tree.max;
  const left = append ? count : at === 0 && path.low === tree.min ? 0 : count >> 1;
  moveEntries(arena, leaf, left, right, 0, count - left);
  const follow = append || at > left;
  if (follow) {
    path.leaf = right;
    path.slot = at - left;
  }
  let hole = largestHole(tree, right);
  if (left > 0 && !append) hole = Math.max(hole, startAt(arena, right, 0) - endAt(arena, leaf, left - 1));
  insertChild(tree, path, 1, append ? key : startAt(arena, right, 0), hole, right, follow);
}

/** Largest hole between two entries of a leaf. */
export function largestHole(tree: TreeState, leaf: number): number {
  const ranges = rangesOf(tree.arena, leaf);
  const base = rangesBase(leaf);
  const count = tree.arena.leaves.counts[leaf]!;
  let largest = 0;
  for (let i = base + 1; i < base + count; i++) {
    largest = Math.max(largest, ranges[i]! - ranges[i + LEAF - 1]!);
  }
  return largest;
}

/** Largest gap bound of an inner node. */
function largestGap(tree: TreeState, node: number): number {
  const keys = keysOf(tree.arena, node);
  const base = keysBase(node) + INNER_SLOTS;
  let largest = 0;
  for (let i = base; i < base + tree.arena.inners.counts[node]!; i++) largest = Math.max(largest, keys[i]!);
  return largest;
}

/** Puts `kid` to the right of the path's child at `level`; the path goes to it when `follow`. */
function insertChild(
  tree: TreeState,
  path: Path,
  level: number,
  key: number,
  gap: number,
  kid: number,
  follow: boolean,
): void {
  const arena = tree.arena;
  if (level > tree.height) {
    mark("balance.new-root");
    const old = tree.root;
    const root = arena.newInner();
    tree.nodeCount++;
    insertKid(arena, root, 0, -Infinity, level === 1 ? largestHole(tree, old) : largestGap(tree, old), old);
    insertKid(arena, root, 1, key, gap, kid);
    setRoot(tree, root, level);
    path.nodes[level] = root;
    path.slots[level] = follow ? 1 : 0;
    return;
  }
  const node = path.nodes[level]!;
  const at = path.slots[level]! + 1;
  const count = arena.inners.counts[node]!;
  const target = follow ? at : at - 1;
  if (count < INNER) {
    insertKid(arena, node, at, key, gap, kid);
    path.slots[level] = target;
    return;
  }
  mark("balance.split-inner");
  const right = arena.newInner();
  tree.nodeCount++;
  const append = at === count && path.high === tree.max;
  const left = append ? count : (count + 1) >> 1;
  moveKids(arena, node, left, right, 0, count - left);
  const onRight = append || at > left;
  insertKid(arena, onRight ? right : node, onRight ? at - left : at, key, gap, kid);
  const goRight = append ? follow : onRight;
  if (goRight) path.nodes[level] = right;
  path.slots[level] = goRight ? target - left : target;
  insertChild(
    tree,
    path,
    level + 1,
    keysOf(arena, right)[keysBase(right)]!,
    largestGap(tree, right),
    right,
    goRight,
  );
}

/** Mends the leaf of an owned path when it has become poor, but not empty. The path keeps its entry. */
export function mendLeaf(tree: TreeState, path: Path): void {
  const arena = tree.arena;
  const leaf = path.leaf;
  const count = arena.leaves.counts[leaf]!;
  if (count >= LEAF_MIN || tree.height === 0) return;
  const parent = path.nodes[1]!;
  if (arena.inners.counts[parent] === 1) return; // an only child, at the edge of the tree
  const slot = path.slots[1]!;
  const leftward = slot > 0;
  const other = leftward ? slot - 1 : slot + 1;
  const sibling = ownKid(tree, path, 0, kidAt(arena, parent, other), other);
  const held = arena.leaves.counts[sibling]!;
  const keys = keysOf(arena, parent);
  const right = keysBase(parent) + (leftward ? slot : other); // the bound between the two
  if (count + held <= LEAF_JOIN) {
    if (leftward) {
      mark("balance.join-left");
      moveEntries(arena, leaf, 0, sibling, held, count);
      path.leaf = sibling;
      path.slot += held;
      path.slots[1] = other;
    } else {
      mark("balance.join-right");
      moveEntries(arena, sibling, 0, leaf, count, held);
    }
    raiseTo(keys, right + INNER_SLOTS - 1, right + INNER_SLOTS);
    const gone = leftward ? slot : other;
    removeKids(arena, parent, gone, gone + 1);
    arena.release(leftward ? leaf : sibling, 0);
    tree.nodeCount--;
    mendInner(tree, path, 1);
  } else {
    const n = (held - count) >> 1;
    if (leftward) {
      mark("balance.borrow-left");
      moveEntries(arena, sibling, held - n, leaf, 0, n);
      path.slot += n;
      keys[right] = startAt(arena, leaf, 0);
      raiseTo(keys, right + INNER_SLOTS, right + INNER_SLOTS - 1);
    } else {
      mark("balance.borrow-right");
      moveEntries(arena, sibling, 0, leaf, count, n);
      keys[right] = startAt(arena, sibling, 0);
      raiseTo(keys, right + INNER_SLOTS - 1, right + INNER_SLOTS);
    }
  }
  setBounds(tree, path);
}

/** Mends the path's inner node at `level` after it has lost children. */
export function mendInner(tree: TreeState, path: Path, level: number): void {
  const arena = tree.arena;
  const counts = arena.inners.counts;
  if (level >= tree.height) {
    while (tree.height > 0 && counts[tree.root] === 1) {
      mark("balance.lower-root");
      const old = tree.root;
      const root = kidAt(arena, old, 0);
      (tree.height > 1 ? arena.inners : arena.leaves).shares[root]!++;
      setRoot(tree, root, tree.height - 1);
      arena.release(old, tree.height + 1);
      tree.nodeCount--;
    }
    return;
  }
  const node = path.nodes[level]!;
  const count = counts[node]!;
  if (count >= INNER_MIN) return;
  const parent = path.nodes[level + 1]!;
  if (counts[parent] === 1) return;
  const slot = path.slots[level + 1]!;
  const leftward = slot > 0;
  const other = leftward ? slot - 1 : slot + 1;
  const sibling = ownKid(tree, path, level, kidAt(arena, parent, other), other);
  const held = arena.inners.counts[sibling]!;
  const keys = keysOf(arena, parent);
  const right = keysBase(parent) + (leftward ? slot : other);
  // The first child of the right one of the two comes to stand behind another: it takes over that bound.
  const left = leftward ? sibling : node;
  const seam = leftward ? held : count;
  if (count + held <= INNER_JOIN) {
    mark("balance.join-inner");
    moveKids(arena, leftward ? node : sibling, 0, left, seam, leftward ? count : held);
    setSeam(tree, left, seam, keys, right);
    raiseTo(keys, right + INNER_SLOTS - 1, right + INNER_SLOTS);
    if (leftward) {
      path.nodes[level] = sibling;
      path.slots[level]! += held;
      path.slots[level + 1] = other;
    }
    const gone = leftward ? slot : other;
    removeKids(arena, parent, gone, gone + 1);
    arena.release(leftward ? node : sibling, level);
    tree.nodeCount--;
    mendInner(tree, path, level + 1);
    return;
  }
  const n = (held - count) >> 1;
  if (leftward) {
    mark("balance.borrow-inner-left");
    moveKids(arena, sibling, held - n, node, 0, n);
    setSeam(tree, node, n, keys, right);
    path.slots[level]! += n;
    keys[right] = keysOf(arena, node)[keysBase(node)]!;
    raiseTo(keys, right + INNER_SLOTS, right + INNER_SLOTS - 1);
  } else {
    mark("balance.borrow-inner-right");
    moveKids(arena, sibling, 0, node, count, n);
    setSeam(tree, node, count, keys, right);
    keys[right] = keysOf(arena, sibling)[keysBase(sibling)]!;
    raiseTo(keys, right + INNER_SLOTS - 1, right + INNER_SLOTS);
  }
}

/** Gives child `slot` the bounds that its parent had at `right` of the grandparent's `keys`. */
function setSeam(tree: TreeState, node: number, slot: number, keys: Float64Array, right: number): void {
  const own = keysOf(tree.arena, node);
  const at = keysBase(node) + slot;
  own[at] = keys[right]!;
  own[at + INNER_SLOTS] = keys[right + INNER_SLOTS]!;
}

/** Takes the empty leaf at the end of an owned path out of the tree. Leaves the path invalid. */
export function dropLeaf(tree: TreeState, path: Path): void {
  const arena = tree.arena;
  if (tree.height === 0) return;
  let level = 1;
  while (level <= tree.height && arena.inners.counts[path.nodes[level]!] === 1) level++;
  if (level > tree.height) {
    mark("balance.last-leaf");
    const old = tree.root;
    const height = tree.height;
    arena.leaves.shares[path.leaf]!++;
    setRoot(tree, path.leaf, 0);
    arena.release(old, height);
    tree.nodeCount = 1;
    return;
  }
  const node = path.nodes[level]!;
  const slot = path.slots[level]!;
  const kid = kidAt(arena, node, slot);
  removeKids(arena, node, slot, slot + 1);
  arena.release(kid, level - 1);
  tree.nodeCount -= level;
  mendInner(tree, path, level);
}

// Making room in a full node and mending a poor one; the only file that changes how many levels there are.
import { MapleFullError } from "./assert.js";
import { measure } from "./bounds.js";
import { GAPS, INNER, keyAt, LEAF, LEAF_MIN, SPARE } from "./layout.js";
import { mark } from "./mark.js";
import { arrive, kidAt, ownKid, type Path, setLow, startAt } from "./path.js";
import { insertKid, moveSlots, removeSlots } from "./pool.js";
import { owns, poolAt, release, setRoot, type TreeState } from "./state.js";

/** Throws MapleFullError unless the tree may have `more` nodes. */
export function checkNodes(tree: TreeState, more: number): void {
  if (tree.nodeCount + more > tree.maxNodes) throw new MapleFullError(tree.maxNodes, tree.nodeCount + more);
}

/** Throws MapleFullError unless room can be made in a full leaf at the end of the path. */
export function checkRoom(tree: TreeState, path: Path): void {
  let level = 0;
  do {
    if (roomySide(tree, path, level) !== 0) break;
    level++;
  } while (level <= tree.levels && tree.inners.counts[path.parents[level]!] === INNER);
  // One node for each level that splits, and a root when all do.
  checkNodes(tree, level > tree.levels ? level + 1 : level);
}

/** Which neighbour of the path's node has room to take as many slots as a node must have: -1 left, 1 right, 0 none. */
function roomySide(tree: TreeState, path: Path, level: number): number {
  if (level === tree.levels) return 0;
  const pool = poolAt(tree, level);
  const parent = path.parents[level + 1]!;
  const slot = path.slots[level + 1]!;
  const most = pool.most - pool.fewest;
  if (slot > 0 && pool.counts[kidAt(tree, parent, slot - 1)]! <= most) return -1;
  const right = slot + 1 < tree.inners.counts[parent]!;
  return right && pool.counts[kidAt(tree, parent, slot + 1)]! <= most ? 1 : 0;
}

/**
 * Makes room for two entries before `path.slot` of the full leaf of an owned path, by handing entries to a
 * neighbour or by splitting.
 * Assumes that checkRoom passed, and that what will be inserted ends at or below the start at `path.slot`.
 * Leaves the path at the slot of the leaf where to insert.
 */
export function makeRoom(tree: TreeState, path: Path): void {
  // Whoever appends fills every node: at the end of the tree the old one stays as it is, but for the spare slots.
  const append = path.slot === LEAF && path.high === tree.max;
  sync(path);
  room(tree, path, 0, startAt(tree, path.leaf, LEAF - SPARE), append);
  settle(tree, path);
}

/** Lets level 0 of the path's lists stand for the leaf, as balancing treats all levels alike. */
function sync(path: Path): void {
  path.parents[0] = path.leaf;
  path.slots[0] = path.slot;
}

function settle(tree: TreeState, path: Path): void {
  path.leaf = path.parents[0]!;
  path.slot = path.slots[0]!;
  arrive(tree, path);
}

/** Makes room in the path's node at `level`. Where somebody appends, the node behind it will begin at `key`. */
function room(tree: TreeState, path: Path, level: number, key: number, append: boolean): void {
  const pool = poolAt(tree, level);
  const { most } = pool; // as many as the node has
  const at = path.slots[level]!;
  const up = level + 1;
  if (level === tree.levels) {
    mark("balance.new-root");
    const root = tree.inners.take();
    tree.nodeCount++;
    insertKid(tree.inners, root, 0, tree.min, Infinity, tree.root);
    setRoot(tree, root, up);
    path.parents[up] = root;
    path.slots[up] = 0;
  }
  const side = roomySide(tree, path, level);
  const slot = path.slots[up]!;
  if (side !== 0) {
    const space = most - pool.counts[kidAt(tree, path.parents[up]!, slot + side)]!;
    // Filling in one direction: hand on as much as fits, so that what lies behind stays full.
    const n = at === (side < 0 ? most : 0) ? Math.min(space, most - pool.fewest) : space >> 1;
    if (side < 0) mark("balance.hand-left");
    else mark("balance.hand-right");
    shift(tree, path, level, side < 0 ? slot : slot + 1, n * side, 1);
    return;
  }
  // What is free behind the key will be the new node's matter.
  if (append) measure(tree, path, up, slot, key);
  path.slots[up] = slot + 1;
  if (tree.inners.counts[path.parents[up]!] === INNER) {
    mark("balance.split-inner");
    room(tree, path, up, key, append);
  }
  const right = pool.take();
  tree.nodeCount++;
  const { parents, slots } = path;
  const place = slots[up]!;
  insertKid(tree.inners, parents[up]!, place, append ? key : Infinity, append ? tree.max - key : 0, right);
  if (append) {
    const spare = level > 0 ? 0 : SPARE;
    moveSlots(pool, parents[level]!, most - spare, right, 0, spare);
    parents[level] = right;
    slots[level] = spare;
    return;
  }
  slots[up] = place - 1;
  const left = at === 0 && path.low === tree.min ? SPARE : most >> 1;
  // Both parts keep the bound of the whole: to look for their own holes would cost more than a search misled.
  shift(tree, path, level, place, most - left, 1);
}

/**
 * Moves `n` slots over the boundary between the children `slot - 1` and `slot` of the path's node above
 * `level`, to the right, or to the left if `n` is negative. The path stays with the slot it is at; where that
 * is the boundary, at the end of the left node if `before` is 1, else in the right one.
 */
function shift(tree: TreeState, path: Path, level: number, slot: number, n: number, before: number): void {
  const pool = poolAt(tree, level);
  const up = level + 1;
  const parent = path.parents[up]!;
  const left = ownKid(tree, path, level, slot - 1);
  const right = ownKid(tree, path, level, slot);
  const held = pool.counts[left]!;
  const at = path.slots[level]! + (path.slots[up] === slot ? held : 0);
  if (n > 0) moveSlots(pool, left, held - n, right, 0, n);
  else moveSlots(pool, right, 0, left, held, -n);
  const keys = tree.inners.table;
  const place = keyAt(parent, slot);
  if (level > 0) {
    // The first child of the right one comes to stand behind another, and now has a key.
    keys[n > 0 ? keyAt(right, n) : keyAt(left, held)] = keys[place]!;
  }
  keys[place] = pool.numbersOf(right)[pool.base(right) << 1]!;
  const gap = place + GAPS;
  keys[n > 0 ? gap : gap - 1] = Math.max(keys[gap]!, keys[gap - 1]!);
  const stays = at < held - n + before;
  path.parents[level] = stays ? left : right;
  path.slots[level] = stays ? at : at - held + n;
  path.slots[up] = stays ? slot - 1 : slot;
}

/** Mends the leaf of an owned path when it has become poor, but not empty. The path keeps its entry. */
export function mendLeaf(tree: TreeState, path: Path): void {
  if (tree.leaves.counts[path.leaf]! >= LEAF_MIN) return;
  sync(path);
  mend(tree, path, 0);
  settle(tree, path);
}

/** Mends the path's node at `level` after it has lost slots. */
function mend(tree: TreeState, path: Path, level: number): void {
  const { inners } = tree;
  if (level >= tree.levels) {
    while (tree.levels > 0 && inners.counts[tree.root] === 1) {
      mark("balance.lower-root");
      const old = tree.root;
      setRoot(tree, kidAt(tree, old, 0), tree.levels - 1);
      // Where two levels go at once, the second root was not on the path.
      if (owns(tree, old, 1)) inners.give(old);
      else tree.hold!.dead.push(~old);
      tree.nodeCount--;
    }
    return;
  }
  const pool = poolAt(tree, level);
  const up = level + 1;
  const parent = path.parents[up]!;
  // An only child is at the edge of the tree, where nodes may be poor.
  if (pool.counts[path.parents[level]!]! >= pool.fewest || inners.counts[parent] === 1) return;
  const slot = Math.max(path.slots[up]!, 1);
  const left = pool.counts[kidAt(tree, parent, slot - 1)]!;
  const right = pool.counts[kidAt(tree, parent, slot)]!;
  const all = left + right;
  if (all * 4 > pool.most * 3) {
    mark("balance.borrow");
    shift(tree, path, level, slot, left - (all >> 1), 0);
    return;
  }
  mark("balance.join");
  shift(tree, path, level, slot, -right, 1);
  dropKid(tree, path, level, slot);
}

/** Takes the child `slot` out of the path's node above `level`, with what is below. */
function dropKid(tree: TreeState, path: Path, level: number, slot: number): void {
  const parent = path.parents[level + 1]!;
  const kid = kidAt(tree, parent, slot);
  removeSlots(tree.inners, parent, slot, slot + 1);
  release(tree, kid, level, 0); // the path was made writable
  tree.nodeCount--;
  mend(tree, path, level + 1);
}

/** Takes the empty leaf at the end of an owned path out of the tree, with parents of it alone. Leaves the path invalid. */
export function dropLeaf(tree: TreeState, path: Path): void {
  let level = 1; // the root has at least two children
  while (tree.inners.counts[path.parents[level]!] === 1) level++;
  setLow(tree, path, path.high); // where it was the first one, the next one is now
  tree.nodeCount -= level - 1;
  dropKid(tree, path, level - 1, path.slots[level]!);
}

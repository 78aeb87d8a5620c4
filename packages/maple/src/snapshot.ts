// Versions that share their nodes: taken in O(1), copied node by node when one of them is written.
import type { Pool } from "./pool.js";
import { type Arena, type Hold, poolAt, release, type TreeState } from "./state.js";

/** Drops the holds of trees that were collected without dispose(). Made with the first snapshot. */
let registry: FinalizationRegistry<Hold> | undefined;

/** What a disposed tree has instead of an arena: whatever is asked of it throws. */
const GONE: unknown = new Proxy(
  {},
  {
    get(): never {
      throw new TypeError("this tree was disposed");
    },
  },
);

/** The tree's hold on its nodes, dropped when the tree is collected. */
function holdOf(tree: TreeState): Hold {
  if (tree.hold === undefined) {
    tree.hold = { arena: tree.arena, root: tree.root, height: tree.height, live: true };
    registry ??= new FinalizationRegistry(letGo);
    registry.register(tree, tree.hold, tree.hold);
  }
  return tree.hold;
}

function letGo(hold: Hold): void {
  if (!hold.live) return;
  hold.live = false;
  hold.arena.holders--;
  release(hold.arena, hold.root, hold.height);
}

/** Makes `copy`, a new tree, hold the nodes of `tree`. O(1). */
export function share(tree: TreeState, copy: TreeState, frozen: boolean): void {
  const arena = tree.arena;
  poolAt(tree, tree.height).shares[tree.root]!++;
  arena.holders++;
  holdOf(tree);
  tree.epoch++;
  copy.height = tree.height;
  copy.entryCount = tree.entryCount;
  copy.nodeCount = tree.nodeCount;
  if (frozen) copy.epoch = NaN; // equal to no path's: every write asks, and is refused
  holdOf(copy);
}

/** Drops the tree's nodes. What is left of it throws. */
export function drop(tree: TreeState): void {
  if (tree.arena === GONE) return;
  const hold = holdOf(tree);
  registry?.unregister(hold);
  letGo(hold);
  tree.arena = GONE as Arena;
  tree.leaves = tree.inners = GONE as Pool;
  tree.version++;
}

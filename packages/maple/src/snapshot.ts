// Versions that share their nodes: taken in O(1), copied node by node when one of them is written.
//
// Taking a version parts what the tree has: the nodes that are there are from then on those of a version above both,
// which nobody can read; what either makes later is younger than the time they parted, and its own. With more versions
// this becomes a binary tree, at whose ends are those that can be read:
//
//       above                    above
//       /   \                    /   \
//    tree   version          above   version
//                            /   \
//                         tree   version
//
// Who copies a node of the version above puts the old one on its list of the dead. When a version is dropped, its own
// nodes are freed, and the one beside it takes the place of the one above, of whose nodes it frees those that are dead
// to it. What is older still goes on the list that came with the place. So no node is counted: copying one costs its
// slots, dropping a version what is freed and the list of the one beside it.
import { passTime } from "./pool.js";
import { type Hold, poolAt, release, type TreeState } from "./state.js";

/** Drops the versions of trees that were collected without dispose(). Made with the first snapshot. */
let registry: FinalizationRegistry<Hold> | undefined;

/** What a disposed tree has instead of its nodes: whatever is asked of it throws. */
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
    const { leaves, inners, root, levels } = tree;
    tree.hold = { leaves, inners, root, levels, since: 0, dead: [], above: undefined, beside: undefined };
    registry ??= new FinalizationRegistry(letGo);
    registry.register(tree, tree.hold, tree.hold);
  }
  return tree.hold;
}

function letGo(hold: Hold): void {
  const { above, beside } = hold;
  if (above === undefined || beside === undefined) return; // the nodes go with their last tree
  release(hold, hold.root, hold.levels, hold.since);
  for (const node of beside.dead) {
    const pool = poolAt(hold, -node); // the complement of an inner node is below 0
    const at = node < 0 ? ~node : node;
    if (pool.births[at]! < above.since) above.dead.push(node);
    else pool.give(at);
  }
  beside.dead = above.dead;
  beside.since = above.since;
  beside.above = above.above;
  beside.beside = above.beside;
  if (beside.beside !== undefined) beside.beside.beside = beside;
}

/** Makes `copy`, a new tree, have the nodes of `tree`. O(1). */
export function share(tree: TreeState, copy: TreeState, frozen: boolean): void {
  const one = holdOf(tree);
  const above = { ...one };
  if (one.beside !== undefined) one.beside.beside = above;
  copy.levels = tree.levels;
  copy.entryCount = tree.entryCount;
  copy.nodeCount = tree.nodeCount;
  copy.frozen = frozen;
  const other = holdOf(copy);
  one.since = other.since = passTime();
  one.dead = [];
  one.above = other.above = above;
  one.beside = other;
  other.beside = one;
}

/** Drops the tree's nodes. What is left of it throws. */
export function drop(tree: TreeState): void {
  const { hold } = tree;
  if (hold === GONE) return;
  if (hold !== undefined) {
    registry!.unregister(hold);
    letGo(hold);
  }
  tree.hold = tree.leaves = tree.inners = GONE as never;
  tree.version++;
}

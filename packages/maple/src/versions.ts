// The "./versions" entry of @vma/maple, and all of it: versions of a tree in O(1). (snapshot.ts says how.)
import { MapleTree } from "./maple-tree.js";
import type { Rules } from "./rules.js";
import { drop, share } from "./snapshot.js";

function version<V>(tree: MapleTree<V>, frozen: boolean): MapleTree<V> {
  const { min, max, maxNodes } = tree;
  const rules = tree.rules as Rules<V> | undefined;
  const copy = new MapleTree<V>({ rules, maxNodes, min, max, nodesOf: tree });
  share(tree, copy, frozen);
  return copy;
}

/** An independent tree with the same entries, in O(1): nodes are copied when either tree writes them. */
export function clone<V>(tree: MapleTree<V>): MapleTree<V> {
  return version(tree, false);
}

/** The tree as it is now, in O(1), for reading: it stays so whatever is written later. */
export function snapshot<V>(tree: MapleTree<V>): MapleTree<V> {
  return version(tree, true);
}

/**
 * Drops the nodes of this version; it cannot be used any more. Not needed, but a version that is only
 * forgotten keeps its nodes until the garbage collector notices.
 */
export function dispose<V>(tree: MapleTree<V>): void {
  drop(tree);
}

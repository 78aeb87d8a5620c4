// What a tree is: a root among the nodes of two pools, and the counters that its parts share.
import type { Pool } from "./pool.js";
import type { Rules } from "./rules.js";

/** The nodes of a tree and of the versions that share them. */
export interface Arena {
  readonly leaves: Pool;
  readonly inners: Pool;
}

/** The nodes below one root. */
export interface Rooted extends Arena {
  /** A leaf, or an inner node, as the levels say. */
  readonly root: number;
}

/** What a version has of an arena, apart from the tree object, so that it can be dropped after it: see snapshot.ts. */
export interface Hold extends Arena {
  root: number;
  levels: number;
  /** When it parted from the version beside it: younger nodes are its own, the others those of the version above. */
  since: number;
  /** The nodes of the version above that it has no more; of inner nodes the complement (~). */
  dead: number[];
  /** What both had when they parted; nobody can read it any more. */
  above: Hold | undefined;
  beside: Hold | undefined;
}

export class TreeState {
  /** @internal */
  leaves: Pool;
  /** @internal */
  inners: Pool;
  /** @internal A leaf when `levels` is 0, else an inner node. */
  root: number;
  /** @internal Levels of inner nodes. */
  levels = 0;
  /** @internal Number of entries. */
  entryCount = 0;
  /** @internal Number of nodes of this version. */
  nodeCount = 1;
  /** @internal Grows with every change; cursors compare it. */
  version = 0;
  /** @internal Whether it is a snapshot, which must not be written. */
  frozen = false;
  /** @internal The hold that is kept in step with the root, once there is a snapshot. */
  hold: Hold | undefined = undefined;
  /** @internal The caller's rules for cutting and joining entries, if any. */
  rules: Rules<unknown> | undefined = undefined;
  /** Lowest key of the domain. */
  readonly min: number;
  /** The key after the highest of the domain. */
  readonly max: number;
  /** Most nodes that the tree may have. */
  readonly maxNodes: number;

  /** @internal */
  constructor(from: Rooted, min: number, max: number, maxNodes: number) {
    this.leaves = from.leaves;
    this.inners = from.inners;
    this.root = from.root;
    this.min = min;
    this.max = max;
    this.maxNodes = maxNodes;
  }
}

/** The nodes at a level: leaves at 0. */
export function poolAt(arena: Arena, level: number): Pool {
  return level > 0 ? arena.inners : arena.leaves;
}

/** Gives the tree another root; every change of the root passes here. */
export function setRoot(tree: TreeState, root: number, levels: number): void {
  tree.root = root;
  tree.levels = levels;
  if (tree.hold !== undefined) {
    tree.hold.root = root;
    tree.hold.levels = levels;
  }
}

/** Whether a node of the tree, `level` levels above the leaves, is no other version's. */
export function owns(tree: TreeState, node: number, level: number): boolean {
  return tree.hold === undefined || poolAt(tree, level).births[node]! >= tree.hold.since;
}

/** Frees the nodes of the subtree at `node`, `level` levels above the leaves, that were made since then. */
export function release(arena: Arena, node: number, level: number, since: number): void {
  const pool = poolAt(arena, level);
  if (pool.births[node]! < since) return;
  if (level > 0) {
    const base = pool.base(node);
    for (let i = base; i < base + pool.counts[node]!; i++) release(arena, pool.kids[i]!, level - 1, since);
  }
  pool.give(node);
}

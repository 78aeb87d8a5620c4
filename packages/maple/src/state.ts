// What a tree is: a root among the nodes of two pools, and the counters that its parts share.
import { Pool, removeSlots } from "./pool.js";
import type { Rules } from "./rules.js";

/** The nodes of a tree and of the versions that share them. */
export class Arena {
  readonly leaves: Pool = new Pool(true);
  readonly inners: Pool = new Pool(false);
  /** Trees and snapshots that hold nodes here; while it is 1, every node is held once. */
  holders = 1;
}

/** What a version holds of an arena, apart from the tree object, so that it can be dropped after it. */
export interface Hold {
  readonly arena: Arena;
  root: number;
  height: number;
  /** False once dropped. */
  live: boolean;
}

export class TreeState {
  /** @internal */
  arena: Arena;
  /** @internal The pools of the arena, one step nearer. */
  leaves: Pool;
  /** @internal */
  inners: Pool;
  /** @internal A leaf when `height` is 0, else an inner node. */
  root: number;
  /** @internal Levels of inner nodes. */
  height = 0;
  /** @internal Number of entries. */
  entryCount = 0;
  /** @internal Number of nodes of this version. */
  nodeCount = 1;
  /** @internal Grows with every change; cursors compare it. */
  version = 0;
  /** @internal Grows with every snapshot; a path owned before one must be made writable again. NaN: frozen. */
  epoch = 0;
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

  constructor(arena: Arena, root: number, min: number, max: number, maxNodes: number) {
    this.arena = arena;
    this.leaves = arena.leaves;
    this.inners = arena.inners;
    this.root = root;
    this.min = min;
    this.max = max;
    this.maxNodes = maxNodes;
  }
}

/** The nodes at a level: leaves at 0. */
export function poolAt(tree: TreeState, level: number): Pool {
  return level > 0 ? tree.inners : tree.leaves;
}

/** Gives the tree another root; every change of the root passes here. */
export function setRoot(tree: TreeState, root: number, height: number): void {
  tree.root = root;
  tree.height = height;
  if (tree.hold !== undefined) {
    tree.hold.root = root;
    tree.hold.height = height;
  }
}

/** Drops one hold on the subtree at `node`, `level` levels above the leaves; frees what nobody holds. */
export function release(arena: Arena, node: number, level: number): void {
  const pool = level > 0 ? arena.inners : arena.leaves;
  if (--pool.shares[node]! > 0) return;
  const count = pool.counts[node]!;
  if (level > 0) {
    const kids = arena.inners.kids;
    const base = pool.base(node);
    for (let i = base; i < base + count; i++) release(arena, kids[i]!, level - 1);
  }
  removeSlots(pool, node, 0, count);
  pool.give(node);
}

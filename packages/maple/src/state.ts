// What a tree is: its root in an arena and the counters that its parts share.
import type { Arena } from "./arena.js";

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
  /** @internal The hold that is to be kept in step with the root, once there is a snapshot. */
  hold: Hold | undefined = undefined;
  /** Lowest key of the domain. */
  readonly min: number;
  /** The key after the highest of the domain. */
  readonly max: number;
  /** Most nodes that the tree may have. */
  readonly maxNodes: number;

  constructor(arena: Arena, root: number, min: number, max: number, maxNodes: number) {
    this.arena = arena;
    this.root = root;
    this.min = min;
    this.max = max;
    this.maxNodes = maxNodes;
  }
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

// The tree as a picture, and its figures.
import { GAPS, keyAt } from "./layout.js";
import { endAt, kidAt, startAt, valueAt } from "./path.js";
import { owns, poolAt, type TreeState } from "./state.js";

/** Figures of a tree. */
export interface Stats {
  entries: number;
  /** Leaves and inner nodes of this version. */
  nodes: number;
  leaves: number;
  /** Levels of inner nodes above the leaves. */
  height: number;
  /** Bytes of the arrays, and of views of them, that this tree and its versions share, used or free; values aside. */
  bytes: number;
  /** Entries, as a share of what the leaves have room for: 0 to 1. */
  fill: number;
}

/** Bytes that V8 takes for a view of other memory, about. */
const VIEW = 104;

/** Counts a tree. */
export function stats(tree: TreeState): Stats {
  let leaves = 0;
  const visit = (node: number, level: number): void => {
    if (level === 0) leaves++;
    else for (let i = 0; i < tree.inners.counts[node]!; i++) visit(kidAt(tree, node, i), level - 1);
  };
  visit(tree.root, tree.levels);
  let bytes = 0;
  for (const pool of [tree.leaves, tree.inners]) {
    bytes += (pool.counts.length + pool.births.length) * 8;
    for (const page of pool.numbers) bytes += page.byteLength;
  }
  const { items, views } = tree.leaves;
  for (const page of items) bytes += page.length * 8;
  for (const page of views) bytes += Object.keys(page).length * VIEW;
  bytes += tree.inners.kids.byteLength;
  const { entryCount: entries, nodeCount: nodes, levels: height } = tree;
  return { entries, nodes, leaves, height, bytes, fill: entries / (leaves * tree.leaves.most) };
}

/** Draws a tree, one line for each node and each entry. */
export function dump(tree: TreeState, show: (value: unknown) => string = String): string {
  const lines: string[] = [];
  const visit = (node: number, level: number, indent: string, of: string): void => {
    const pool = poolAt(tree, level);
    const count = pool.counts[node]!;
    const shared = owns(tree, node, level) ? "" : ", shared";
    lines.push(`${indent}${of}${level > 0 ? "inner" : "leaf"} ${node}: ${count} of ${pool.most}${shared}`);
    for (let i = 0; i < count; i++) {
      if (level > 0) {
        const bound = tree.inners.table[keyAt(node, i)]!;
        const gap = tree.inners.table[keyAt(node, i) + GAPS]!;
        const from = i > 0 ? `from ${bound}, ` : "";
        visit(kidAt(tree, node, i), level - 1, `${indent}  `, `${from}holes up to ${gap}: `);
      } else {
        lines.push(
          `${indent}  [${startAt(tree, node, i)}, ${endAt(tree, node, i)}) ${show(valueAt(tree, node, i))}`,
        );
      }
    }
  };
  visit(tree.root, tree.levels, "", "");
  return lines.join("\n");
}

// Every invariant of the tree, one named check each. Returns findings, never throws for a broken tree.
import {
  INNER,
  INNER_MIN,
  INNER_PAGE_BITS,
  INNER_PAGE_MASK,
  INNER_SLOTS,
  LEAF,
  LEAF_BITS,
  LEAF_MIN,
  LEAF_PAGE_BITS,
  LEAF_PAGE_MASK,
} from "./layout.js";
import { endAt, keysBase, keysOf, kidAt, rangesBase, rangesOf, startAt } from "./node.js";
import type { TreeState } from "./state.js";

/** What a subtree was found to have. */
interface Found {
  entries: number;
  nodes: number;
  first: number;
  last: number;
  /** Largest hole between two of its entries. */
  hole: number;
}

/** Checks everything from nothing. Returns one line for each broken invariant; none means sound. */
export function validate(tree: TreeState): string[] {
  const findings: string[] = [];
  const { arena } = tree;
  const say = (holds: boolean, what: string): void => {
    if (!holds) findings.push(what);
  };

  function leafIsSound(leaf: number, low: number, high: number, edge: boolean): Found {
    const count = arena.leaves.counts[leaf]!;
    const ranges = rangesOf(arena, leaf);
    const base = rangesBase(leaf);
    const name = `leaf ${leaf}`;
    say(arena.leaves.shares[leaf]! >= 1, `${name}: in the tree, but free`);
    say(count <= LEAF, `${name}: ${count} entries in ${LEAF} slots`);
    if (tree.height > 0) say(count >= (edge ? 1 : LEAF_MIN), `${name}: poor, only ${count} entries`);
    let before = low;
    let hole = 0;
    for (let i = 0; i < count; i++) {
      const start = startAt(arena, leaf, i);
      const end = endAt(arena, leaf, i);
      say(start < end, `${name}: entry ${i} is empty: [${start}, ${end})`);
      say(start >= before, `${name}: entry ${i} starts at ${start}, below ${before}`);
      if (i > 0) hole = Math.max(hole, start - before);
      before = end;
    }
    say(before <= high, `${name}: ends at ${before}, above its bound ${high}`);
    for (let i = count; i < LEAF; i++) say(ranges[base + i] === Infinity, `${name}: slot ${i} is not closed`);
    const page = leaf >> LEAF_PAGE_BITS;
    const first = (leaf & LEAF_PAGE_MASK) << LEAF_BITS;
    const order = Array.from(arena.order[page]!.subarray(first, first + LEAF));
    say(
      new Set(order).size === LEAF && Math.max(...order) < LEAF,
      `${name}: order is no permutation: ${order}`,
    );
    for (let i = 0; i < LEAF; i++) {
      const empty = arena.values[page]![first + order[i]!] === undefined;
      say(
        empty === i >= count,
        `${name}: slot ${i} ${empty ? "has no value" : "keeps a value it should have lost"}`,
      );
    }
    return { entries: count, nodes: 1, first: ranges[base]!, last: before, hole };
  }

  function innerIsSound(
    node: number,
    level: number,
    low: number,
    high: number,
    left: boolean,
    right: boolean,
  ): Found {
    const count = arena.inners.counts[node]!;
    const keys = keysOf(arena, node);
    const base = keysBase(node);
    const name = `inner ${node} at level ${level}`;
    const min = level === tree.height ? 2 : left || right ? 1 : INNER_MIN;
    say(arena.inners.shares[node]! >= 1, `${name}: in the tree, but free`);
    say(count >= min && count <= INNER, `${name}: ${count} children, not ${min} to ${INNER}`);
    for (let i = Math.max(count, 1); i < INNER_SLOTS; i++) {
      say(keys[base + i] === Infinity, `${name}: bound ${i} is not closed`);
    }
    const all: Found = { entries: 0, nodes: 1, first: Infinity, last: low, hole: 0 };
    for (let i = 0; i < count; i++) {
      const from = i === 0 ? low : keys[base + i]!;
      const to = i + 1 < count ? keys[base + i + 1]! : high;
      say(from < to, `${name}: bounds of child ${i} are ${from}, ${to}`);
      const kid = kidAt(arena, node, i);
      const atLeft = left && i === 0;
      const atRight = right && i === count - 1;
      const found =
        level === 1
          ? leafIsSound(kid, from, to, atLeft || atRight)
          : innerIsSound(kid, level - 1, from, to, atLeft, atRight);
      const gap = keys[base + INNER_SLOTS + i]!;
      const hole = i > 0 ? Math.max(found.hole, found.first - all.last) : found.hole;
      say(gap >= hole, `${name}: gap bound ${i} is ${gap}, below the hole of ${hole}`);
      if (level > 1) {
        const below = keysOf(arena, kid)
          .subarray(keysBase(kid) + INNER_SLOTS)
          .subarray(0, arena.inners.counts[kid]!);
        say(gap >= Math.max(...below), `${name}: gap bound ${i} is ${gap}, below one of its child's bounds`);
      }
      if (i === 0) all.first = found.first;
      all.last = found.last;
      all.hole = Math.max(all.hole, hole);
      all.entries += found.entries;
      all.nodes += found.nodes;
    }
    return all;
  }

  const { min, max, root, height } = tree;
  const found =
    height === 0 ? leafIsSound(root, min, max, true) : innerIsSound(root, height, min, max, true, true);
  say(
    found.entries === tree.entryCount,
    `size is ${tree.entryCount}, but there are ${found.entries} entries`,
  );
  say(found.nodes === tree.nodeCount, `nodeCount is ${tree.nodeCount}, but there are ${found.nodes} nodes`);
  say(tree.nodeCount <= tree.maxNodes, `${tree.nodeCount} nodes, above maxNodes ${tree.maxNodes}`);
  return findings;
}

/** Checks the arena against all its versions: each node is held as often as it is pointed to, none is lost. */
export function validateArena(...versions: TreeState[]): string[] {
  const findings: string[] = [];
  const { arena } = versions[0]!;
  const leaves = new Map<number, number>();
  const inners = new Map<number, number>();
  const visit = (node: number, level: number): void => {
    const seen = level === 0 ? leaves : inners;
    const times = (seen.get(node) ?? 0) + 1;
    seen.set(node, times);
    if (times > 1 || level === 0) return;
    const kids = arena.kids[node >> INNER_PAGE_BITS]!;
    const base = ((node & INNER_PAGE_MASK) * INNER_SLOTS) | 0;
    for (let i = 0; i < arena.inners.counts[node]!; i++) visit(kids[base + i]!, level - 1);
  };
  for (const { root, height } of versions) visit(root, height);
  for (const [kind, pool, seen] of [
    ["leaf", arena.leaves, leaves],
    ["inner", arena.inners, inners],
  ] as const) {
    for (const [node, times] of seen) {
      const shares = pool.shares[node]!;
      if (shares !== times) findings.push(`${kind} ${node}: held ${times} times, but counted ${shares}`);
    }
    if (pool.used !== seen.size) findings.push(`${kind}: ${pool.used} in use, but ${seen.size} reached`);
  }
  if (arena.holders !== versions.length)
    findings.push(`${arena.holders} holders, but ${versions.length} versions`);
  return findings;
}

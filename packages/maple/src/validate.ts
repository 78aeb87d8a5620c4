// Every invariant of the tree, one named check each. Returns findings, never throws for a broken tree.
import { kidAt } from "./path.js";
import { poolAt, type TreeState } from "./state.js";

/** What a subtree was found to have. */
interface Found {
  entries: number;
  nodes: number;
  /** Start of the first entry. */
  first: number;
  /** End of the last entry. */
  last: number;
  /** Its largest hole. */
  hole: number;
}

/** Checks everything from nothing. Returns one line for each broken invariant; none means sound. */
export function validate(tree: TreeState): string[] {
  const findings: string[] = [];
  const say = (holds: boolean, what: string): void => {
    if (!holds) findings.push(what);
  };

  function visit(
    node: number,
    level: number,
    low: number,
    high: number,
    left: boolean,
    right: boolean,
  ): Found {
    const pool = poolAt(tree, level);
    const count = pool.counts[node]!;
    const pairs = pool.pairsOf(node);
    const base = pool.base(node);
    const name = `${level > 0 ? `inner node ${node} of level ${level}` : `leaf ${node}`}:`;
    const isRoot = level === tree.height;
    const min = isRoot ? +(level > 0) * 2 : left || right ? 1 : pool.fewest;
    say(pool.shares[node]! >= 1, `${name} in the tree, but free`);
    say(count >= min && count <= pool.most, `${name} ${count} slots in use, not ${min} to ${pool.most}`);
    for (let i = 0; i < 1 << pool.bits; i++) {
      const empty = pool.items[node >> pool.pageBits]![base + i] === undefined;
      say(i < count || pairs[(base + i) * 2] === Infinity, `${name} slot ${i} is not closed`);
      say(empty === i >= count, `${name} slot ${i} ${empty ? "lost its item" : "keeps an item"}`);
    }
    const all: Found = { entries: 0, nodes: 1, first: Infinity, last: low, hole: 0 };
    for (let i = 0; i < count; i++) {
      const one = pairs[(base + i) * 2]!;
      const other = pairs[(base + i) * 2 + 1]!;
      let first = one;
      let last = other;
      if (level > 0) {
        const from = i > 0 ? one : low;
        const to = i + 1 < count ? pairs[(base + i) * 2 + 2]! : high;
        say(from < to, `${name} child ${i} is bounded by ${from} and ${to}`);
        const below = visit(
          kidAt(tree, node, i),
          level - 1,
          from,
          to,
          left && i === 0,
          right && i === count - 1,
        );
        say(other >= below.hole, `${name} gap bound ${i} is ${other}, below a hole of ${below.hole}`);
        ({ first, last } = below);
        say(i === 0 || first === one, `${name} key ${i} is ${one}, but child ${i} starts at ${first}`);
        all.hole = Math.max(all.hole, below.hole);
        all.entries += below.entries;
        all.nodes += below.nodes;
      } else {
        say(first < last, `${name} entry ${i} is empty: [${first}, ${last})`);
        say(first >= all.last, `${name} entry ${i} starts at ${first}, below ${all.last}`);
        all.hole = Math.max(all.hole, first - all.last);
        all.entries++;
      }
      if (i === 0) all.first = first;
      all.last = last;
    }
    if (level === 0) all.hole = Math.max(all.hole, high - all.last);
    say(all.last <= high, `${name} ends at ${all.last}, above its bound ${high}`);
    return all;
  }

  const found = visit(tree.root, tree.height, tree.min, tree.max, true, true);
  say(
    found.entries === tree.entryCount,
    `size is ${tree.entryCount}, but there are ${found.entries} entries`,
  );
  say(found.nodes === tree.nodeCount, `${tree.nodeCount} nodes were counted, but there are ${found.nodes}`);
  say(found.nodes <= tree.maxNodes, `${found.nodes} nodes are more than maxNodes, ${tree.maxNodes}`);
  return findings;
}

/** Checks the pools against all their versions: each node is held as often as it is pointed to, none is lost. */
export function validateArena(...versions: TreeState[]): string[] {
  const findings: string[] = [];
  const first = versions[0]!;
  const held = [new Map<number, number>(), new Map<number, number>()] as const;
  const visit = (node: number, level: number): void => {
    const seen = held[level > 0 ? 1 : 0];
    const times = (seen.get(node) ?? 0) + 1;
    seen.set(node, times);
    if (times > 1 || level === 0) return;
    for (let i = 0; i < first.inners.counts[node]!; i++) visit(kidAt(first, node, i), level - 1);
  };
  for (const { root, height } of versions) visit(root, height);
  for (const [level, seen] of held.entries()) {
    const pool = poolAt(first, level);
    const name = level > 0 ? "inner node" : "leaf";
    for (const [node, times] of seen) {
      const shares = pool.shares[node]!;
      if (shares !== times) findings.push(`${name} ${node}: held ${times} times, but ${shares} are counted`);
    }
    if (pool.used !== seen.size) findings.push(`${name}: ${pool.used} in use, but ${seen.size} are reached`);
  }
  const { holders } = first.arena;
  if (holders !== versions.length)
    findings.push(`${holders} holders are counted, but there are ${versions.length}`);
  return findings;
}

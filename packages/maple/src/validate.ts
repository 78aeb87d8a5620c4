// Every invariant of the tree, one named check each. Returns findings, never throws for a broken tree.
import { INNER_BITS } from "./layout.js";
import { kidAt } from "./path.js";
import { type Hold, owns, poolAt, type TreeState } from "./state.js";

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
    const numbers = pool.numbersOf(node);
    const base = pool.base(node);
    const name = `${level > 0 ? `inner node ${node} of level ${level}` : `leaf ${node}`}:`;
    const isRoot = level === tree.levels;
    const min = isRoot ? +(level > 0) * 2 : left || right ? 1 : pool.fewest;
    say(pool.births[node]! >= 0, `${name} in the tree, but free`);
    say(count >= min && count <= pool.most, `${name} ${count} slots in use, not ${min} to ${pool.most}`);
    for (let i = 0; i < 1 << pool.bits; i++) {
      const empty = pool.items[node >> pool.pageBits]![base + i] === undefined;
      say(i < count || numbers[base * 2 + i] === Infinity, `${name} slot ${i} is not closed`);
      if (i < count ? empty : !empty && level === 0) {
        say(false, `${name} slot ${i} ${empty ? "lost its item" : "keeps an item"}`);
      }
    }
    const all: Found = { entries: 0, nodes: 1, first: Infinity, last: low, hole: 0 };
    for (let i = 0; i < count; i++) {
      const one = numbers[base * 2 + i]!;
      const other = numbers[base * 2 + i + (1 << pool.bits)]!;
      let first = one;
      let last = other;
      if (level > 0) {
        const from = i > 0 ? one : low;
        const to = i + 1 < count ? numbers[base * 2 + i + 1]! : high;
        say(from < to, `${name} child ${i} is bounded by ${from} and ${to}`);
        const kid = kidAt(tree, node, i);
        say(
          owns(tree, node, level) || !owns(tree, kid, level - 1),
          `${name} child ${i} is not of its version`,
        );
        const below = visit(kid, level - 1, from, to, left && i === 0, right && i === count - 1);
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

  const found = visit(tree.root, tree.levels, tree.min, tree.max, true, true);
  say(
    found.entries === tree.entryCount,
    `size is ${tree.entryCount}, but there are ${found.entries} entries`,
  );
  say(found.nodes === tree.nodeCount, `${tree.nodeCount} nodes were counted, but there are ${found.nodes}`);
  say(found.nodes <= tree.maxNodes, `${found.nodes} nodes are more than maxNodes, ${tree.maxNodes}`);
  return findings;
}

/** The nodes of a version: leaves as they are, inner nodes as their complement (~), as in lists of the dead. */
type Nodes = Set<number>;

/** Checks the arena of all its living versions: who may write which node, who frees it when, and that none is lost. */
export function validateArena(...versions: TreeState[]): string[] {
  const findings: string[] = [];
  const say = (holds: boolean, what: string): void => {
    if (!holds) findings.push(what);
  };
  const arena = versions[0]!;
  const birth = (node: number): number =>
    node < 0 ? arena.inners.births[~node]! : arena.leaves.births[node]!;
  const name = (node: number): string => (node < 0 ? `inner node ${~node}` : `leaf ${node}`);
  const all: Nodes = new Set();

  const reach = (node: number, level: number, into: Nodes): Nodes => {
    into.add(level > 0 ? ~node : node);
    for (let i = 0; level > 0 && i < arena.inners.counts[node]!; i++) {
      reach(arena.inners.kids[(node << INNER_BITS) + i]!, level - 1, into);
    }
    return into;
  };

  /** What the version above a hold has: what the hold's own version has of it, and what is dead to it. */
  const inherited = (hold: Hold, has: Nodes): Nodes => {
    const nodes: Nodes = new Set([...has].filter((node) => birth(node) < hold.since));
    for (const node of hold.dead) {
      say(!has.has(node), `${name(node)}: dead to a version that has it`);
      say(!nodes.has(node), `${name(node)}: dead twice to the same version`);
      say(birth(node) < hold.since, `${name(node)}: dead to a version that should have freed it`);
      nodes.add(node);
    }
    return nodes;
  };

  /** The versions that can be read, and which two parted from each that cannot. */
  const read = new Map<Hold, Nodes>();
  const below = new Map<Hold, Hold[]>();
  let first: Hold | undefined;
  for (const { hold, root, levels } of versions) {
    const has = reach(root, levels, new Set());
    for (const node of has) all.add(node);
    if (hold === undefined) continue;
    say(hold.root === root && hold.levels === levels, `a hold has root ${hold.root}, but its tree ${root}`);
    read.set(hold, has);
    first = hold;
    for (let at = hold; at.above !== undefined; at = at.above) {
      first = at.above;
      const parted = below.get(at.above);
      if (parted === undefined) below.set(at.above, [at]);
      else {
        if (!parted.includes(at)) parted.push(at);
        break;
      }
    }
  }

  const owned: Nodes = new Set();
  /** Checks a version and those below it; returns what it has. */
  const check = (hold: Hold): Nodes => {
    const has = read.get(hold) ?? join(hold);
    for (const node of has) {
      if (birth(node) < hold.since) continue;
      say(!owned.has(node), `${name(node)}: two versions may write it`);
      owned.add(node);
    }
    return has;
  };

  /** What a version has from which two others parted. */
  const join = (hold: Hold): Nodes => {
    const parted = below.get(hold)!;
    const [one, other] = parted;
    if (one === undefined || other === undefined || parted.length > 2) {
      say(false, `${parted.length} versions parted from one, not 2`);
      return new Set();
    }
    say(one.beside === other && other.beside === one, "versions that parted are not beside each other");
    say(one.since === other.since && one.since > hold.since, "versions that parted disagree on when");
    const nodes = inherited(one, check(one));
    const others = inherited(other, check(other));
    for (const node of new Set([...nodes, ...others])) {
      all.add(node);
      say(nodes.has(node) && others.has(node), `${name(node)}: known to one of two versions that parted`);
    }
    return nodes;
  };
  if (first !== undefined) {
    while (first.above !== undefined) first = first.above;
    check(first);
    say(first.since === 0 && first.dead.length === 0, "the version above all others has one above it");
  }

  for (const [level, pool] of [arena.leaves, arena.inners].entries()) {
    const kind = level > 0 ? "inner nodes" : "leaves";
    const used = [...all].filter((node) => node < 0 === level > 0);
    for (const node of used) say(birth(node) >= 0, `${name(node)}: free, but some version has it`);
    const free = pool.births.filter((time) => time < 0).length;
    say(pool.used === used.length, `${pool.used} ${kind} in use, but ${used.length} are reached`);
    say(free === pool.capacity - pool.used, `${free} ${kind} free of ${pool.capacity - pool.used}`);
    for (let node = 0; node < pool.capacity && level === 0; node++) {
      const items = pool.itemsOf(node).slice(pool.base(node), pool.base(node) + pool.most);
      say(
        pool.births[node]! >= 0 || items.every((item) => item === undefined),
        `leaf ${node}: free, but keeps items`,
      );
    }
  }
  return findings;
}

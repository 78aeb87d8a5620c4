/** Ratchets: calls that cut areas and whose cut is still there at the end, by kind of call; and what undoes them. */

import {
  type AddressSpace,
  MADV_DODUMP,
  MADV_DOFORK,
  MADV_HUGEPAGE,
  MADV_KEEPONFORK,
  MADV_NOHUGEPAGE,
  MADV_NORMAL,
  MADV_UNMERGEABLE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  VM_ACCESS_FLAGS,
  type Vma,
} from "@vma/core";
import { type KnownBoundary, knownBoundaries, latest } from "./boundary.js";
import { ADVICE_NAMES, protectionText } from "./call-kind.js";
import type { KindTotals, Provenance, SpaceStory } from "./provenance.js";

/** What happened when an undo was tried on the final map, by the engine. */
export interface UndoTrial {
  /** The call tried: "madvise(MADV_DOFORK)". */
  readonly call: string;
  /** Areas fewer afterwards. */
  readonly saved: number;
}

export interface Ratchet {
  readonly pid: number;
  /** Kind of the call that made the boundaries. */
  readonly kind: string;
  /** VmFlags codes that keep the sides apart. */
  readonly flags: string;
  /** Boundaries of this kind at the end. */
  readonly kept: number;
  readonly totals: KindTotals | null;
  /** Lines of the first and the last call behind them. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** One of the boundaries: where the area below begins, and the boundary itself. Bytes. */
  readonly example: { readonly lower: number; readonly at: number };
  /** The undo that works; null when none of those there are does. */
  readonly undo: UndoTrial | null;
  /** Calls that were tried and did not bring the areas together. */
  readonly tried: readonly string[];
}

export interface RatchetReport {
  readonly ratchets: readonly Ratchet[];
  /** Areas at the end and at most, of the address space with the most. */
  readonly stories: readonly SpaceStory[];
}

interface Candidate {
  readonly call: string;
  run(space: AddressSpace, area: Vma): number;
}

const ADVICE_UNDO: readonly (readonly [flag: string, advice: number])[] = [
  ["dc", MADV_DOFORK],
  ["dd", MADV_DODUMP],
  ["wf", MADV_KEEPONFORK],
  ["rr", MADV_NORMAL],
  ["sr", MADV_NORMAL],
  ["mg", MADV_UNMERGEABLE],
  ["hg", MADV_NOHUGEPAGE],
  ["nh", MADV_HUGEPAGE],
];

function protectionOf(area: Vma): number {
  const bits = area.flags & VM_ACCESS_FLAGS;
  return (
    ((bits & 1) !== 0 ? PROT_READ : 0) |
    ((bits & 2) !== 0 ? PROT_WRITE : 0) |
    ((bits & 4) !== 0 ? PROT_EXEC : 0)
  );
}

/** Calls that might undo what differs, the changed side being `changed`. */
function candidatesFor(boundary: KnownBoundary, changed: Vma, other: Vma): Candidate[] {
  const { flags, codes } = boundary;
  const found: Candidate[] = [];
  const length = changed.end - changed.start;
  for (const [flag, advice] of ADVICE_UNDO) {
    if (!flags.includes(flag)) continue;
    const call = `madvise(${ADVICE_NAMES.get(advice) ?? advice})`;
    found.push({ call, run: (space) => space.madvise(changed.start, length, advice) });
  }
  if (flags.some((flag) => flag === "rd" || flag === "wr" || flag === "ex" || flag === "ac")) {
    const prot = protectionOf(other);
    found.push({
      call: `mprotect(${protectionText(prot)})`,
      run: (space) => space.mprotect(changed.start, length, prot),
    });
  }
  if (flags.includes("lo") || flags.includes("lf")) {
    found.push({ call: "munlock", run: (space) => space.munlock(changed.start, length) });
  }
  if (codes.includes("policy")) {
    found.push({
      call: "mbind(MPOL_DEFAULT)",
      run: (space) => space.mbind(changed.start, length, other.policy),
    });
  }
  if (codes.includes("anon-name")) {
    found.push({
      call: "prctl(PR_SET_VMA)",
      run: (space) => space.setAnonName(changed.start, length, other.anonName),
    });
  }
  return found;
}

/** Tries on the map itself: it is the last state of a replay that is over. */
function tryUndo(story: SpaceStory, boundary: KnownBoundary): { undo: UndoTrial | null; tried: string[] } {
  const { space } = story;
  const upperChanged = (boundary.culprit?.upper ?? 0) >= (boundary.culprit?.lower ?? 0);
  const changed = upperChanged ? boundary.upper : boundary.lower;
  const other = upperChanged ? boundary.lower : boundary.upper;
  const tried: string[] = [];
  for (const candidate of candidatesFor(boundary, changed, other)) {
    const before = space.mapCount;
    const result = candidate.run(space, changed);
    const saved = before - space.mapCount;
    if (result >= 0 && saved > 0) return { undo: { call: candidate.call, saved }, tried };
    tried.push(candidate.call);
  }
  return { undo: null, tried };
}

interface Found {
  readonly story: SpaceStory;
  readonly kind: string;
  readonly flags: string;
  readonly boundaries: KnownBoundary[];
}

/**
 * Boundaries between parts of what was one mapping, with the line of the call that made each. What a fork copied is
 * told of the parent, whose calls they were.
 */
function ratchetBoundaries(story: SpaceStory): (readonly [boundary: KnownBoundary, line: number])[] {
  return knownBoundaries(story).flatMap((boundary) => {
    const line = boundary.culprit === null ? 0 : latest(boundary.culprit);
    if (!boundary.once || boundary.culprit?.field === "mapping" || line <= story.bornAt) return [];
    return [[boundary, line] as const];
  });
}

/** The lines whose calls `findRatchets` asks for. */
export function ratchetLines(provenance: Provenance): Set<number> {
  return new Set(provenance.stories().flatMap((story) => ratchetBoundaries(story).map(([, line]) => line)));
}

/**
 * Boundaries between parts of what was one mapping, by the kind of call that made them. `kindOf` tells the kind of the
 * call on a line. Tries the undo on the final maps, which are changed by that.
 */
export function findRatchets(
  provenance: Provenance,
  kindOf: (line: number) => string | undefined,
): RatchetReport {
  const stories = provenance.stories();
  const groups = new Map<string, Found>();
  for (const story of stories) {
    for (const [boundary, line] of ratchetBoundaries(story)) {
      const kind = kindOf(line);
      if (kind === undefined) continue;
      const flags = boundary.flags.join(" ");
      const key = `${story.spaceId} ${kind} ${flags}`;
      const found = groups.get(key);
      if (found === undefined) groups.set(key, { story, kind, flags, boundaries: [boundary] });
      else found.boundaries.push(boundary);
    }
  }
  const ratchets = [...groups.values()].map(({ story, kind, flags, boundaries }): Ratchet => {
    const lines = boundaries.map(({ culprit }) => (culprit === null ? 0 : latest(culprit)));
    const example = boundaries[0] as KnownBoundary;
    return {
      pid: story.pid,
      kind,
      flags,
      kept: boundaries.length,
      totals: story.kinds.get(kind) ?? null,
      firstLine: lines.reduce((least, line) => Math.min(least, line), Number.POSITIVE_INFINITY),
      lastLine: lines.reduce((most, line) => Math.max(most, line), 0),
      example: { lower: example.lower.start, at: example.upper.start },
      ...tryUndo(story, example),
    };
  });
  ratchets.sort((a, b) => b.kept - a.kept || a.firstLine - b.firstLine);
  return { ratchets, stories };
}

/**
 * The ways in which the engine before the series and the one after it may differ. Each class is told by what stood
 * there and what both did, not by the fact that they differ: a difference that fits none of them is unlisted.
 */

import { markedAreas } from "../truth/compare.js";
import type { TruthArea, TruthInput, TruthOutput } from "../truth/format.js";
import type { SpaceEntry } from "./space.js";

/** What differs: the returned area, the areas or their count; or only which areas were marked for writing. */
export type DifferenceKind = "result" | "marks";

export interface DifferenceClass {
  /** Row of the table of differences. */
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly where: string;
  readonly before: string;
  readonly after: string;
}

export const DIFFERENCE_CLASSES: readonly DifferenceClass[] = [
  {
    id: "1",
    kind: "result",
    where: "new range, N has a close hook, P does not fit",
    before: "no merge",
    after: "N grows down",
  },
  {
    id: "2",
    kind: "result",
    where: "upper part of an area, N has a close hook",
    before: "no merge (case 4 refused)",
    after: "N grows down, V shrinks",
  },
  {
    id: "3",
    kind: "result",
    where: "all of an area, N has a close hook, P does not fit",
    before: "no merge (case 8 refused)",
    after: "N absorbs V",
  },
  {
    id: "4",
    kind: "result",
    where: "all of an area that has a close hook, both sides fit",
    before: "case 6: V and N deleted, V's hook never called",
    after: "no merge",
  },
  {
    id: "5",
    kind: "result",
    where: "all of an area that has a close hook, only N fits",
    before: "case 8: V deleted, its hook never called",
    after: "no merge",
  },
  {
    id: "6",
    kind: "marks",
    where: "all of an area that has a close hook, P fits",
    before: "no merge (case 7 refused), P and V marked",
    after: "no merge, nothing marked",
  },
  {
    id: "7a",
    kind: "result",
    where: "mmap, P never written, N written",
    before: "N grows alone",
    after: "P absorbs both, N's chain cloned",
  },
  {
    id: "7b",
    kind: "result",
    where: "mmap, P and N written, different objects",
    before: "N grows",
    after: "P grows",
  },
  {
    id: "7c",
    kind: "result",
    where: "mmap, P came through a fork, N has the same object",
    before: "P swallows both",
    after: "only N grows",
  },
  {
    id: "8",
    kind: "result",
    where: "modify, no memory inside the merge",
    before: "failure hidden: split, or V unmerged",
    after: "ENOMEM",
  },
  {
    id: "failure",
    kind: "marks",
    where: "a failing allocation in a merge that only one of them tries, or tries on another area",
    before: "areas of its own attempt marked",
    after: "areas of its own attempt marked",
  },
];

/** One scenario and what both engines made of it. */
export interface Compared {
  readonly entry: SpaceEntry;
  readonly input: TruthInput;
  readonly before: TruthOutput;
  readonly after: TruthOutput;
}

/** What differs between the two outcomes, or null when nothing does that counts. */
export function differenceOf({ before, after }: Compared): DifferenceKind | null {
  const same =
    before.ret === after.ret &&
    before.cnt === after.cnt &&
    JSON.stringify(before.vmas) === JSON.stringify(after.vmas);
  if (!same) return "result";
  return markedAreas(before) === markedAreas(after) ? null : "marks";
}

interface Cast {
  readonly prev: TruthArea | undefined;
  readonly vma: TruthArea | undefined;
  readonly next: TruthArea | undefined;
}

function named(input: TruthInput): Cast {
  const find = (name: string): TruthArea | undefined => input.vmas.find(({ n }) => n === name);
  return { prev: find("P"), vma: find("V"), next: find("N") };
}

const closes = (area: TruthArea | undefined): boolean => area?.cl === 1;
const gone = (output: TruthOutput, name: string): boolean => !output.vmas.some(({ n }) => n === name);
/** What modify returns when it has not merged: V, whole or what is left of it. */
const unmerged = (output: TruthOutput): boolean => output.ret === null || output.ret === "V";

/** The class of a difference, or null when it is none of the listed ones. */
export function classify(compared: Compared): string | null {
  const kind = differenceOf(compared);
  if (kind === null) return null;
  const { entry, input, before, after } = compared;
  const { prev, vma, next } = named(input);
  const request = input.vmg;
  if (request === undefined) return null;
  if (kind === "marks") {
    const refusedLate = vma !== undefined && closes(vma) && before.case === 7 && unmerged(after);
    if (refusedLate && markedAreas(after) === "" && markedAreas(before) === "P V") return "6";
    return input.fail === undefined ? null : "failure";
  }
  if (input.fail !== undefined) {
    if (entry !== "modify") return null;
    return after.ret === -12 && (before.hit === "clone" || before.hit === "prealloc") ? "8" : null;
  }
  if (entry === "new" || entry === "mmap") {
    if (closes(next) && before.ret === null && after.ret === "N") return "1";
    return entry === "mmap" ? classifyPairing(prev, next, before, after) : null;
  }
  const whole = vma !== undefined && request.s === vma.s && request.e === vma.e;
  const upper = vma !== undefined && request.s > vma.s && request.e === vma.e;
  if (upper && closes(next) && unmerged(before) && after.ret === "N") return "2";
  if (!whole) return null;
  if (!closes(vma))
    return closes(next) && unmerged(before) && after.ret === "N" && gone(after, "V") ? "3" : null;
  if (!gone(before, "V") || !unmerged(after)) return null;
  if (before.case === 6 && before.ret === "P") return "4";
  return before.case === 8 && before.ret === "N" ? "5" : null;
}

function classifyPairing(
  prev: TruthArea | undefined,
  next: TruthArea | undefined,
  before: TruthOutput,
  after: TruthOutput,
): string | null {
  if (prev === undefined || next === undefined || closes(next)) return null;
  if (prev.av === null && next.ch.length === 1 && before.ret === "N" && after.ret === "P") return "7a";
  if (
    prev.av !== null &&
    next.av !== null &&
    prev.av !== next.av &&
    before.ret === "N" &&
    after.ret === "P"
  ) {
    return "7b";
  }
  const inherited = prev.ch.length > 1 && prev.av === next.av;
  return inherited && before.ret === "P" && after.ret === "N" ? "7c" : null;
}

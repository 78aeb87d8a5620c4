/** Two maps held against each other: what appeared, went, grew, shrank, split, merged or changed its flags. */

import type { MapArea } from "../input/area.js";
import { differingFlags } from "./pair.js";

export type ChangeKind =
  | "appeared"
  | "gone"
  | "grew"
  | "shrank"
  | "moved"
  | "split"
  | "merged"
  | "rearranged"
  | "changed";

/** One place where the two maps differ; areas that overlap are told of together. */
export interface MapChange {
  readonly kind: ChangeKind;
  readonly before: readonly MapArea[];
  readonly after: readonly MapArea[];
  /** What else differs besides the bounds: "rw-p -> r--p", "+dd", "-ac", "offset", "name"; empty for none. */
  readonly attributes: readonly string[];
}

export interface MapDiff {
  readonly before: number;
  readonly after: number;
  /** In address order. */
  readonly changes: readonly MapChange[];
  /** Areas that are the same in both. */
  readonly unchanged: number;
}

/** Attributes other than bounds in which two areas differ. */
function attributeChanges(before: MapArea, after: MapArea): string[] {
  const found: string[] = [];
  if (before.permissions !== after.permissions) found.push(`${before.permissions} -> ${after.permissions}`);
  if (before.flagText !== null && after.flagText !== null) {
    const { onlyLower, onlyUpper } = differingFlags(before, after);
    const rights = new Set(["rd", "wr", "ex"]);
    for (const code of onlyUpper) if (!rights.has(code)) found.push(`+${code}`);
    for (const code of onlyLower) if (!rights.has(code)) found.push(`-${code}`);
  }
  if (before.name !== after.name) found.push("name");
  if (before.inode !== after.inode || before.device !== after.device) found.push("file");
  else if (before.inode !== 0 && before.offset - before.start !== after.offset - after.start)
    found.push("offset");
  return found;
}

/** Compares two maps in one pass over both. */
export function diffMaps(before: readonly MapArea[], after: readonly MapArea[]): MapDiff {
  const changes: MapChange[] = [];
  let unchanged = 0;
  let b = 0;
  let a = 0;
  while (b < before.length || a < after.length) {
    const left: MapArea[] = [];
    const right: MapArea[] = [];
    // A group grows as long as the next area of either map overlaps what is in it.
    let end = Number.NEGATIVE_INFINITY;
    for (;;) {
      const nextLeft = before[b];
      const nextRight = after[a];
      const takeLeft =
        nextLeft !== undefined &&
        (left.length + right.length === 0
          ? nextRight === undefined || nextLeft.start <= nextRight.start
          : nextLeft.start < end);
      if (takeLeft && nextLeft !== undefined) {
        left.push(nextLeft);
        end = Math.max(end, nextLeft.end);
        b += 1;
      } else if (nextRight !== undefined && (left.length + right.length === 0 || nextRight.start < end)) {
        right.push(nextRight);
        end = Math.max(end, nextRight.end);
        a += 1;
      } else break;
    }
    const change = changeOf(left, right);
    if (change === null) unchanged += 1;
    else changes.push(change);
  }
  return { before: before.length, after: after.length, changes, unchanged };
}

function changeOf(before: readonly MapArea[], after: readonly MapArea[]): MapChange | null {
  const [lower] = before;
  const [upper] = after;
  if (lower === undefined || upper === undefined) {
    return { kind: lower === undefined ? "appeared" : "gone", before, after, attributes: [] };
  }
  if (before.length === 1 && after.length === 1) {
    const attributes = attributeChanges(lower, upper);
    const kind = boundsChange(lower, upper);
    if (kind === null && attributes.length === 0) return null;
    return { kind: kind ?? "changed", before, after, attributes };
  }
  const attributes = [...new Set(after.flatMap((area) => attributeChanges(nearest(before, area), area)))];
  const kind = before.length === 1 ? "split" : after.length === 1 ? "merged" : "rearranged";
  return { kind, before, after, attributes };
}

/** The area of `areas` that overlaps `area`, or the first. */
function nearest(areas: readonly MapArea[], area: MapArea): MapArea {
  return areas.find((other) => other.start < area.end && area.start < other.end) ?? (areas[0] as MapArea);
}

function boundsChange(before: MapArea, after: MapArea): ChangeKind | null {
  if (before.start === after.start && before.end === after.end) return null;
  if (after.start <= before.start && after.end >= before.end) return "grew";
  if (after.start >= before.start && after.end <= before.end) return "shrank";
  return "moved";
}

/** How many changes of each kind there are. */
export function countChanges(diff: MapDiff): Readonly<Partial<Record<ChangeKind, number>>> {
  const counts: Partial<Record<ChangeKind, number>> = {};
  for (const { kind } of diff.changes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

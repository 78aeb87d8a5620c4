/** The boundaries of an address space under replay: all reasons, hidden ones too, and the call behind each. */

import {
  apartReasons,
  explainReasons,
  flagDifference,
  type HistoryField,
  REASON_CODES,
  type ReasonCode,
  type ReasonDetail,
  reasonCodes,
  VM_MAYBE_GUARD,
  VM_SOFTDIRTY,
  type Vma,
} from "@vma/core";
import type { SpaceStory } from "./provenance.js";

/** Who set an attribute on either side: lines of the trace, or null for what was there before. */
export interface Origin {
  readonly field: HistoryField;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** One pair of touching areas. */
export interface KnownBoundary {
  readonly lower: Vma;
  readonly upper: Vma;
  readonly reasons: number;
  readonly codes: readonly ReasonCode[];
  /** VmFlags codes that differ, sorted. */
  readonly flags: readonly string[];
  /** The attribute whose difference came last, and with it the call that made the boundary. */
  readonly culprit: Origin | null;
  /** Both sides were one mapping once. */
  readonly once: boolean;
}

/** The attribute that a flag belongs to. */
const FLAG_FIELDS: Readonly<Record<string, HistoryField>> = {
  rd: "access",
  wr: "access",
  ex: "access",
  ac: "access",
  dc: "advice",
  dd: "advice",
  wf: "advice",
  rr: "advice",
  sr: "advice",
  hg: "advice",
  nh: "advice",
  mg: "advice",
  lo: "lock",
  lf: "lock",
  sl: "seal",
  um: "uffd",
  uw: "uffd",
  ui: "uffd",
};

function fieldsOf(codes: readonly ReasonCode[], flags: readonly string[]): Set<HistoryField> {
  const fields = new Set<HistoryField>();
  for (const flag of flags) fields.add(FLAG_FIELDS[flag] ?? "mapping");
  for (const code of codes) {
    if (code === "anon-name") fields.add("name");
    else if (code === "policy") fields.add("policy");
    else if (code === "uffd-context") fields.add("uffd");
    else if (code !== "flags") fields.add("mapping");
  }
  return fields;
}

/** All touching pairs of a story's last state, in address order. */
export function knownBoundaries(story: SpaceStory): KnownBoundary[] {
  const { space, history } = story;
  const found: KnownBoundary[] = [];
  let lower: Vma | null = null;
  for (const upper of space.areas()) {
    if (lower !== null && lower.end === upper.start) found.push(boundaryOf(story, lower, upper));
    lower = upper;
  }
  return found;

  function boundaryOf({ space: { profile } }: SpaceStory, below: Vma, above: Vma): KnownBoundary {
    const reasons = apartReasons(profile, below, above);
    const codes = reasonCodes(reasons);
    const differing = flagDifference(below, above, VM_SOFTDIRTY | VM_MAYBE_GUARD);
    const flags = [...differing.onlyLower, ...differing.onlyUpper].sort();
    let culprit: Origin | null = null;
    for (const field of fieldsOf(codes, flags)) {
      const origin: Origin = {
        field,
        lower: history.originOf(field, below.end - 1) ?? null,
        upper: history.originOf(field, above.start) ?? null,
      };
      if (culprit === null || latest(origin) > latest(culprit)) culprit = origin;
    }
    const mapping = (address: number): number | undefined => history.originOf("mapping", address);
    const once = below.file === above.file && mapping(below.end - 1) === mapping(above.start);
    return { lower: below, upper: above, reasons, codes, flags, culprit, once };
  }
}

/** The line of the later of two calls; 0 when neither is known. */
export function latest(origin: Origin): number {
  return Math.max(origin.lower ?? 0, origin.upper ?? 0);
}

/** The reasons of a boundary in words. */
export function boundaryDetails(boundary: KnownBoundary): ReasonDetail[] {
  return explainReasons(boundary.reasons, boundary.lower, boundary.upper);
}

/** Whether nothing that smaps shows keeps the two apart. */
export function isHidden(boundary: KnownBoundary): boolean {
  const visible =
    REASON_CODES.flags |
    REASON_CODES.file |
    REASON_CODES["anon-name"] |
    REASON_CODES.special |
    REASON_CODES.policy;
  const hiddenOffset = boundary.lower.file === null && boundary.upper.file === null;
  return (
    (boundary.reasons & visible) === 0 && (hiddenOffset || (boundary.reasons & REASON_CODES.pgoff) === 0)
  );
}

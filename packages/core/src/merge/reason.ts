/**
 * Why a merge does not happen: a closed set of codes, kept as bits of one integer per side so that asking costs
 * nothing. Text and the two values that differ belong to explain/why.ts.
 */

/** No area touches the range on this side. */
export const REASON_NO_NEIGHBOUR: number = 1 << 0;
/** Flags differ (soft-dirty and the profile's sticky flags apart). */
export const REASON_FLAGS: number = 1 << 1;
/** Different open files, or a file on one side only. */
export const REASON_FILE: number = 1 << 2;
/** The offsets do not continue one another. */
export const REASON_PGOFF: number = 1 << 3;
/** Memory policies differ. */
export const REASON_POLICY: number = 1 << 4;
/** userfaultfd contexts differ. */
export const REASON_UFFD: number = 1 << 5;
/** Anonymous names differ. */
export const REASON_NAME: number = 1 << 6;
/** Both sides have an anonymous object, and not the same one. */
export const REASON_ANON_DIFFERENT: number = 1 << 7;
/** The neighbour's chain came through a fork. */
export const REASON_ANON_INHERITED: number = 1 << 8;
/** The range has an anonymous object and the neighbour was never written to (kernels up to 6.15). */
export const REASON_ANON_UNWRITTEN: number = 1 << 9;
/** The area the range comes from has a chain that came through a fork (6.16 on). */
export const REASON_ANON_SOURCE_INHERITED: number = 1 << 10;
/** Each side fits the range, but the two have different anonymous objects; the one below wins. */
export const REASON_ANON_PAIR: number = 1 << 11;
/** The range carries a flag that never merges: io, dont-expand, pfnmap or mixedmap. */
export const REASON_SPECIAL: number = 1 << 12;
/** The range does not reach this end of its area. */
export const REASON_NOT_AT_END: number = 1 << 13;
/** An area with a close hook would be deleted, or the rule set keeps such areas out of merges. */
export const REASON_CLOSE: number = 1 << 14;
/** The request may only extend the area below it. */
export const REASON_EXPAND_ONLY: number = 1 << 15;
/** A copy that keeps its source may not join it. */
export const REASON_KEPT_SOURCE: number = 1 << 16;

/** One reason a side was refused. */
export type ReasonCode =
  | "no-neighbour"
  | "flags"
  | "file"
  | "pgoff"
  | "policy"
  | "uffd-context"
  | "anon-name"
  | "anon-different"
  | "anon-inherited"
  | "anon-unwritten"
  | "anon-source-inherited"
  | "anon-pair"
  | "special"
  | "not-at-end"
  | "close"
  | "expand-only"
  | "kept-source";

/** The codes by name, in bit order. */
export const REASON_CODES: Readonly<Record<ReasonCode, number>> = {
  "no-neighbour": REASON_NO_NEIGHBOUR,
  flags: REASON_FLAGS,
  file: REASON_FILE,
  pgoff: REASON_PGOFF,
  policy: REASON_POLICY,
  "uffd-context": REASON_UFFD,
  "anon-name": REASON_NAME,
  "anon-different": REASON_ANON_DIFFERENT,
  "anon-inherited": REASON_ANON_INHERITED,
  "anon-unwritten": REASON_ANON_UNWRITTEN,
  "anon-source-inherited": REASON_ANON_SOURCE_INHERITED,
  "anon-pair": REASON_ANON_PAIR,
  special: REASON_SPECIAL,
  "not-at-end": REASON_NOT_AT_END,
  close: REASON_CLOSE,
  "expand-only": REASON_EXPAND_ONLY,
  "kept-source": REASON_KEPT_SOURCE,
};

/** The codes by the number of their bit. */
const CODES = Object.keys(REASON_CODES) as ReasonCode[];
const KNOWN: number = 2 ** CODES.length - 1;

/** The codes in a set of reason bits, in bit order. */
export function reasonCodes(reasons: number): ReasonCode[] {
  const codes: ReasonCode[] = [];
  for (let bits = reasons & KNOWN; bits !== 0; bits &= bits - 1) {
    codes.push(CODES[31 - Math.clz32(bits & -bits)] as ReasonCode);
  }
  return codes;
}

/**
 * Why areas without records do not merge, for those who listen: as `mergeable.ts` and `complete-reasons.ts` say it of
 * areas with records. A cell is one of `object/compact.ts`; NONE is no area.
 */

import type { Mm } from "../mm.js";
import type { AnonVma } from "../object/anon-vma.js";
import { CELL_FLAGS } from "../object/compact.js";
import type { OpenFile } from "../object/file.js";
import { lengthOf } from "./compact.js";
import { objectReasons } from "./mergeable.js";
import { REASON_FILE, REASON_FLAGS, REASON_NO_NEIGHBOUR, REASON_PGOFF } from "./reason.js";

/** No area. */
export const NONE = -1;

/** Why a range with the flags of `mine`, and the rest as given, may not join the area `theirs`; 0 when it may. */
export function joinReasons(
  mm: Mm,
  mine: number,
  file: OpenFile | null,
  offset: number,
  anonVma: AnonVma | null,
  theirs: number,
): number {
  if (theirs === NONE) return REASON_NO_NEIGHBOUR;
  const { compact } = mm;
  let reasons = ((mine ^ theirs) & CELL_FLAGS) === 0 ? 0 : REASON_FLAGS;
  if (file !== compact.fileOf(theirs)) reasons |= REASON_FILE;
  if (offset !== compact.offsetOf(theirs)) reasons |= REASON_PGOFF;
  const other = compact.anonVmaOf(theirs);
  if (anonVma === other) return reasons;
  return reasons | objectReasons(mm, anonVma, other, lengthOf(other), lengthOf(anonVma));
}

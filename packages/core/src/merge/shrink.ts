/** Shrinking an area at one end (`vma_shrink`). */

import { ENOMEM } from "../abi/errno.js";
import type { AreaIterator } from "../iterator.js";
import type { Vma } from "../object/vma.js";
import { writeLock } from "./commit.js";

/**
 * Makes `vma` cover [start, end) at `pgoff`; exactly one end moves. What it no longer covers becomes a hole.
 *
 * ```
 *   VVVVV    VVV..     or     VVVVV    ..VVV
 * ```
 *
 * Returns 0, or -ENOMEM with nothing changed and nothing marked.
 */
export function shrinkArea(
  iterator: AreaIterator,
  vma: Vma,
  start: number,
  end: number,
  pgoff: number,
): number {
  const mm = iterator.mm;
  if (vma.start !== start && vma.end !== end) mm.host.warned("shrink-both-ends");
  const oldStart = vma.start;
  const oldEnd = vma.end;
  const low = vma.start < start;
  const clearStart = low ? vma.start : end;
  const clearEnd = low ? start : vma.end;
  iterator.configure(clearStart, clearEnd);
  if (!mm.host.preallocateNodes()) return -ENOMEM;
  writeLock(mm, vma);
  const onFile = vma.file !== null;
  if (onFile) mm.host.uprobesRemoved(vma);
  if (clearStart < clearEnd) iterator.clear(clearStart, clearEnd);
  vma.start = start;
  vma.end = end;
  vma.pgoff = pgoff;
  if (onFile) mm.host.uprobesInstalled(vma);
  if (mm.events !== null) mm.events.shrank(vma, oldStart, oldEnd);
  return 0;
}

/** Making [start, end) of an area an area of its own, or part of a neighbour, so that its attributes may change. */

import { ENOMEM } from "../abi/errno.js";
import type { AreaIterator } from "../iterator.js";
import { mark } from "../mark.js";
import type { MemoryPolicy, UserfaultContext } from "../object/file.js";
import type { Vma } from "../object/vma.js";
import { mergeExistingRange } from "./existing-range.js";
import type { MergeRequest } from "./request.js";
import { splitArea } from "./split.js";

/**
 * Merges the request's range with a neighbour, or else splits it off (`vma_modify`). The request holds the attributes
 * the range is about to have; the caller sets them on the area that comes back.
 *
 * Returns 0, with the area that holds the range now in `request.result`; or -ENOMEM, or the may-split hook's errno.
 * Leaves: when the second of two splits fails the first one stays, as in the kernel.
 */
export function modifyArea(request: MergeRequest): number {
  const { start, end, iterator } = request;
  const vma = request.vma as Vma;
  const merged = mergeExistingRange(request);
  request.result = merged;
  if (merged !== null) return 0;
  if (request.state === "nomem") return -ENOMEM;
  if (request.giveUpOnOom && (vma.start !== start || vma.end !== end)) {
    request.mm.host.warned("giveup-with-partial-span");
  }
  const error = cutOut(iterator, vma, start, end);
  if (error === 0) request.result = vma;
  return error;
}

/**
 * Splits `vma` so that it covers [start, end) alone, below first. Returns 0, -ENOMEM, or the may-split hook's errno.
 * Leaves: when the second of two splits fails the first one stays, as in the kernel.
 */
export function cutOut(iterator: AreaIterator, vma: Vma, start: number, end: number): number {
  const cutBelow = vma.start < start;
  if (cutBelow) {
    const error = splitArea(iterator, vma, start, "new-below");
    if (error !== 0) return error;
  }
  if (vma.end <= end) return 0;
  const error = splitArea(iterator, vma, end, "new-above");
  if (error !== 0 && cutBelow) mark("merge.modify-keeps-first-split");
  return error;
}

/** Before flags of [start, end) change (`vma_modify_flags`). */
export function modifyFlags(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  flags: number,
  flagsHigh: number,
): number {
  request.proposeArea(prev, vma, start, end);
  request.flags = flags;
  request.flagsHigh = flagsHigh;
  return modifyArea(request);
}

/** Before flags and anonymous name of [start, end) change (`vma_modify_flags_name`). */
export function modifyFlagsName(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  flags: number,
  flagsHigh: number,
  anonName: string | null,
): number {
  request.proposeArea(prev, vma, start, end);
  request.flags = flags;
  request.flagsHigh = flagsHigh;
  request.anonName = anonName;
  return modifyArea(request);
}

/** Before the memory policy of [start, end) changes (`vma_modify_policy`). */
export function modifyPolicy(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  policy: MemoryPolicy | null,
): number {
  request.proposeArea(prev, vma, start, end);
  request.policy = policy;
  return modifyArea(request);
}

/** Before userfaultfd flags and context of [start, end) change (`vma_modify_flags_uffd`). */
export function modifyFlagsUffd(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  flags: number,
  flagsHigh: number,
  context: UserfaultContext | null,
  giveUpOnOom: boolean,
): number {
  request.proposeArea(prev, vma, start, end);
  request.flags = flags;
  request.flagsHigh = flagsHigh;
  request.uffdContext = context;
  request.giveUpOnOom = giveUpOnOom;
  return modifyArea(request);
}

/** Growing an area at its end by a merge, so that the growth may also swallow what follows (`vma_merge_extend`). */

import { type Vma, vmaPages } from "../object/vma.js";
import { mergeNewRange } from "./new-range.js";
import type { MergeRequest } from "./request.js";

/**
 * Grows `vma` by `delta` bytes into the hole above it.
 *
 * ```
 *   VVV**.     VVVVV.         VVV**NNN     VVVVVVVV
 * ```
 *
 * Returns the area that holds the growth, or null; the request's state says why.
 * Assumes: the hole above is at least `delta` bytes.
 */
export function mergeExtend(request: MergeRequest, vma: Vma, delta: number): Vma | null {
  const { iterator } = request;
  request.proposeArea(vma, vma, vma.end, vma.end + delta);
  request.vma = null;
  request.pgoff = vma.pgoff + vmaPages(vma);
  iterator.load(vma.end);
  request.next = iterator.nextRewind();
  return mergeNewRange(request);
}

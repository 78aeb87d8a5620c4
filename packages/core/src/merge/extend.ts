/** Growing an area at its end by a merge, so that the growth may also swallow what follows (`vma_merge_extend`). */

import type { Vma } from "../object/vma.js";
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
 *
 * @param namesNext put the area above into the request even where it does not touch the growth and so decides nothing
 */
export function mergeExtend(
  request: MergeRequest,
  vma: Vma,
  delta: number,
  namesNext: boolean = true,
): Vma | null {
  const { iterator, mm } = request;
  const { end } = vma;
  request.proposeArea(vma, vma, end, end + delta);
  request.vma = null;
  iterator.load(end);
  if (namesNext || iterator.end <= end + delta) request.next = mm.cursor.peekNext() ?? null;
  return mergeNewRange(request);
}

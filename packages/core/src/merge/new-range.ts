/** Merging a range where nothing is mapped yet with what lies beside it (`vma_merge_new_range`). */

import { toPages } from "../abi/page.js";
import { invariant } from "../assert.js";
import { mark } from "../mark.js";
import type { Mm } from "../mm.js";
import { isClosable, type Vma } from "../object/vma.js";
import { completeNewRange } from "./complete-reasons.js";
import { expandArea } from "./expand.js";
import { isSpecial, leftReasons, rightReasons } from "./mergeable.js";
import { REASON_CLOSE, REASON_EXPAND_ONLY, REASON_SPECIAL } from "./reason.js";
import type { MergeRequest } from "./request.js";

/**
 * Tries to let a neighbour take [start, end).
 *
 * ```
 *   PPP***NNN    PPPPPPPPP    both: the area below takes all, the one above is removed
 *   PPP***NNN    PPPPPPNNN    both, but the one above has a close hook: only the one below grows
 *   PPP***.      PPPPPP.      left
 *   .***NNN      .NNNNNN      right: the area above grows down
 * ```
 *
 * Returns the area that took the range, or null.
 * Assumes: the lock is held; the range is empty or about to be; `prev` and `next` are its neighbours; the iterator is
 * at or before the range (in expand-only mode: on `prev`, and is not moved).
 * Leaves: state `success`, `nomerge` or `nomem`; on success the request describes the grown area. Otherwise (unless
 * expand-only) the request is as it was given, so that the caller may try again, where the profile's kernel does so.
 */
export function mergeNewRange(request: MergeRequest): Vma | null {
  const { mm, prev, next, start, end, pgoff, iterator } = request;
  invariant(mm.isLocked, "a merge without the address space's lock");
  invariant(request.vma === null, "a new-range request already names an area");
  invariant(iterator.index <= end, "the iterator stands behind the range to merge");
  if (mm.checked && !request.overwrites) {
    invariant((mm.cursor.find(start)?.start ?? end) >= end, "an area lies in the range to merge");
  }
  request.state = "nomerge";
  if (request.nextFirst) askAboveFirst(request);
  else askPreviousFirst(request);
  const canLeft = request.leftReasons === 0;
  const canRight = request.rightReasons === 0;
  if (mm.events !== null) completeNewRange(request);
  if (isSpecial(request.flags)) {
    request.leftReasons |= REASON_SPECIAL;
    request.rightReasons |= REASON_SPECIAL;
    tellRefused(request);
    return null;
  }
  if (prev === null && next === null) {
    tellRefused(request);
    return null;
  }

  if (canLeft || canRight) {
    let reduced = false;
    if (canRight) {
      const above = next as Vma;
      request.end = above.end;
      request.vma = above;
      request.pgoff = above.pgoff - toPages(end - start);
    }
    if (canLeft) {
      const below = prev as Vma;
      request.start = below.start;
      request.vma = below;
      request.pgoff = below.pgoff;
      if (canRight && isClosable(next as Vma)) {
        request.end = end;
        request.rightReasons = REASON_CLOSE;
        reduced = true;
        mark("merge.new-range-keeps-closable-next");
      }
      if (!request.justExpand) iterator.moveTo(below);
    }
    const target = request.vma as Vma;
    if (expandArea(request) === 0) {
      mm.host.hugePageDaemonTold(target);
      request.state = "success";
      if (mm.events !== null) {
        const geometry = !canLeft
          ? "new-right"
          : !canRight
            ? "new-left"
            : reduced
              ? "new-left-reduced"
              : "new-both";
        mm.events.merged(geometry, target, geometry === "new-both" ? next : null, null);
      }
      return target;
    }
  } else tellRefused(request);

  if (mm.profile.requestNames === "returned-on-success") request.vma = null;
  if (!request.justExpand && mm.profile.newRangeRestores) {
    request.vma = null;
    request.start = start;
    request.end = end;
    request.pgoff = pgoff;
    if (prev === null) {
      mark("merge.new-range-resets-iterator");
      iterator.reset(start);
    }
  }
  return null;
}

/** Tells those who listen that neither side takes the range; they see barred neighbours, too. */
function tellRefused(request: MergeRequest): void {
  const { mm, barred, prev, next } = request;
  if (mm.events === null) return;
  if (barred !== null) {
    request.prev = barred.prev;
    request.next = barred.next;
  }
  mm.events.refused(request);
  request.prev = prev;
  request.next = next;
}

/** Whether mmap asks the area above first, as it did up to 6.11. */
export function asksNextFirst(mm: Mm): boolean {
  return mm.profile.newRangeOrder === "next-first";
}

/** Today's order: the area below, then the one above, which must also fit the one below when that fits. */
function askPreviousFirst(request: MergeRequest): void {
  request.leftReasons = leftReasons(request);
  request.rightReasons = request.justExpand
    ? REASON_EXPAND_ONLY
    : rightReasons(request, request.leftReasons === 0);
}

/** mmap's order up to 6.11: the area above, then the one below for a range that has the upper one's object. */
function askAboveFirst(request: MergeRequest): void {
  request.rightReasons = rightReasons(request, false);
  const proposed = request.anonVma;
  if (request.rightReasons === 0 && request.next !== null) request.anonVma = request.next.anonVma;
  request.leftReasons = leftReasons(request);
  request.anonVma = proposed;
}

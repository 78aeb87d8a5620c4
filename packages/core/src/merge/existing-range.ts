/** Merging part of an area, whose attributes are about to change, with its neighbours (`vma_merge_existing_range`). */

import { toPages } from "../abi/page.js";
import { invariant } from "../assert.js";
import { mark } from "../mark.js";
import type { MergeGeometry } from "../object/event.js";
import { isClosable, type Vma } from "../object/vma.js";
import { cloneAnon, dropAnon } from "./anon-dup.js";
import { commitMerge, writeLock } from "./commit.js";
import { completeExistingRange } from "./complete-reasons.js";
import { isSpecial, leftReasons, rightReasons } from "./mergeable.js";
import { REASON_CLOSE, REASON_NOT_AT_END, REASON_SPECIAL } from "./reason.js";
import type { MergeRequest } from "./request.js";

/**
 * Tries to give [start, end) of `request.vma` to a neighbour that already is what the range will be.
 *
 * ```
 *   PPP***NNN    PPPPPPPPP    both        range is all of V; V and N go
 *   PPP***       PPPPPP       left, full  V goes
 *   PPP**VVV     PPPPPVVV     left, part  V starts later
 *   ***NNN       NNNNNN       right, full V goes
 *   VVV**NNN     VVVNNNNN     right, part V ends earlier
 * ```
 *
 * Returns the area that now holds the range, or null.
 * Assumes: the lock is held; `vma` is set and holds the range; `prev` is the area below, or `vma` when the range starts inside it;
 * `next` is not set; the iterator is on `vma`.
 * Leaves: state `success`, `nomerge` or `nomem`. On failure no area has changed, a clone made on the way is dropped
 * again, and the iterator is on `vma`. Attributes are never changed: the survivor keeps its own.
 */
export function mergeExistingRange(request: MergeRequest): Vma | null {
  const { mm, start, end, iterator, plan } = request;
  const vma = request.vma as Vma;
  invariant(mm.isLocked, "a merge without the address space's lock");
  const given: Vma | null = request.next;
  invariant(given === null, "an existing-range request already names the area above");
  const areaStart = vma.start;
  const areaEnd = vma.end;
  invariant(
    iterator.index >= areaStart && iterator.index < areaEnd,
    "the iterator is not on the area to change",
  );
  invariant(start >= areaStart && end <= areaEnd && start < end, "the range to merge lies outside its area");
  const prev = request.prev;
  const atStart = start === areaStart;
  const atEnd = end === areaEnd;
  request.state = "nomerge";

  if (isSpecial(request.flags) || (!atStart && !atEnd)) {
    request.leftReasons = isSpecial(request.flags) ? REASON_SPECIAL : REASON_NOT_AT_END;
    request.rightReasons = request.leftReasons;
    return refuse(request, vma);
  }

  request.leftReasons = atStart ? leftReasons(request) : REASON_NOT_AT_END;
  const left = request.leftReasons === 0;
  request.rightReasons = atEnd ? reasonsAbove(request, vma, left) : REASON_NOT_AT_END;
  let right = request.rightReasons === 0;
  const next = request.next;
  const below = prev as Vma;
  const above = next as Vma;

  if (left) iterator.moveTo(below);
  else if (!right) return refuse(request, vma);

  const full = atStart && atEnd;
  const rule = mm.profile.closeRule;
  if (full && isClosable(vma) && (rule === "series" || (rule === "fixed" && left && !right))) {
    if (left) request.leftReasons = REASON_CLOSE;
    if (right) request.rightReasons = REASON_CLOSE;
    mark("merge.existing-range-keeps-closable-area");
    return refuse(request, vma);
  }
  if (mm.events !== null) completeExistingRange(request, vma);
  if (left && right && isClosable(above)) {
    mark("merge.existing-range-keeps-closable-next");
    request.rightReasons = REASON_CLOSE;
    right = false;
  }

  writeLock(mm, vma);
  if (mm.profile.writeMarkOrder === "area-prev-next") {
    if (left) writeLock(mm, below);
    if (right) writeLock(mm, above);
  } else {
    if (right) writeLock(mm, above);
    if (left) writeLock(mm, below);
  }

  let geometry: MergeGeometry;
  let cloneFrom = vma;
  if (left && right) {
    geometry = "existing-both";
    plan.grow(below, below.start, above.end, below.pgoff);
    plan.remove = vma;
    plan.removeNext = above;
    if (above.anonVma !== null) cloneFrom = above;
  } else if (left) {
    plan.grow(below, below.start, end, below.pgoff);
    if (full) {
      geometry = "existing-left-full";
      plan.remove = vma;
    } else {
      geometry = "existing-left-part";
      plan.shrink(vma, end, areaEnd, vma.pgoff + toPages(end - areaStart), false);
    }
  } else {
    plan.grow(above, start, above.end, above.pgoff - toPages(end - start));
    if (full) {
      geometry = "existing-right-full";
      plan.remove = vma;
    } else {
      geometry = "existing-right-part";
      plan.shrink(vma, areaStart, start, vma.pgoff, true);
    }
  }
  const target = plan.target as Vma;

  request.start = geometry === "existing-right-part" ? areaStart : plan.start;
  request.end = geometry === "existing-right-part" ? start : plan.end;
  request.pgoff = geometry === "existing-right-part" ? vma.pgoff : plan.pgoff;
  request.vma = geometry === "existing-right-part" ? vma : target;

  const outcome = cloneAnon(mm, target, cloneFrom);
  if (outcome === "nomem" || !commitMerge(request, plan)) {
    if (outcome === "cloned") {
      mark("merge.existing-range-undoes-clone");
      dropAnon(mm, target);
    }
    iterator.moveTo(vma);
    if (mm.profile.requestNames === "returned-on-success") request.vma = vma;
    request.state = request.giveUpOnOom ? "nomerge" : "nomem";
    return null;
  }

  if (mm.profile.requestNames === "returned-on-success") request.vma = target;
  mm.host.hugePageDaemonTold(target);
  request.state = "success";
  if (mm.events !== null) mm.events.merged(geometry, target, plan.remove, plan.removeNext);
  return target;
}

/** Tells those who listen that neither side takes the range, with every reason. */
function refuse(request: MergeRequest, vma: Vma): null {
  const { events } = request.mm;
  if (events !== null) {
    completeExistingRange(request, vma);
    events.refused(request);
  }
  return null;
}

/** Looks the area above up and asks it. */
function reasonsAbove(request: MergeRequest, vma: Vma, left: boolean): number {
  request.next = request.iterator.areaStartingAt(vma.end);
  return rightReasons(request, left);
}

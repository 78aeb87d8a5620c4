/** brk: moving the program break. */

import { ENOMEM } from "../abi/errno.js";
import {
  VM_ACCOUNT,
  VM_LOCKED,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYWRITE,
  VM_MERGEABLE,
  VM_READ,
  VM_SOFTDIRTY,
  VM_WRITE,
} from "../abi/flags.js";
import { PAGE_SIZE, pageAlignUp, TASK_SIZE, toPages } from "../abi/page.js";
import { writeLock } from "../merge/commit.js";
import { mergeNewRange } from "../merge/new-range.js";
import type { MergeRequest } from "../merge/request.js";
import type { Mm } from "../mm.js";
import { Vma } from "../object/vma.js";
import { accountPages, chargePages, mayExpand, mayLock, unchargePages } from "../region/accounting.js";
import { mapCompact } from "../region/compact-map.js";
import { populateRange } from "../region/fault.js";
import { findNeighbours, isKsmCompatible } from "../region/map.js";
import { startWithGap } from "../region/placement.js";
import { unmapAligned } from "../region/unmap.js";

/**
 * Sets the program break to `address` (bytes, any byte). Returns the break that holds afterwards: `address`, or the
 * old one where the kernel refuses.
 */
export function brk(request: MergeRequest, address: number): number {
  const { mm, iterator } = request;
  const old = mm.brk;
  if (address < mm.startBrk) return old;
  if (address - mm.startBrk > mm.limits.data) return old;
  const newEnd = pageAlignUp(address);
  const oldEnd = pageAlignUp(old);
  if (newEnd === oldEnd) {
    mm.brk = address;
    return address;
  }
  if (address <= old) {
    const { cells } = mm;
    if (cells.find(newEnd) === undefined || cells.start >= oldEnd) return old;
    mm.brk = address;
    if (unmapAligned(iterator, newEnd, oldEnd) !== 0) {
      mm.brk = old;
      return old;
    }
    return address;
  }
  if (newEnd > TASK_SIZE) return old;
  if ((mm.defFlags & VM_LOCKED) !== 0 && !mayLock(mm, toPages(newEnd - oldEnd))) return old;
  if (!hasRoom(mm, oldEnd, newEnd + PAGE_SIZE)) return old;
  if (growHeap(request, oldEnd, newEnd) !== 0) return old;
  mm.brk = address;
  if ((mm.defFlags & VM_LOCKED) !== 0) populateRange(mm, oldEnd, newEnd, true);
  return address;
}

/** Whether [start, end) is free and clear of the guard gap of the area above. */
function hasRoom(mm: Mm, start: number, end: number): boolean {
  const { cells } = mm;
  if (cells.seek(start) !== undefined || cells.end < end) return false;
  const above = cells.peekNext();
  return typeof above !== "object" || end <= startWithGap(mm, above);
}

/**
 * Maps [start, end) as heap (`do_brk_flags`).
 *
 * ```
 *   HHH**.     HHHHH.      the heap grows
 *   HHH**NNN   HHHHHNNN    and never joins what follows
 * ```
 *
 * Returns 0 or -ENOMEM.
 */
export function growHeap(request: MergeRequest, start: number, end: number): number {
  const { mm, iterator } = request;
  const pages = toPages(end - start);
  let flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_ACCOUNT | mm.defFlags;
  if (!mayExpand(mm, flags, pages)) return -ENOMEM;
  if (mm.mapCount > mm.limits.maxMapCount) return -ENOMEM;
  const pgoff = toPages(start);
  if (mm.isCompact && mapCompact(mm, start, end, flags, pgoff, null, true)) return 0;
  if (!chargePages(mm, pages)) return -ENOMEM;
  if (mm.ksmAll && mm.profile.ksmAll === "before-merge") flags |= VM_MERGEABLE;
  if (mm.limits.softDirty) flags |= VM_SOFTDIRTY;

  findNeighbours(request, start, end);
  const heap = request.prev;
  if (heap !== null && heap.end === start) {
    const grown = extendHeap(request, heap, start, end, flags, pgoff);
    if (request.state === "nomem") {
      unchargePages(mm, pages);
      return -ENOMEM;
    }
    if (grown !== null) {
      if (mm.limits.softDirty) heap.flags |= VM_SOFTDIRTY;
      accountPages(mm, flags, pages);
      return 0;
    }
  }
  const { host } = mm;
  iterator.configure(start, end);
  if (!host.allocateArea(null)) {
    unchargePages(mm, pages);
    return -ENOMEM;
  }
  if (mm.ksmAll && mm.profile.ksmAll === "after-merge" && isKsmCompatible(flags, 0)) flags |= VM_MERGEABLE;
  const vma = new Vma(mm.family.nextAreaId(), start, end, pgoff, flags, 0);
  mm.passing.add(vma);
  host.areaAllocated(vma, null);
  if (!host.preallocateNodes()) {
    host.freeArea(vma);
    unchargePages(mm, pages);
    return -ENOMEM;
  }
  writeLock(mm, vma);
  iterator.store(start, end, vma);
  mm.mapCount += 1;
  if (mm.events !== null) mm.events.created(vma);
  accountPages(mm, flags, pages);
  return 0;
}

/** Asks `heap`, and nothing else, to take [start, end); null when it does not, and then the request's state says why. */
function extendHeap(
  request: MergeRequest,
  heap: Vma,
  start: number,
  end: number,
  flags: number,
  pgoff: number,
): Vma | null {
  const { next } = request;
  request.proposeNewRange(start, end, flags, 0, pgoff);
  request.prev = heap;
  request.next = next;
  request.justExpand = true;
  request.iterator.moveTo(heap);
  return mergeNewRange(request);
}

/** mlock, mlock2, munlock, mlockall and munlockall. */

import { EAGAIN, EFAULT, EINVAL, ENOMEM, EPERM } from "../abi/errno.js";
import {
  MCL_CURRENT,
  MCL_FUTURE,
  MCL_ONFAULT,
  VM_HUGETLB,
  VM_LOCKED,
  VM_LOCKED_MASK,
  VM_LOCKONFAULT,
  VM_SPECIAL,
  VMH_DROPPABLE,
} from "../abi/flags.js";
import { PAGE_SIZE, pageAlignDown, pageAlignUp, TASK_SIZE, toPages } from "../abi/page.js";
import { modifyFlags } from "../merge/modify.js";
import type { MergeRequest } from "../merge/request.js";
import type { Mm } from "../mm.js";
import type { Vma } from "../object/vma.js";
import { setAreaFlags } from "../region/change.js";
import { populateRange } from "../region/fault.js";
import { walkAreas } from "../region/walk.js";

const WORD = 2 ** 64;

/** mlock2's one flag. */
export const MLOCK_ONFAULT = 1;

/** Locks [address, address + length), widened to pages. Returns 0, or -ENOMEM, -EAGAIN, -EPERM, -EINVAL. */
export function mlock(request: MergeRequest, address: number, length: number): number {
  return lockRange(request, address, length, VM_LOCKED);
}

/** As mlock; with MLOCK_ONFAULT pages are locked when they are first touched. */
export function mlock2(request: MergeRequest, address: number, length: number, flags: number): number {
  if ((flags & ~MLOCK_ONFAULT) !== 0) return -EINVAL;
  const bits = (flags & MLOCK_ONFAULT) !== 0 ? VM_LOCKED | VM_LOCKONFAULT : VM_LOCKED;
  return lockRange(request, address, length, bits);
}

/** Unlocks [address, address + length), widened to pages. Returns 0, -ENOMEM at a hole, or -EINVAL. */
export function munlock(request: MergeRequest, address: number, length: number): number {
  return changeLock(request, pageAlignDown(address), widenedLength(address, length), 0);
}

/** Length in bytes after widening to pages, as a 64-bit word. */
function widenedLength(address: number, length: number): number {
  return pageAlignUp(length + (address % PAGE_SIZE)) % WORD;
}

function canLock(mm: Mm): boolean {
  return mm.limits.ipcLock || mm.limits.memlock !== 0;
}

function lockRange(request: MergeRequest, address: number, length: number, bits: number): number {
  const { mm } = request;
  if (!canLock(mm)) return -EPERM;
  const start = pageAlignDown(address);
  const bytes = widenedLength(address, length);
  if (!mm.limits.ipcLock) {
    let locked = toPages(bytes) + mm.lockedVm;
    if (locked * PAGE_SIZE > mm.limits.memlock) locked -= lockedPagesIn(mm, start, start + bytes);
    if (locked * PAGE_SIZE > mm.limits.memlock) return -ENOMEM;
  }
  const error = changeLock(request, start, bytes, bits);
  if (error !== 0) return error;
  const populated = populateRange(mm, start, start + bytes, false);
  if (populated === -EFAULT) return -ENOMEM;
  return populated === -ENOMEM ? -EAGAIN : populated;
}

/** Pages of [start, end) that are locked already and so do not count twice (`count_mm_mlocked_page_nr`). */
function lockedPagesIn(mm: Mm, start: number, end: number): number {
  let pages = 0;
  let vma = mm.cursor.find(start);
  while (vma !== undefined && vma.start < end) {
    if ((vma.flags & VM_LOCKED) !== 0) {
      pages += toPages(Math.min(vma.end, end) - Math.max(vma.start, start));
    }
    vma = mm.cursor.next();
  }
  return pages;
}

/** Applies lock bits to a range (`apply_vma_lock_flags`). */
function changeLock(request: MergeRequest, start: number, bytes: number, bits: number): number {
  const end = start + bytes;
  if (end >= WORD) return -EINVAL;
  if (end === start) return 0;
  return walkAreas(request, start, end, "stop", lockArea, bits);
}

/** One area's share (`mlock_fixup`). */
function lockArea(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  bits: number,
): number {
  const oldFlags = vma.flags;
  const flags = (oldFlags & ~VM_LOCKED_MASK) | bits;
  request.result = vma;
  if (
    flags === oldFlags ||
    (oldFlags & (VM_SPECIAL | VM_HUGETLB)) !== 0 ||
    (vma.flagsHigh & VMH_DROPPABLE) !== 0 ||
    (vma.file !== null && vma.file.kind === "special")
  ) {
    return 0;
  }
  const error = modifyFlags(request, prev, vma, start, end, flags, vma.flagsHigh);
  if (error !== 0) return error;
  const area = request.result as Vma;
  setAreaFlags(request.mm, area, end - start, oldFlags, flags, area.flagsHigh);
  return 0;
}

/** Locks everything mapped now (MCL_CURRENT) and from now on (MCL_FUTURE). Returns 0 or a negative errno. */
export function mlockall(request: MergeRequest, flags: number): number {
  const { mm } = request;
  if (flags === 0 || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) !== 0 || flags === MCL_ONFAULT) {
    return -EINVAL;
  }
  if (!canLock(mm)) return -EPERM;
  if ((flags & MCL_CURRENT) !== 0 && !mm.limits.ipcLock && mm.totalVm * PAGE_SIZE > mm.limits.memlock) {
    return -ENOMEM;
  }
  lockAll(request, flags);
  if ((flags & MCL_CURRENT) !== 0) populateRange(mm, 0, TASK_SIZE, true);
  return 0;
}

/** Unlocks everything and forgets MCL_FUTURE. Returns 0. */
export function munlockall(request: MergeRequest): number {
  lockAll(request, 0);
  return 0;
}

/** `apply_mlockall_flags`: areas that refuse are passed over. */
function lockAll(request: MergeRequest, flags: number): void {
  const { mm, iterator } = request;
  const onFault = (flags & MCL_ONFAULT) !== 0 ? VM_LOCKONFAULT : 0;
  mm.defFlags &= ~VM_LOCKED_MASK;
  if ((flags & MCL_FUTURE) !== 0) {
    mm.defFlags |= VM_LOCKED | onFault;
    if ((flags & MCL_CURRENT) === 0) return;
  }
  const bits = (flags & MCL_CURRENT) !== 0 ? VM_LOCKED | onFault : 0;
  let prev: Vma | null = null;
  let vma = iterator.find(0);
  while (vma !== null && vma.start < TASK_SIZE) {
    const end = vma.end;
    const error = lockArea(request, prev, vma, vma.start, end, bits);
    prev = error === 0 && request.result !== null ? request.result : vma;
    vma = iterator.find(prev.end);
  }
}

/** userfaultfd: registering ranges with a descriptor, taking them back, and closing it. */

import { EBUSY, EINVAL, EPERM } from "../abi/errno.js";
import {
  VM_MAYWRITE,
  VM_UFFD_LOW,
  VM_UFFD_MISSING,
  VM_UFFD_WP,
  VMH_DROPPABLE,
  VMH_UFFD_MINOR,
} from "../abi/flags.js";
import { isPageAligned } from "../abi/page.js";
import { modifyArea } from "../merge/modify.js";
import type { MergeRequest } from "../merge/request.js";
import type { Mm } from "../mm.js";
import { UserfaultContext } from "../object/file.js";
import { isAnonymous, type Vma } from "../object/vma.js";
import { setAreaFlags } from "../region/change.js";

export const UFFDIO_REGISTER_MODE_MISSING = 1;
export const UFFDIO_REGISTER_MODE_WP = 2;
export const UFFDIO_REGISTER_MODE_MINOR = 4;

/** A userfaultfd descriptor. It belongs to the address space that made it. */
export class Userfault {
  readonly mm: Mm;
  readonly context: UserfaultContext;

  constructor(mm: Mm) {
    this.mm = mm;
    this.context = new UserfaultContext(mm.family.nextContextId());
  }
}

interface Change {
  readonly context: UserfaultContext | null;
  readonly low: number;
  readonly high: number;
}

function canUserfault(mm: Mm, vma: Vma, low: number, high: number): boolean {
  if (mm.profile.uffdRefusesDroppable && (vma.flagsHigh & VMH_DROPPABLE) !== 0) return false;
  // System V segments have hooks of their own around shared memory's and do not count.
  const shmem = vma.file?.isShmem === true && vma.file.kind !== "sysv";
  if ((high & VMH_UFFD_MINOR) !== 0 && !shmem) return false;
  if ((low & VM_UFFD_WP) !== 0 && shmem && !mm.limits.userfaultWriteProtectShared) return false;
  return isAnonymous(vma) || shmem;
}

/** UFFDIO_REGISTER on [address, address + length) bytes. Returns 0 or a negative errno; holes are passed over. */
export function userfaultRegister(
  request: MergeRequest,
  uffd: Userfault,
  address: number,
  length: number,
  modes: number,
): number {
  const low =
    ((modes & UFFDIO_REGISTER_MODE_MISSING) !== 0 ? VM_UFFD_MISSING : 0) |
    ((modes & UFFDIO_REGISTER_MODE_WP) !== 0 ? VM_UFFD_WP : 0);
  const high = (modes & UFFDIO_REGISTER_MODE_MINOR) !== 0 ? VMH_UFFD_MINOR : 0;
  if (low === 0 && high === 0) return -EINVAL;
  const { mm } = request;
  if (!isRange(address, length)) return -EINVAL;
  const end = address + length;
  let vma = mm.cursor.find(address);
  if (vma === undefined || vma.start >= end) return -EINVAL;
  while (vma !== undefined && vma.start < end) {
    if (!canUserfault(mm, vma, low, high)) return -EINVAL;
    if ((vma.flags & VM_MAYWRITE) === 0) return -EPERM;
    if (vma.uffdContext !== null && vma.uffdContext !== uffd.context) return -EBUSY;
    vma = mm.cursor.next();
  }
  return changeRange(request, address, end, { context: uffd.context, low, high });
}

/** UFFDIO_UNREGISTER on [address, address + length) bytes. Returns 0 or a negative errno. */
export function userfaultUnregister(
  request: MergeRequest,
  uffd: Userfault,
  address: number,
  length: number,
): number {
  const { mm } = request;
  if (!isRange(address, length)) return -EINVAL;
  const end = address + length;
  let vma = mm.cursor.find(address);
  if (vma === undefined || vma.start >= end) return -EINVAL;
  while (vma !== undefined && vma.start < end) {
    if (!canUserfault(mm, vma, vma.flags & VM_UFFD_LOW, vma.flagsHigh & VMH_UFFD_MINOR)) return -EINVAL;
    const owned = vma.uffdContext === null || vma.uffdContext === uffd.context;
    if (mm.profile.uffdUnregisterChecksOwner && !owned) return -EINVAL;
    vma = mm.cursor.next();
  }
  return changeRange(request, address, end, { context: null, low: 0, high: 0 });
}

/** Closing the descriptor: every area registered with it is released, with merges where they now fit. */
export function userfaultClose(request: MergeRequest, uffd: Userfault): void {
  const { iterator } = request;
  let prev: Vma | null = null;
  let vma = iterator.find(0);
  while (vma !== null) {
    if (vma.uffdContext === uffd.context) {
      const error = changeArea(
        request,
        prev,
        vma,
        vma.start,
        vma.end,
        { context: null, low: 0, high: 0 },
        true,
      );
      if (error === 0 && request.result !== null) vma = request.result;
    }
    prev = vma;
    vma = iterator.find(vma.end);
  }
}

function isRange(address: number, length: number): boolean {
  return isPageAligned(address) && isPageAligned(length) && length > 0 && address + length <= 2 ** 47;
}

function changeRange(request: MergeRequest, start: number, end: number, change: Change): number {
  const { iterator } = request;
  let vma = iterator.find(start);
  let prev: Vma | null = vma !== null && vma.start < start ? vma : (request.mm.cursor.peekPrev() ?? null);
  let position = start;
  while (vma !== null && vma.start < end) {
    const from = Math.max(position, vma.start);
    const done =
      change.context === null
        ? vma.uffdContext === null
        : vma.uffdContext === change.context &&
          (vma.flags & change.low) === change.low &&
          (vma.flagsHigh & change.high) === change.high;
    if (!done) {
      const error = changeArea(request, prev, vma, from, Math.min(vma.end, end), change, false);
      if (error !== 0) return error;
      vma = request.result as Vma;
    }
    prev = vma;
    position = vma.end;
    vma = iterator.find(position);
  }
  return 0;
}

function changeArea(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  change: Change,
  giveUpOnOom: boolean,
): number {
  const oldFlags = vma.flags;
  const flags = (oldFlags & ~VM_UFFD_LOW) | change.low;
  const flagsHigh = (vma.flagsHigh & ~VMH_UFFD_MINOR) | change.high;
  request.proposeArea(prev, vma, start, end);
  request.flags = flags;
  request.flagsHigh = flagsHigh;
  request.uffdContext = change.context;
  request.giveUpOnOom = giveUpOnOom;
  if (request.mm.profile.uffdComparesAreaOffset) request.pgoff = vma.pgoff;
  const error = modifyArea(request);
  if (error !== 0) return error;
  const area = request.result as Vma;
  setAreaFlags(request.mm, area, end - start, oldFlags, flags, flagsHigh);
  request.mm.remember(area);
  area.uffdContext = change.context;
  return 0;
}

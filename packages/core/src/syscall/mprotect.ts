/** mprotect and pkey_mprotect (`do_mprotect_pkey`). */

import { EACCES, EINVAL, ENOMEM, EPERM } from "../abi/errno.js";
import {
  PROT_EXEC,
  PROT_GROWSDOWN,
  PROT_GROWSUP,
  PROT_READ,
  PROT_WRITE,
  VM_ACCESS_FLAGS,
  VM_ACCOUNT,
  VM_GROWSDOWN,
  VM_HUGETLB,
  VM_LOCKED,
  VM_NORESERVE,
  VM_SHARED,
  VM_WRITE,
  VMH_PKEY_MASK,
} from "../abi/flags.js";
import { isPageAligned, pageAlignUp, toPages } from "../abi/page.js";
import { cutOut, modifyFlags } from "../merge/modify.js";
import type { MergeRequest } from "../merge/request.js";
import { isAnonymous, type Vma } from "../object/vma.js";
import { chargePages, dropsAccount, mayExpand, unchargePages } from "../region/accounting.js";
import { dropsCharge, setAreaFlags } from "../region/change.js";
import { protectCompact } from "../region/compact-protect.js";
import { populateArea } from "../region/fault.js";
import { deniesWriteExec } from "../region/map.js";
import { isSealed } from "../region/unmap.js";
import { walkAreas } from "../region/walk.js";

/** PROT_SEM: a hint the kernel takes and ignores. */
const PROT_SEM = 8;

/** Bits above the access bits in which a walk's argument carries the protection key plus one; 0 keeps the key. */
const PKEY_SHIFT = 8;

/**
 * Changes the protection of [address, address + length) bytes. `pkey` -1 keeps each area's key.
 *
 * Returns 0 or a negative errno. The walk stops at the first area that refuses (EACCES, EPERM) or at a hole (ENOMEM);
 * what was changed before stays changed.
 */
export function mprotect(
  request: MergeRequest,
  address: number,
  length: number,
  prot: number,
  pkey: number = -1,
): number {
  const grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
  const access = prot & ~(PROT_GROWSDOWN | PROT_GROWSUP);
  if (grows === (PROT_GROWSDOWN | PROT_GROWSUP)) return -EINVAL;
  if (!isPageAligned(address)) return -EINVAL;
  if (length === 0) return 0;
  const end = address + pageAlignUp(length);
  if (end <= address || end >= 2 ** 64) return -ENOMEM;
  if ((access & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM)) !== 0) return -EINVAL;
  let start = address;
  if (grows !== 0) {
    const vma = request.mm.cursor.find(address);
    if (vma === undefined) return -ENOMEM;
    if (grows === PROT_GROWSUP) return vma.start > address ? -ENOMEM : -EINVAL;
    if (vma.start >= end) return -ENOMEM;
    if ((vma.flags & VM_GROWSDOWN) === 0) return -EINVAL;
    start = vma.start;
  }
  if (grows === 0 && pkey === -1 && request.mm.isCompact) {
    start = protectCompact(request.mm, start, end, access & VM_ACCESS_FLAGS);
    if (start < 0) return start;
    if (start >= end) return 0;
  }
  const argument = (access & VM_ACCESS_FLAGS) | ((pkey + 1) << PKEY_SHIFT);
  return walkAreas(request, start, end, "stop", protectArea, argument);
}

/** One area's share (`mprotect_fixup`). */
function protectArea(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  argument: number,
): number {
  const { mm } = request;
  const oldFlags = vma.flags;
  let flags = (oldFlags & ~VM_ACCESS_FLAGS) | (argument & VM_ACCESS_FLAGS);
  let flagsHigh = vma.flagsHigh;
  const pkey = (argument >> PKEY_SHIFT) - 1;
  if (pkey >= 0) flagsHigh = (flagsHigh & ~VMH_PKEY_MASK) | pkey;
  // Bit 4 above each access bit says whether it may be granted.
  if ((flags & ~(flags >> 4) & VM_ACCESS_FLAGS) !== 0) return -EACCES;
  if (deniesWriteExec(mm, oldFlags, flags)) return -EACCES;
  if (isSealed(vma)) return -EPERM;
  request.result = vma;
  if (flags === oldFlags && flagsHigh === vma.flagsHigh) return 0;

  const pages = toPages(end - start);
  let charged = 0;
  if ((flags & VM_WRITE) !== 0) {
    if (!mayExpand(mm, flags, pages) && mayExpand(mm, oldFlags, pages)) return -ENOMEM;
    if ((oldFlags & (VM_ACCOUNT | VM_WRITE | VM_HUGETLB | VM_SHARED | VM_NORESERVE)) === 0) {
      if (!chargePages(mm, pages)) return -ENOMEM;
      charged = pages;
      flags |= VM_ACCOUNT;
    }
  } else if (dropsAccount(mm) && isAnonymous(vma) && vma.anonVma === null) {
    flags &= ~VM_ACCOUNT;
  }

  const { iterator } = request;
  let error = 0;
  if (iterator.index < start && end < iterator.end && mm.events === null) {
    // In the midst of an area there is no neighbour to ask, and nobody to tell why not.
    error = cutOut(iterator, vma, start, end);
  } else {
    error = modifyFlags(request, prev, vma, start, end, flags, flagsHigh);
  }
  if (error !== 0) {
    if (charged > 0) unchargePages(mm, charged);
    return error;
  }
  const changed = request.result as Vma;
  setAreaFlags(mm, changed, end - start, oldFlags, flags, flagsHigh);
  if (dropsCharge(oldFlags, flags)) unchargePages(mm, pages);
  if ((oldFlags & (VM_WRITE | VM_SHARED | VM_LOCKED)) === VM_LOCKED && (flags & VM_WRITE) !== 0) {
    populateArea(mm, changed, start, end);
  }
  return 0;
}

/** Counters of an address space: what each area adds to them, and whether more is allowed. */

import {
  VM_ACCOUNT,
  VM_EXEC,
  VM_GROWSDOWN,
  VM_LOCKED,
  VM_NORESERVE,
  VM_SHARED,
  VM_WRITE,
} from "../abi/flags.js";
import { PAGE_SIZE } from "../abi/page.js";
import type { Mm } from "../mm.js";

/** Whether pages with these flags count as data: private, writable, no stack (`is_data_mapping`). */
function isDataMapping(flags: number): boolean {
  return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) === VM_WRITE;
}

/** Adds `pages` (negative to take away) of an area with these flags to the counters (`vm_stat_account`). */
export function accountPages(mm: Mm, flags: number, pages: number): void {
  mm.totalVm += pages;
  if ((flags & VM_LOCKED) !== 0) mm.lockedVm += pages;
  if ((flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) === VM_EXEC) mm.execVm += pages;
  else if ((flags & VM_GROWSDOWN) !== 0) mm.stackVm += pages;
  else if (isDataMapping(flags)) mm.dataVm += pages;
}

/** The same of an area that is not locked and does not grow down, as areas without records are not. */
export function accountPlain(mm: Mm, flags: number, pages: number): void {
  mm.totalVm += pages;
  if ((flags & (VM_EXEC | VM_WRITE)) === VM_EXEC) mm.execVm += pages;
  else if ((flags & (VM_WRITE | VM_SHARED)) === VM_WRITE) mm.dataVm += pages;
}

/** Which flags choose the counters of an area. */
const COUNTED: number = VM_LOCKED | VM_EXEC | VM_WRITE | VM_GROWSDOWN | VM_SHARED;

/** Counts `pages` that had `oldFlags` as having `flags` from now on. */
export function recountPages(mm: Mm, oldFlags: number, flags: number, pages: number): void {
  if (((oldFlags ^ flags) & COUNTED) === 0) return;
  accountPages(mm, oldFlags, -pages);
  accountPages(mm, flags, pages);
}

/** Whether `pages` more with these flags stay within RLIMIT_AS and RLIMIT_DATA (`may_expand_vm`). */
export function mayExpand(mm: Mm, flags: number, pages: number): boolean {
  return mayAdd(mm, flags, pages, 0);
}

/** Whether a mapping with these flags is charged to the commit limit (`accountable_mapping`). */
export function isAccountable(flags: number): boolean {
  return (flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) === VM_WRITE;
}

/** Whether `pages` more stay within the commit limit. */
export function mayCharge(mm: Mm, pages: number): boolean {
  return (mm.committed + pages) * PAGE_SIZE <= mm.limits.commit;
}

/** Both at once, for who asks most: whether `pages` more with these flags may be mapped, and `charged` more be charged. */
export function mayAdd(mm: Mm, flags: number, pages: number, charged: number): boolean {
  const { addressSpace, data } = mm.limits;
  if ((mm.totalVm + pages) * PAGE_SIZE > addressSpace) return false;
  if (charged > 0 && !mayCharge(mm, charged)) return false;
  return !isDataMapping(flags) || (mm.dataVm + pages) * PAGE_SIZE <= data;
}

/** Charges `pages` to the commit limit; false when that is passed (`security_vm_enough_memory_mm`). */
export function chargePages(mm: Mm, pages: number): boolean {
  if (!mayCharge(mm, pages)) return false;
  mm.committed += pages;
  return true;
}

/** Gives charged pages back (`vm_unacct_memory`). */
export function unchargePages(mm: Mm, pages: number): void {
  mm.committed -= pages;
  mm.host.pagesUnaccounted(pages);
}

/** Whether locking `pages` more is within RLIMIT_MEMLOCK (`mlock_future_ok` when `flags` are a new mapping's). */
export function mayLock(mm: Mm, pages: number): boolean {
  return mm.limits.ipcLock || (mm.lockedVm + pages) * PAGE_SIZE <= mm.limits.memlock;
}

/** Whether private memory that was never written to gives its charge back when it may not be written to any more. */
export function dropsAccount(mm: Mm): boolean {
  return mm.profile.mprotectDropsAccount;
}

/** Whether an area's pages were charged. */
export function isCharged(flags: number): boolean {
  return (flags & VM_ACCOUNT) !== 0;
}

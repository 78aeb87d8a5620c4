/** Page faults: which accesses succeed, and what they leave behind in the areas. */

import { EFAULT, ENOMEM } from "../abi/errno.js";
import {
  VM_ACCESS_FLAGS,
  VM_HUGEPAGE,
  VM_IO,
  VM_LOCKONFAULT,
  VM_NOHUGEPAGE,
  VM_PFNMAP,
  VM_SHARED,
  VM_UFFD_MISSING,
  VM_WRITE,
} from "../abi/flags.js";
import { HUGE_PAGE_SIZE, PAGE_SIZE, pageAlignDown, toPages } from "../abi/page.js";
import type { Mm } from "../mm.js";
import { CELL_WRITTEN } from "../object/compact.js";
import { isAnonymous, type Vma } from "../object/vma.js";
import { touchCompact } from "./compact-fault.js";
import { prepareAnon } from "./find-anon.js";
import { growStack } from "./stack.js";

/** Signals a fault ends in, as Linux numbers them; 0 is none. */
export const SIGBUS = 7;
export const SIGSEGV = 11;

/**
 * Whether an access to the byte at `address` is permitted and changes nothing: in memory without a file that was written
 * to before, as by far the most are. False says nothing.
 */
export function isServed(mm: Mm, address: number, write: boolean): boolean {
  const area = mm.map.get(address);
  const needed = write ? VM_WRITE : VM_ACCESS_FLAGS;
  if (typeof area === "number") {
    return (area & needed) !== 0 && (area & CELL_WRITTEN) !== 0 && mm.pages === null;
  }
  if (area === undefined || area.anonVma === null || area.file !== null) return false;
  return (area.flags & needed) !== 0 && mm.pages === null;
}

/**
 * One access to the byte at `address` by the program.
 *
 * A write to private memory gives its area an anonymous object; a read does not, except where it maps a huge page.
 * Returns 0, SIGSEGV (nothing mapped, not permitted, a guard page) or SIGBUS (behind the file's end, userfaultfd).
 */
export function faultPage(mm: Mm, address: number, write: boolean): number {
  const needed = write ? VM_WRITE : VM_ACCESS_FLAGS;
  const area = mm.map.get(address);
  if (typeof area === "number") {
    if ((area & needed) === 0) return SIGSEGV;
    if (mm.isCompact && mm.pages === null && touchCompact(mm, area, address, write)) return 0;
  }
  const page = pageAlignDown(address);
  const vma = mm.cursor.find(page);
  if (vma === undefined) return SIGSEGV;
  if (vma.start > page && growStack(mm, vma, page) !== 0) return SIGSEGV;
  if ((vma.flags & needed) === 0) return SIGSEGV;
  return touchPage(mm, vma, page, write);
}

/** Brings one page of `vma` in, permissions not asked (`handle_mm_fault`). */
function touchPage(mm: Mm, vma: Vma, page: number, write: boolean): number {
  const cow = write && (vma.flags & VM_SHARED) === 0;
  const pages = mm.pages;
  if (pages === null) {
    if (cow) {
      if (vma.anonVma === null) prepareAnon(mm, vma);
    } else if (vma.anonVma === null && isHugeEligible(mm, vma, page)) prepareAnon(mm, vma);
    return vma.file !== null && isBehindEnd(vma, page) ? SIGBUS : 0;
  }
  const state = pages.stateOf(page);
  if (state === "guard") return SIGSEGV;
  if (state === "present") {
    if (cow) prepareAnon(mm, vma);
    return 0;
  }
  const armed = (vma.flags & VM_UFFD_MISSING) !== 0;
  if (isAnonymous(vma)) {
    if (isHugeEligible(mm, vma, page) && pages.canMapHuge(page)) {
      prepareAnon(mm, vma);
      if (armed) return SIGBUS;
      pages.setHuge(page);
      return 0;
    }
    if (cow) prepareAnon(mm, vma);
    if (armed) return SIGBUS;
    pages.set(page, "present");
    return 0;
  }
  if (cow) prepareAnon(mm, vma);
  if (isBehindEnd(vma, page)) return SIGBUS;
  if (vma.file !== null) {
    const index = vma.pgoff + toPages(page - vma.start);
    const { resident } = vma.file.object;
    if (armed && !resident.has(index)) return SIGBUS;
    if (!resident.has(index)) {
      resident.add(index);
      mm.journal?.push(() => resident.delete(index));
    }
  }
  pages.set(page, "present");
  return 0;
}

function isBehindEnd(vma: Vma, page: number): boolean {
  return (
    vma.file !== null && !isAnonymous(vma) && vma.pgoff + toPages(page - vma.start) >= vma.file.object.pages
  );
}

/** Whether a fault at `page` would map a huge page in private anonymous memory. */
function isHugeEligible(mm: Mm, vma: Vma, page: number): boolean {
  const mode = mm.limits.hugePages;
  if (mode === "never" || (vma.flags & VM_NOHUGEPAGE) !== 0) return false;
  if (mode === "madvise" && (vma.flags & VM_HUGEPAGE) === 0) return false;
  const block = Math.floor(page / HUGE_PAGE_SIZE) * HUGE_PAGE_SIZE;
  return vma.start <= block && block + HUGE_PAGE_SIZE <= vma.end && isAnonymous(vma);
}

/**
 * Brings in every page of [start, end) as mlock and MAP_POPULATE do (`__mm_populate`): writable private memory by a
 * write fault, the rest by a read fault, lock-on-fault areas not at all.
 *
 * Returns 0, -ENOMEM at a hole, or -EFAULT at memory that cannot be faulted in.
 */
export function populateRange(mm: Mm, start: number, end: number, ignoreErrors: boolean): number {
  let position = start;
  while (position < end) {
    const vma = mm.cursor.find(position);
    if (vma === undefined || vma.start >= end) return position < end && !ignoreErrors ? -ENOMEM : 0;
    if (vma.start > position) {
      if (!ignoreErrors) return -ENOMEM;
      position = vma.start;
    }
    const shareEnd = Math.min(vma.end, end);
    if ((vma.flags & (VM_IO | VM_PFNMAP)) === 0) {
      const error = populateArea(mm, vma, position, shareEnd);
      if (error !== 0 && !ignoreErrors) return error;
    }
    position = shareEnd;
  }
  return 0;
}

/** Populates [start, end) of one area (`populate_vma_page_range`): 0 or -EFAULT. */
export function populateArea(mm: Mm, vma: Vma, start: number, end: number): number {
  if ((vma.flags & VM_LOCKONFAULT) !== 0) return 0;
  if ((vma.flags & VM_ACCESS_FLAGS) === 0) return -EFAULT;
  const write = (vma.flags & (VM_WRITE | VM_SHARED)) === VM_WRITE;
  return touchRange(mm, vma, start, end, write) === 0 ? 0 : -EFAULT;
}

/** Touches every page of [start, end) in `vma`; returns the first signal, or 0. */
export function touchRange(mm: Mm, vma: Vma, start: number, end: number, write: boolean): number {
  if (mm.pages === null) {
    const signal = touchPage(mm, vma, start, write);
    if (signal !== 0) return signal;
    return vma.file === null ? 0 : touchPage(mm, vma, end - PAGE_SIZE, write);
  }
  for (let page = start; page < end; page += PAGE_SIZE) {
    const signal = touchPage(mm, vma, page, write);
    if (signal !== 0) return signal;
  }
  return 0;
}

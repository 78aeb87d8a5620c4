/** madvise. Advice that changes areas goes through modify; the rest only touches pages. */

import { EACCES, EAGAIN, EBADF, EFAULT, EINVAL, ENOMEM, EPERM } from "../abi/errno.js";
import * as abi from "../abi/flags.js";
import { HUGE_PAGE_SIZE, isPageAligned, PAGE_SIZE, pageAlignUp, toPages } from "../abi/page.js";
import { writeLock } from "../merge/commit.js";
import { modifyFlagsName } from "../merge/modify.js";
import type { MergeRequest } from "../merge/request.js";
import type { Mm } from "../mm.js";
import { isAnonymous, type Vma } from "../object/vma.js";
import { setAreaFlags } from "../region/change.js";
import { dropCompact } from "../region/compact-advice.js";
import { touchRange } from "../region/fault.js";
import { prepareAnon } from "../region/find-anon.js";
import { isKsmCompatible } from "../region/map.js";
import { isSealed } from "../region/unmap.js";
import { walkAreas } from "../region/walk.js";

const KNOWN_ADVICE: ReadonlySet<number> = new Set([
  abi.MADV_NORMAL,
  abi.MADV_RANDOM,
  abi.MADV_SEQUENTIAL,
  abi.MADV_WILLNEED,
  abi.MADV_DONTNEED,
  abi.MADV_FREE,
  abi.MADV_REMOVE,
  abi.MADV_DONTFORK,
  abi.MADV_DOFORK,
  abi.MADV_MERGEABLE,
  abi.MADV_UNMERGEABLE,
  abi.MADV_HUGEPAGE,
  abi.MADV_NOHUGEPAGE,
  abi.MADV_DONTDUMP,
  abi.MADV_DODUMP,
  abi.MADV_WIPEONFORK,
  abi.MADV_KEEPONFORK,
  abi.MADV_COLD,
  abi.MADV_PAGEOUT,
  abi.MADV_POPULATE_READ,
  abi.MADV_POPULATE_WRITE,
  abi.MADV_DONTNEED_LOCKED,
  abi.MADV_COLLAPSE,
]);

const GUARD_ADVICE: ReadonlySet<number> = new Set([abi.MADV_GUARD_INSTALL, abi.MADV_GUARD_REMOVE]);

/** Advice that throws pages away, which sealing forbids for read-only anonymous memory (`is_madv_discard`). */
const DISCARDING: ReadonlySet<number> = new Set([
  abi.MADV_DONTNEED,
  abi.MADV_FREE,
  abi.MADV_REMOVE,
  abi.MADV_DONTFORK,
  abi.MADV_WIPEONFORK,
  abi.MADV_DONTNEED_LOCKED,
  abi.MADV_GUARD_INSTALL,
]);

/** Advice that drops pages, now or soon, and that locked and special areas alone refuse. */
const DROPPING: ReadonlySet<number> = new Set([
  abi.MADV_DONTNEED,
  abi.MADV_DONTNEED_LOCKED,
  abi.MADV_COLD,
  abi.MADV_PAGEOUT,
]);

/** Result of a flag computation that means "this area refuses". */
const REFUSED: unique symbol = Symbol("refused");

/**
 * Gives advice about [address, address + length) bytes. Returns 0 or a negative errno. Holes are passed over and end
 * in ENOMEM; a split for which there is no room comes out as EAGAIN.
 */
export function madvise(request: MergeRequest, address: number, length: number, advice: number): number {
  const { mm } = request;
  if (!KNOWN_ADVICE.has(advice) && !(mm.profile.guardRegions && GUARD_ADVICE.has(advice))) return -EINVAL;
  if (!isPageAligned(address)) return -EINVAL;
  const end = address + pageAlignUp(length);
  if (end >= 2 ** 64) return -EINVAL;
  if (end === address) return 0;
  if (mm.pages === null && mm.isCompact && DROPPING.has(advice)) {
    const result = dropCompact(mm, address, end);
    if (result !== null) return result;
  }
  if (advice === abi.MADV_POPULATE_READ || advice === abi.MADV_POPULATE_WRITE) {
    const write = advice === abi.MADV_POPULATE_WRITE;
    if (mm.profile.populateStopsAtHoles) return populate(mm, address, end, write);
    return walkAreas(request, address, end, "skip", populateStep, write);
  }
  return walkAreas(request, address, end, "skip", adviseArea, advice);
}

/** One area's share (`madvise_vma_behavior`). */
function adviseArea(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  advice: number,
): number {
  const { mm } = request;
  request.result = vma;
  if (isSealed(vma) && DISCARDING.has(advice) && keepsSealed(mm, vma)) return -EPERM;
  const changed = adviceOnPages(mm, vma, start, end, advice);
  if (changed !== null) return changed;
  const flags = flagsFor(vma, advice);
  if (flags === REFUSED) return -EINVAL;
  if (flags === vma.flags) return 0;
  const oldFlags = vma.flags;
  const error = modifyFlagsName(request, prev, vma, start, end, flags, vma.flagsHigh, vma.anonName);
  if (error !== 0) return error === -ENOMEM ? -EAGAIN : error;
  const area = request.result as Vma;
  setAreaFlags(mm, area, end - start, oldFlags, flags, area.flagsHigh);
  return 0;
}

/** Whether the seal of `vma` refuses discarding advice: memory that the program could not overwrite instead. */
function keepsSealed(mm: Mm, vma: Vma): boolean {
  const anonymous = mm.profile.sealKeeps === "anonymous" ? isAnonymous(vma) : vma.file === null;
  return anonymous && (vma.flags & (abi.VM_SHARED | abi.VM_WRITE)) === 0;
}

/** The flags an advice asks for, or REFUSED. */
function flagsFor(vma: Vma, advice: number): number | typeof REFUSED {
  const { flags, flagsHigh } = vma;
  const droppable = (flagsHigh & abi.VMH_DROPPABLE) !== 0;
  switch (advice) {
    case abi.MADV_NORMAL:
      return flags & ~(abi.VM_RAND_READ | abi.VM_SEQ_READ);
    case abi.MADV_SEQUENTIAL:
      return (flags & ~abi.VM_RAND_READ) | abi.VM_SEQ_READ;
    case abi.MADV_RANDOM:
      return (flags & ~abi.VM_SEQ_READ) | abi.VM_RAND_READ;
    case abi.MADV_DONTFORK:
      return flags | abi.VM_DONTCOPY;
    case abi.MADV_DOFORK:
      return (flags & abi.VM_IO) !== 0 ? REFUSED : flags & ~abi.VM_DONTCOPY;
    case abi.MADV_WIPEONFORK:
      return vma.file !== null || (flags & abi.VM_SHARED) !== 0 ? REFUSED : flags | abi.VM_WIPEONFORK;
    case abi.MADV_KEEPONFORK:
      return droppable ? REFUSED : flags & ~abi.VM_WIPEONFORK;
    case abi.MADV_DONTDUMP:
      return flags | abi.VM_DONTDUMP;
    case abi.MADV_DODUMP: {
      const special = (flags & abi.VM_HUGETLB) === 0 && (flags & abi.VM_SPECIAL) !== 0;
      return special || droppable ? REFUSED : flags & ~abi.VM_DONTDUMP;
    }
    case abi.MADV_MERGEABLE:
      return isKsmCompatible(flags, flagsHigh) ? flags | abi.VM_MERGEABLE : flags;
    case abi.MADV_UNMERGEABLE:
      return flags & ~abi.VM_MERGEABLE;
    case abi.MADV_HUGEPAGE:
      return (flags & ~abi.VM_NOHUGEPAGE) | abi.VM_HUGEPAGE;
    case abi.MADV_NOHUGEPAGE:
      return (flags & ~abi.VM_HUGEPAGE) | abi.VM_NOHUGEPAGE;
    default:
      return REFUSED;
  }
}

/** Advice that changes no flags: its result, or null when `advice` is one that does. */
function adviceOnPages(mm: Mm, vma: Vma, start: number, end: number, advice: number): number | null {
  const { flags } = vma;
  switch (advice) {
    case abi.MADV_WILLNEED:
      return vma.file === null && !mm.limits.swap ? -EBADF : 0;
    case abi.MADV_COLD:
    case abi.MADV_PAGEOUT:
      return (flags & (abi.VM_LOCKED | abi.VM_PFNMAP | abi.VM_HUGETLB)) !== 0 ? -EINVAL : 0;
    case abi.MADV_DONTNEED:
    case abi.MADV_FREE:
    case abi.MADV_DONTNEED_LOCKED: {
      const forbidden = advice === abi.MADV_DONTNEED_LOCKED ? abi.VM_PFNMAP : abi.VM_PFNMAP | abi.VM_LOCKED;
      if ((flags & forbidden) !== 0) return -EINVAL;
      if (advice === abi.MADV_FREE) return isAnonymous(vma) ? 0 : -EINVAL;
      if (mm.pages !== null) mm.pages.zap(start, end, "present", mm.profile.zapFreesTables);
      return 0;
    }
    case abi.MADV_REMOVE:
      return removePages(mm, vma, start, end);
    case abi.MADV_COLLAPSE:
      return hasHugeBlock(vma, start, end) ? 0 : -EINVAL;
    case abi.MADV_GUARD_INSTALL:
      return installGuard(mm, vma, start, end);
    case abi.MADV_GUARD_REMOVE:
      if ((flags & (abi.VM_SPECIAL | abi.VM_HUGETLB)) !== 0) return -EINVAL;
      if (mm.pages !== null) mm.pages.zap(start, end, "guard", false);
      return 0;
    default:
      return null;
  }
}

function removePages(mm: Mm, vma: Vma, start: number, end: number): number {
  if ((vma.flags & abi.VM_LOCKED) !== 0 || vma.file === null) return -EINVAL;
  const needed = abi.VM_SHARED | abi.VM_MAYWRITE;
  if ((vma.flags & needed) !== needed) return -EACCES;
  if (mm.pages !== null) {
    mm.pages.zap(start, end, "present", false);
    const first = vma.pgoff + toPages(start - vma.start);
    const { resident } = vma.file.object;
    for (let index = first; index < first + toPages(end - start); index += 1) {
      if (resident.delete(index)) mm.journal?.push(() => resident.add(index));
    }
  }
  return 0;
}

function hasHugeBlock(vma: Vma, start: number, end: number): boolean {
  const first = Math.ceil(start / HUGE_PAGE_SIZE) * HUGE_PAGE_SIZE;
  return isAnonymous(vma) && first + HUGE_PAGE_SIZE <= end;
}

/** Guard markers in [start, end) (6.13 on). The flag goes on the whole area, without a split. */
function installGuard(mm: Mm, vma: Vma, start: number, end: number): number {
  if ((vma.flags & (abi.VM_SPECIAL | abi.VM_HUGETLB | abi.VM_LOCKED)) !== 0) return -EINVAL;
  if (isAnonymous(vma)) prepareAnon(mm, vma);
  if ((vma.flags & abi.VM_MAYBE_GUARD) === 0 && mm.profile.stickyFlags !== 0) {
    const before = vma.flags;
    writeLock(mm, vma);
    vma.flags |= abi.VM_MAYBE_GUARD;
    if (mm.events !== null) mm.events.changed(vma, before, vma.flagsHigh);
  }
  if (mm.pages !== null) {
    for (let page = start; page < end; page += PAGE_SIZE) mm.pages.set(page, "guard");
  }
  return 0;
}

/** MADV_POPULATE_READ and _WRITE (`madvise_populate`). */
function populate(mm: Mm, start: number, end: number, write: boolean): number {
  let position = start;
  while (position < end) {
    const vma = mm.cursor.find(position);
    if (vma === undefined || vma.start > position) return -ENOMEM;
    const shareEnd = Math.min(vma.end, end);
    const error = populateShare(mm, vma, position, shareEnd, write);
    if (error !== 0) return error;
    position = shareEnd;
  }
  return 0;
}

/** Touches [start, end) of one area (`faultin_page_range`). */
function populateShare(mm: Mm, vma: Vma, start: number, end: number, write: boolean): number {
  if ((vma.flags & (abi.VM_IO | abi.VM_PFNMAP)) !== 0) return -EINVAL;
  if ((vma.flags & (write ? abi.VM_WRITE : abi.VM_READ)) === 0) return -EINVAL;
  return touchRange(mm, vma, start, end, write) === 0 ? 0 : -EFAULT;
}

/** One area's share where holes are passed over. */
function populateStep(
  request: MergeRequest,
  _prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  write: boolean,
): number {
  request.result = vma;
  return populateShare(request.mm, vma, start, end, write);
}

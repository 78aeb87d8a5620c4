/** Unmapping a range: gather what lies in it, split at both ends, then let go (`do_vmi_align_munmap`). */

import { EINVAL, ENOMEM, EPERM } from "../abi/errno.js";
import { VMH_SEALED } from "../abi/flags.js";
import { isPageAligned, pageAlignUp, TASK_SIZE } from "../abi/page.js";
import type { AreaIterator } from "../iterator.js";
import { writeLock } from "../merge/commit.js";
import { cutArea } from "../merge/split.js";
import type { Mm } from "../mm.js";
import { EMPTY_CHAIN } from "../object/anon-vma.js";
import { type Vma, vmaPages } from "../object/vma.js";
import { accountPages, isCharged, unchargePages } from "./accounting.js";
import { unmapCompact } from "./compact-map.js";

/** What munmap can be asked for besides the range. */
export interface UnmapOptions {
  /** Drop the address space's lock at the end, downgraded while pages are freed. */
  readonly unlock: boolean;
  /** Prepare userfaultfd unmap events. */
  readonly userfault: boolean;
}

const QUIETLY: UnmapOptions = { unlock: false, userfault: false };

/**
 * Unmaps [start, start + length) (`do_vmi_munmap`). Bytes; `length` is rounded up to pages.
 *
 * Returns 0 or a negative errno: EINVAL (misaligned, empty, outside), ENOMEM, EPERM (sealed), or a may-split hook's.
 * Leaves: on failure every area is still mapped, but splits already made stay.
 */
export function unmapRange(
  iterator: AreaIterator,
  start: number,
  length: number,
  options: UnmapOptions = QUIETLY,
): number {
  if (!isPageAligned(start) || start > TASK_SIZE || length > TASK_SIZE - start) return -EINVAL;
  const end = start + pageAlignUp(length);
  if (end === start) return -EINVAL;
  return unmapAligned(iterator, start, end, options);
}

/** As `unmapRange`, for a range already checked: [start, end), page aligned, not empty. */
export function unmapAligned(
  iterator: AreaIterator,
  start: number,
  end: number,
  options: UnmapOptions = QUIETLY,
): number {
  const mm = iterator.mm;
  const gathered = mm.gathered;
  if (options === QUIETLY && mm.isCompact && unmapCompact(mm, start, end)) return 0;
  const error = gatherAreas(iterator, start, end, options.userfault);
  if (error !== 0) {
    keepGathered(mm);
    return error;
  }
  if (gathered.length === 0) {
    if (options.unlock) mm.host.lockChanged("write-unlock");
    return 0;
  }
  if (!mm.host.clearRange(start, end)) {
    keepGathered(mm);
    iterator.status = "error";
    return -ENOMEM;
  }
  iterator.clear(start, end);
  if (options.unlock) mm.host.lockChanged("downgrade");
  releaseGathered(mm);
  if (options.unlock) mm.host.lockChanged("read-unlock");
  return 0;
}

/**
 * Collects the areas of [start, end) in `mm.gathered`, splitting those that reach out of it. The tree still holds
 * them (`vms_gather_munmap_vmas`).
 *
 * Returns 0 or a negative errno; splits made before a failure stay. Whoever does not go on to write over the range
 * must call `keepGathered`.
 */
export function gatherAreas(iterator: AreaIterator, start: number, end: number, userfault: boolean): number {
  const mm = iterator.mm;
  const gathered = mm.gathered;
  keepGathered(mm);
  let vma: Vma | null = iterator.findBefore(start, end);
  // Ranges are asked of the iterator, which has them from the tree: a record may be far away in memory.
  if (vma === null || iterator.index >= end) return 0;
  if (start > iterator.index) {
    if (end < iterator.end && mm.mapCount >= mm.limits.maxMapCount) return -ENOMEM;
    if (isSealed(vma)) return -EPERM;
    const error = cutArea(iterator, vma, start, "new-below");
    if (error !== 0) return error;
  }
  while (vma !== null && iterator.index < end) {
    if (isSealed(vma)) return -EPERM;
    let areaEnd = iterator.end;
    if (areaEnd > end) {
      const error = cutArea(iterator, vma, end, "new-above");
      if (error !== 0) return error;
      areaEnd = end;
    }
    writeLock(mm, vma);
    if (!mm.host.detachArea(vma)) return -ENOMEM;
    gathered.push(vma);
    if (userfault && !mm.host.prepareUserfaultUnmap(vma)) return -ENOMEM;
    vma = areaEnd >= end ? null : iterator.find(areaEnd);
  }
  return 0;
}

/** Forgets what was gathered: it stays mapped, cut as it is. One by one: setting an array's length leaves compiled code. */
export function keepGathered(mm: Mm): void {
  const { gathered } = mm;
  while (gathered.length > 0) gathered.pop();
}

/** Lets go of the gathered areas: counters, hooks, files, charges (`vms_complete_munmap_vmas`). Cannot fail. */
export function releaseGathered(mm: Mm): void {
  const { gathered } = mm;
  let charged = 0;
  mm.mapCount -= gathered.length;
  for (let i = 0; i < gathered.length; i += 1) {
    const vma = gathered[i] as Vma;
    const pages = vmaPages(vma);
    accountPages(mm, vma.flags, -pages);
    if (isCharged(vma.flags)) charged += pages;
  }
  if (mm.pages !== null) forgetPages(mm);
  for (let i = 0; i < gathered.length; i += 1) forgetArea(mm, gathered[i] as Vma);
  keepGathered(mm);
  if (charged > 0) unchargePages(mm, charged);
}

/** Lets the pages of the gathered areas go. The tree may hold the areas still, or not any more. */
function forgetPages(mm: Mm): void {
  const { cursor, gathered } = mm;
  const start = (gathered[0] as Vma).start;
  const end = (gathered[gathered.length - 1] as Vma).end;
  cursor.seek(start);
  const floor = cursor.peekPrev()?.end ?? 0;
  const ceiling = cursor.find(end)?.start ?? Number.POSITIVE_INFINITY;
  for (let i = 0; i < gathered.length; i += 1) {
    const vma = gathered[i] as Vma;
    mm.pages?.unmap(vma.start, vma.end, floor, ceiling);
  }
}

/** Close hook, file, policy and record of an area that is no longer in the tree (`remove_vma`). */
export function forgetArea(mm: Mm, vma: Vma): void {
  mm.remember(vma);
  const host = mm.host;
  host.closeArea(vma);
  if (vma.file !== null) host.fileDropped(vma.file);
  vma.anonVma = null;
  vma.anonChain = EMPTY_CHAIN;
  if (vma.policy !== null) host.policyDropped(vma.policy);
  if (mm.events !== null) mm.events.removed(vma);
  host.freeArea(vma);
}

/** Whether the area is sealed against removal and change. */
export function isSealed(vma: Vma): boolean {
  return (vma.flagsHigh & VMH_SEALED) !== 0;
}

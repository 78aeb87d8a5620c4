/** Establishing a mapping once its address and flags are known (`mmap_region`). */

import { EACCES, ENOMEM } from "../abi/errno.js";
import {
  VM_ACCOUNT,
  VM_DONTEXPAND,
  VM_EXEC,
  VM_HUGETLB,
  VM_IO,
  VM_LOCKED_MASK,
  VM_MAYSHARE,
  VM_MERGEABLE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  VM_SOFTDIRTY,
  VM_SPECIAL,
  VM_WRITE,
  VMH_DROPPABLE,
} from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import { writeLock } from "../merge/commit.js";
import { asksNextFirst, mergeNewRange } from "../merge/new-range.js";
import type { MergeRequest } from "../merge/request.js";
import type { Mm } from "../mm.js";
import type { OpenFile, VmOps } from "../object/file.js";
import { Vma, vmaPages } from "../object/vma.js";
import { accountPages, chargePages, isAccountable, mayExpand, unchargePages } from "./accounting.js";
import { mapCompact } from "./compact-map.js";
import { gatherAreas, keepGathered, releaseGathered } from "./unmap.js";

const KSM_EXCLUDED: number =
  VM_SHARED | VM_MAYSHARE | VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_HUGETLB | VM_MIXEDMAP;

/** Whether pages of such an area may be shared by KSM (`vma_ksm_compatible`). */
export function isKsmCompatible(flags: number, flagsHigh: number): boolean {
  return (flags & KSM_EXCLUDED) === 0 && (flagsHigh & VMH_DROPPABLE) === 0;
}

/**
 * Whether the process-wide KSM opt-in marks a new mapping before it is tried against its neighbours. A driver that
 * sets a mapping up by itself, as /dev/zero's does, gets the mark afterwards in every kernel.
 */
function isKsmSetEarly(mm: Mm, file: OpenFile | null): boolean {
  return mm.profile.ksmAll === "before-merge" && file?.kind !== "zero";
}

/** Whether memory may be both written and executed under PR_SET_MDWE (`map_deny_write_exec`). */
export function deniesWriteExec(mm: Mm, oldFlags: number, newFlags: number): boolean {
  if (!mm.denyWriteExec || (newFlags & VM_EXEC) === 0) return false;
  return (newFlags & VM_WRITE) !== 0 || (oldFlags & VM_EXEC) === 0;
}

/**
 * Maps [start, start + length) with the given flags, over whatever is there.
 *
 * Returns `start` or a negative errno. On EPERM (sealed) and on a refused split nothing is unmapped, but splits made
 * stay; limits are checked before anything is unmapped.
 */
export function mapRegion(
  request: MergeRequest,
  start: number,
  length: number,
  flagsAsked: number,
  flagsHigh: number,
  pgoff: number,
  file: OpenFile | null,
  ops: VmOps | null,
): number {
  const { mm, iterator } = request;
  const end = start + length;
  const pages = toPages(length);
  let flags = flagsAsked;
  if (flagsHigh === 0 && ops === null && mm.isCompact && mapCompact(mm, start, end, flags, pgoff, file)) {
    return start;
  }
  if (deniesWriteExec(mm, flags, flags)) return -EACCES;

  const error = gatherAreas(iterator, start, end, false);
  if (error !== 0) {
    keepGathered(mm);
    return error;
  }
  let gone = 0;
  const { gathered } = mm;
  for (let i = 0; i < gathered.length; i += 1) gone += vmaPages(gathered[i] as Vma);
  if (!mayExpand(mm, flags, pages - gone)) {
    keepGathered(mm);
    return -ENOMEM;
  }
  let charged = 0;
  if (isAccountable(flags)) {
    if (!chargePages(mm, pages)) {
      keepGathered(mm);
      return -ENOMEM;
    }
    charged = pages;
    flags |= VM_ACCOUNT;
  }
  if (mm.ksmAll && isKsmSetEarly(mm, file) && isKsmCompatible(flags, flagsHigh)) flags |= VM_MERGEABLE;
  if (mm.limits.softDirty) flags |= VM_SOFTDIRTY;

  const overwrites = mm.gathered.length > 0;
  if (overwrites) releaseGathered(mm);
  findNeighbours(request, start, end);
  const { prev, next } = request;
  let area: Vma | null = null;
  if (mm.events !== null || ((flags & VM_SPECIAL) === 0 && (prev !== null || next !== null))) {
    request.proposeNewRange(start, end, flags, flagsHigh, pgoff);
    request.prev = prev;
    request.next = next;
    request.file = file;
    request.overwrites = overwrites;
    request.nextFirst = asksNextFirst(mm);
    request.closable = ops !== null && ops.close !== undefined;
    area = mergeNewRange(request);
  }
  if (area !== null) {
    if (mm.limits.softDirty) area.flags |= VM_SOFTDIRTY;
  } else {
    area = placeNew(request, start, end, flags, flagsHigh, pgoff, file, ops);
    if (area === null) {
      if (overwrites) iterator.clear(start, end);
      if (charged > 0) unchargePages(mm, charged);
      return -ENOMEM;
    }
  }
  accountPages(mm, lockableFlags(flags, flagsHigh), pages);
  return start;
}

/**
 * The flags a new area ends up with: special, huge-page and droppable memory is never locked. The merge is tried with
 * the lock flags still set, as the kernel does.
 */
function lockableFlags(flags: number, flagsHigh: number): number {
  const never = (flags & (VM_SPECIAL | VM_HUGETLB)) !== 0 || (flagsHigh & VMH_DROPPABLE) !== 0;
  return never ? flags & ~VM_LOCKED_MASK : flags;
}

/**
 * Sets the request's neighbours from the tree: what ends at or below `start`, what begins at or above `end`. One that
 * does not touch the range decides nothing and is only looked up for those who are told of refusals.
 */
export function findNeighbours(request: MergeRequest, start: number, end: number): void {
  const { cursor, events } = request.mm;
  request.iterator.reset(start);
  const inHole = cursor.seek(start) === undefined;
  const holeStart = cursor.start;
  const holeEnd = cursor.end;
  if (inHole && holeEnd >= end) {
    request.prev = holeStart === start || events !== null ? (cursor.peekPrev() ?? null) : null;
    request.next = holeEnd === end || events !== null ? (cursor.peekNext() ?? null) : null;
    return;
  }
  if (!inHole && holeStart !== start) request.prev = cursor.value ?? null;
  else request.prev = holeStart === start || events !== null ? (cursor.peekPrev() ?? null) : null;
  const next = cursor.find(end);
  request.next = next !== undefined && (cursor.start <= end || events !== null) ? next : null;
}

function placeNew(
  request: MergeRequest,
  start: number,
  end: number,
  flags: number,
  flagsHigh: number,
  pgoff: number,
  file: OpenFile | null,
  ops: VmOps | null,
): Vma | null {
  const { mm, iterator } = request;
  const { host } = mm;
  if (!host.allocateArea(null)) return null;
  let wanted = lockableFlags(flags, flagsHigh);
  if (mm.ksmAll && isKsmCompatible(wanted, flagsHigh)) wanted |= VM_MERGEABLE;
  const vma = new Vma(mm.family.nextAreaId(), start, end, pgoff, wanted, flagsHigh);
  vma.file = file;
  if (ops !== null) vma.ops = ops;
  mm.passing.add(vma);
  host.areaAllocated(vma, null);
  iterator.configure(start, end);
  if (!host.preallocateNodes()) {
    host.freeArea(vma);
    return null;
  }
  if (file !== null) host.fileTaken(file);
  writeLock(mm, vma);
  iterator.store(start, end, vma);
  mm.mapCount += 1;
  if (mm.events !== null) mm.events.created(vma);
  return vma;
}

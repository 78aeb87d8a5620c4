/**
 * mremap in every form: shrinking, growing in place, moving, to a fixed place, keeping the source, and (6.17 on)
 * moving several areas at once.
 *
 * Longer than 350 lines because the two orders in which kernels check and destroy share every step.
 */

import { EAGAIN, EFAULT, EINVAL, ENOMEM, EPERM } from "../abi/errno.js";
import {
  MAP_FIXED,
  MAP_SHARED,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  VM_ACCOUNT,
  VM_DONTEXPAND,
  VM_LOCKED,
  VM_LOCKED_MASK,
  VM_MAYSHARE,
  VM_PFNMAP,
  VM_SHARED,
  VM_UFFD_LOW,
  VMH_UFFD_MINOR,
} from "../abi/flags.js";
import { isPageAligned, pageAlignUp, TASK_SIZE, toPages } from "../abi/page.js";
import type { AreaIterator } from "../iterator.js";
import { dropAnon } from "../merge/anon-dup.js";
import { expandArea } from "../merge/expand.js";
import { mergeExtend } from "../merge/extend.js";
import { cutOut } from "../merge/modify.js";
import type { MergeRequest } from "../merge/request.js";
import type { Mm } from "../mm.js";
import { isAnonymous, isClosable, type Vma } from "../object/vma.js";
import { accountPages, chargePages, mayExpand, mayLock, unchargePages } from "../region/accounting.js";
import { replaceFlags } from "../region/change.js";
import { growCompact, moveCompact } from "../region/compact-map.js";
import { copyVma } from "../region/copy.js";
import { populateRange } from "../region/fault.js";
import { findRoom } from "../region/placement.js";
import { isSealed, unmapAligned, unmapRange } from "../region/unmap.js";

const KNOWN_FLAGS: number = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;

/** One mremap call with lengths rounded up to pages. Bytes. */
interface Remap {
  readonly address: number;
  oldLength: number;
  readonly newLength: number;
  readonly flags: number;
  readonly newAddress: number;
}

/**
 * Resizes or moves [address, address + oldLength). Bytes; `newAddress` is used with MREMAP_FIXED and as a hint with
 * MREMAP_DONTUNMAP. Returns the new address or a negative errno.
 */
export function mremap(
  request: MergeRequest,
  address: number,
  oldLength: number,
  newLength: number,
  flags: number,
  newAddress: number,
): number {
  if ((flags & ~KNOWN_FLAGS) !== 0) return -EINVAL;
  if ((flags & MREMAP_FIXED) !== 0 && (flags & MREMAP_MAYMOVE) === 0) return -EINVAL;
  if ((flags & MREMAP_DONTUNMAP) !== 0 && ((flags & MREMAP_MAYMOVE) === 0 || oldLength !== newLength)) {
    return -EINVAL;
  }
  if (!isPageAligned(address)) return -EINVAL;
  const call: Remap = {
    address,
    oldLength: pageAlignUp(oldLength),
    newLength: pageAlignUp(newLength),
    flags,
    newAddress,
  };
  if (call.newLength === 0) return -EINVAL;
  if (request.mm.isCompact) {
    const result = remapCompact(request, call);
    if (result !== null) return result;
  }
  return request.mm.profile.mremapOrder === "check-first"
    ? remapCheckedFirst(request, call)
    : remapInOldOrder(request, call);
}

/**
 * The result where the call resizes an area without a record in place, or finds none to resize. Null, with nothing changed,
 * where the longer way must do it or refuse it.
 */
function remapCompact(request: MergeRequest, call: Remap): number | null {
  const { mm, iterator } = request;
  const { address, oldLength, newLength } = call;
  if (impliesAddress(call) || oldLength === 0 || newLength > TASK_SIZE) return null;
  const { cells } = mm;
  const cell = cells.seek(address);
  if (cell === undefined) return -EFAULT;
  if (typeof cell !== "number") return null;
  if (newLength > oldLength) {
    const end = address + oldLength;
    const areaEnd = cells.end;
    if (end > areaEnd) return -EFAULT;
    if (growCompact(mm, address, end, newLength - oldLength)) return address;
    const hasRoom = areaEnd === end && hasRoomBehind(mm, end, newLength - oldLength);
    return hasRoom ? null : growByMove(request, call, cell);
  }
  if (newLength === oldLength) return address;
  return unmapRange(iterator, address + newLength, oldLength - newLength) === 0 ? address : null;
}

/** The same where the area `cell` cannot get longer in its place. */
function growByMove(request: MergeRequest, call: Remap, cell: number): number | null {
  const { mm, iterator } = request;
  const { address, oldLength, newLength, flags } = call;
  const { compact } = mm;
  const areaFlags = compact.flagsOf(cell);
  if (mm.steps !== null || mm.pages !== null) return null;
  if (!mayExpand(mm, areaFlags, toPages(newLength - oldLength))) return -ENOMEM;
  if ((flags & MREMAP_MAYMOVE) === 0) return -ENOMEM;
  const shared = (areaFlags & VM_MAYSHARE) !== 0 ? MAP_SHARED : 0;
  const room = findRoom(mm, compact.fileOf(cell), 0, newLength, shared);
  if (room < 0) return room;
  if (!mayMove(mm)) return -ENOMEM;
  if (moveCompact(mm, cell, address, oldLength, newLength, room)) return room;
  return moveArea(request, iterator.areaAt(address) as Vma, address, oldLength, newLength, room, flags);
}

function impliesAddress(call: Remap): boolean {
  return (call.flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0;
}

/** Whether the place asked for is one at all: 0, or -EINVAL. */
function checkTarget(call: Remap): number {
  const { address, oldLength, newAddress, newLength } = call;
  if (!isPageAligned(newAddress)) return -EINVAL;
  if (newLength > TASK_SIZE || newAddress > TASK_SIZE - newLength) return -EINVAL;
  return address + oldLength > newAddress && newAddress + newLength > address ? -EINVAL : 0;
}

function nearMapLimit(mm: Mm): boolean {
  return mm.mapCount + 2 >= mm.limits.maxMapCount - 3;
}

/** Whether there may be the areas more that a move can make: a copy, and two cuts of the source. */
function mayMove({ mapCount, limits }: Mm): boolean {
  return mapCount < limits.maxMapCount - 3;
}

/** Up to 6.16: what is in the way is destroyed before the source has been checked in full. */
function remapInOldOrder(request: MergeRequest, call: Remap): number {
  const { mm, iterator } = request;
  const { address, oldLength, newLength } = call;
  const source = iterator.areaAt(address);
  if (source === undefined) return -EFAULT;
  if (isSealed(source)) return -EPERM;
  if (impliesAddress(call)) {
    const bad = checkTarget(call);
    if (bad !== 0) return bad;
    if (nearMapLimit(mm)) return -ENOMEM;
    const unmapError = clearForMove(iterator, call);
    if (unmapError !== 0) return unmapError;
    const vma = mm.areaAt(address);
    const error = checkResize(mm, call, vma);
    if (error !== 0) return error;
    return moveToTarget(request, call, vma as Vma);
  }
  if (oldLength >= newLength) return shrinkInPlace(request, call);
  const error = checkResize(mm, call, source);
  return error !== 0 ? error : growOrMove(request, call, source);
}

/** From 6.17: everything that can be checked is checked before anything is destroyed. */
function remapCheckedFirst(request: MergeRequest, call: Remap): number {
  const { mm, iterator } = request;
  const { address, oldLength, newLength, flags } = call;
  if (newLength > TASK_SIZE) return -EINVAL;
  if (impliesAddress(call)) {
    const bad = checkTarget(call);
    if (bad !== 0) return bad;
    if (nearMapLimit(mm)) return -ENOMEM;
  }
  if (mm.profile.mremapSeveralAreas && (flags & MREMAP_FIXED) !== 0 && oldLength === newLength) {
    return moveSeveral(request, call);
  }
  const source = iterator.areaAt(address);
  if (source === undefined) return -EFAULT;
  if (isSealed(source)) return -EPERM;
  if (!impliesAddress(call) && oldLength >= newLength) return shrinkInPlace(request, call);
  const error = checkResize(mm, call, source);
  if (error !== 0) return error;
  if (!impliesAddress(call)) return growOrMove(request, call, source);
  const unmapError = clearForMove(iterator, call);
  if (unmapError !== 0) return unmapError;
  const vma = mm.areaAt(address);
  if (vma === undefined) return -EFAULT;
  return moveToTarget(request, call, vma);
}

/** Unmaps what is in the way of a move, and the end of the source that does not go along. 0 or a negative errno. */
function clearForMove(iterator: AreaIterator, call: Remap): number {
  const { address, oldLength, newLength, flags } = call;
  if ((flags & MREMAP_FIXED) !== 0) {
    const error = unmapRange(iterator, call.newAddress, newLength);
    if (error !== 0) return error;
  }
  if (oldLength <= newLength) return 0;
  const error = unmapRange(iterator, address + newLength, oldLength - newLength);
  if (error === 0) call.oldLength = newLength;
  return error;
}

/** Whether `vma` may give or take what the call asks (`vma_to_resize`): 0 or a negative errno. */
function checkResize(mm: Mm, call: Remap, vma: Vma | undefined): number {
  const { address, oldLength, newLength, flags } = call;
  if (vma === undefined) return -EFAULT;
  if (oldLength === 0 && (vma.flags & (VM_SHARED | VM_MAYSHARE)) === 0) return -EINVAL;
  if ((flags & MREMAP_DONTUNMAP) !== 0 && (vma.flags & (VM_DONTEXPAND | VM_PFNMAP)) !== 0) return -EINVAL;
  // What a shrink unmaps may lie behind the area; what is left of the range may not.
  if (Math.min(oldLength, newLength) > vma.end - address) return -EFAULT;
  if (newLength <= oldLength) return 0;
  if ((vma.flags & (VM_DONTEXPAND | VM_PFNMAP)) !== 0) return -EFAULT;
  const pages = toPages(newLength - oldLength);
  if ((vma.flags & VM_LOCKED) !== 0 && !mayLock(mm, pages)) return -EAGAIN;
  return mayExpand(mm, vma.flags, pages) ? 0 : -ENOMEM;
}

function shrinkInPlace(request: MergeRequest, call: Remap): number {
  const { address, oldLength, newLength } = call;
  if (oldLength > newLength) {
    const error = unmapRange(request.iterator, address + newLength, oldLength - newLength);
    if (error !== 0) return error;
  }
  return address;
}

/** Grows in place when the old range ends its area and there is room behind; else moves if that is allowed. */
function growOrMove(request: MergeRequest, call: Remap, vma: Vma): number {
  const { mm } = request;
  const { address, oldLength, newLength, flags } = call;
  const delta = newLength - oldLength;
  if (oldLength === vma.end - address && hasRoomBehind(mm, vma.end, delta)) {
    const pages = toPages(delta);
    const charged = (vma.flags & VM_ACCOUNT) !== 0;
    if (charged && !chargePages(mm, pages)) return -ENOMEM;
    const { flags: areaFlags } = vma;
    if (!extendInPlace(request, vma, delta)) {
      if (charged) unchargePages(mm, pages);
      return -ENOMEM;
    }
    accountPages(mm, areaFlags, pages);
    if ((areaFlags & VM_LOCKED) !== 0) populateRange(mm, address + oldLength, address + newLength, true);
    return address;
  }
  if ((flags & MREMAP_MAYMOVE) === 0) return -ENOMEM;
  const shared = (vma.flags & VM_MAYSHARE) !== 0 ? MAP_SHARED : 0;
  const room = findRoom(mm, vma.file, 0, newLength, shared);
  if (room < 0) return room;
  return moveArea(request, vma, address, oldLength, newLength, room, flags);
}

/** Grows `vma` into the room behind it, joining what follows where that fits; false when there is no memory. */
function extendInPlace(request: MergeRequest, vma: Vma, delta: number): boolean {
  const { mm } = request;
  if (mm.profile.closeRule !== "never" || !isClosable(vma)) {
    return mergeExtend(request, vma, delta, mm.events !== null) !== null;
  }
  // Areas with a close hook take part in no merge at all there, and so only get longer.
  request.proposeArea(vma, vma, vma.start, vma.end + delta);
  request.iterator.moveTo(vma);
  return expandArea(request) === 0;
}

/** Whether an area that ends at `end` can get longer by `delta` bytes. */
function hasRoomBehind({ cells }: Mm, end: number, delta: number): boolean {
  if (end + delta > TASK_SIZE) return false;
  return cells.seek(end) === undefined && cells.end >= end + delta;
}

/** Moves to a place that has been cleared already (MREMAP_FIXED) or is only a hint (MREMAP_DONTUNMAP alone). */
function moveToTarget(request: MergeRequest, call: Remap, vma: Vma): number {
  const { mm } = request;
  const { address, oldLength, newLength, flags, newAddress } = call;
  if ((flags & MREMAP_DONTUNMAP) !== 0 && !mayExpand(mm, vma.flags, toPages(oldLength))) return -ENOMEM;
  const fixed = (flags & MREMAP_FIXED) !== 0;
  const mapFlags = (fixed ? MAP_FIXED : 0) | ((vma.flags & VM_MAYSHARE) !== 0 ? MAP_SHARED : 0);
  const room = findRoom(mm, vma.file, newAddress, newLength, mapFlags);
  if (room < 0) return room;
  return moveArea(request, vma, address, oldLength, newLength, room, flags);
}

/**
 * Moves [address, address + oldLength) of `vma` to `to` (`move_vma`).
 *
 * ```
 *   VV***V ........    VV...V ...***..      moved
 *   VV***V ........    VVVVVV ...***..      with MREMAP_DONTUNMAP
 * ```
 *
 * Returns the new address or a negative errno, with nothing changed except splits.
 */
function moveArea(
  request: MergeRequest,
  vma: Vma,
  address: number,
  oldLength: number,
  newLength: number,
  to: number,
  flags: number,
): number {
  const { mm } = request;
  const keep = (flags & MREMAP_DONTUNMAP) !== 0;
  if (!mayMove(mm)) return -ENOMEM;
  let refused = vma.start !== address ? mm.host.maySplit(vma, address) : 0;
  if (refused === 0 && vma.end !== address + oldLength) refused = mm.host.maySplit(vma, address + oldLength);
  if (refused !== 0) return refused;
  const areaFlags = vma.flags;
  if (keep && (areaFlags & VM_LOCKED) !== 0 && mm.profile.dontUnmapCutsLocked) {
    // Only this much loses its lock. Cut and not modified, so that it never joins a neighbour.
    const error = cutOut(request.iterator, vma, address, address + oldLength);
    if (error !== 0) return error;
  }
  const charged = (areaFlags & VM_ACCOUNT) !== 0 ? toPages(keep ? newLength : newLength - oldLength) : 0;
  if (charged > 0 && !chargePages(mm, charged)) return -ENOMEM;

  const pgoff = vma.pgoff + toPages(address - vma.start);
  const placed = copyVma(request, vma, to, newLength, pgoff, keep);
  const copy = placed.copy;
  if (copy === null) {
    if (charged > 0) unchargePages(mm, charged);
    return -ENOMEM;
  }
  const source = placed.source;
  accountPages(mm, areaFlags, toPages(newLength));
  if (mm.pages !== null) mm.pages.move(address, address + oldLength, to);
  releaseUserfault(mm, copy);

  if (keep) {
    replaceFlags(mm, source, source.flags & ~VM_LOCKED_MASK);
    if (copy !== source && source.start === address && source.end === address + oldLength) {
      dropAnon(mm, source);
      if (isAnonymous(source) && source.file === null && mm.profile.dontUnmapResetsOffset) {
        source.pgoff = toPages(source.start);
      }
    }
    return to;
  }
  unmapSource(request, source, areaFlags, address, oldLength);
  if ((areaFlags & VM_LOCKED) !== 0 && newLength > oldLength) {
    populateRange(mm, to + oldLength, to + newLength, true);
  }
  return to;
}

/** A descriptor that did not ask for remap events loses the moved area (`mremap_userfaultfd_prep`). */
function releaseUserfault(mm: Mm, copy: Vma): void {
  if (copy.uffdContext === null) return;
  mm.remember(copy);
  copy.uffdContext = null;
  copy.flagsHigh &= ~VMH_UFFD_MINOR;
  replaceFlags(mm, copy, copy.flags & ~VM_UFFD_LOW);
}

/**
 * Unmaps the moved range without giving its charge back, which travelled with the pages: VM_ACCOUNT is hidden from
 * the whole source area and shown again on the pieces that remain.
 */
function unmapSource(
  request: MergeRequest,
  source: Vma,
  areaFlags: number,
  address: number,
  oldLength: number,
): void {
  const { mm, iterator } = request;
  const end = address + oldLength;
  const charged = (areaFlags & VM_ACCOUNT) !== 0;
  const before = charged && source.start < address;
  const after = charged && source.end > end;
  mm.remember(source);
  if (charged) source.flags &= ~VM_ACCOUNT;
  if (oldLength > 0) unmapAligned(iterator, address, end);
  if (before) {
    const piece = mm.areaAt(address - 1);
    if (piece !== undefined) piece.flags |= VM_ACCOUNT;
  }
  if (after) {
    const piece = mm.areaAt(end);
    if (piece !== undefined) piece.flags |= VM_ACCOUNT;
  }
}

/** Whether an area may be moved together with others (6.17 on). */
function movesInCompany(vma: Vma): boolean {
  if (vma.uffdContext !== null || isClosable(vma)) return false;
  return vma.file === null || vma.file.kind !== "zero";
}

/**
 * A pure fixed move (6.17 on): each area of the range moves by itself to the same relative place; holes stay holes,
 * and what was there under them stays too.
 */
function moveSeveral(request: MergeRequest, call: Remap): number {
  const { mm, iterator } = request;
  const { address, oldLength, newAddress, flags } = call;
  const end = address + oldLength;
  let vma = mm.areaAt(address);
  if (vma === undefined) return -EFAULT;
  const alone = vma.end >= end && true;
  let position = address;
  let first = true;
  while (vma !== undefined && position < end && vma.start < end) {
    const start = Math.max(vma.start, position);
    const pieceEnd = Math.min(vma.end, end);
    const followed = pieceEnd < end;
    if (!(first && alone) && (!first || followed) && !movesInCompany(vma)) return -EFAULT;
    if (isSealed(vma)) return -EPERM;
    const to = newAddress + (start - address);
    const piece: Remap = {
      address: start,
      oldLength: pieceEnd - start,
      newLength: pieceEnd - start,
      flags,
      newAddress: to,
    };
    const error = checkResize(mm, piece, vma);
    if (error !== 0) return error;
    const unmapError = unmapRange(iterator, to, piece.newLength);
    if (unmapError !== 0) return unmapError;
    const current = mm.areaAt(start);
    if (current === undefined) return -EFAULT;
    const moved = moveToTarget(request, piece, current);
    if (moved < 0) return moved;
    position = pieceEnd;
    first = false;
    vma = mm.cursor.find(position);
  }
  return newAddress;
}

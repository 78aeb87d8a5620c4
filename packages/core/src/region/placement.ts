/** Where a mapping goes (`get_unmapped_area`). Addresses and lengths are bytes, page aligned. */

import { nextGap, prevGap } from "@vma/maple/gaps";
import { EINVAL, ENOMEM, EPERM } from "../abi/errno.js";
import { MAP_32BIT, MAP_FIXED, MAP_SHARED, VM_GROWSDOWN } from "../abi/flags.js";
import {
  HUGE_PAGE_SIZE,
  isPageAligned,
  PAGE_SIZE,
  pageAlignDown,
  pageAlignUp,
  TASK_SIZE,
} from "../abi/page.js";
import type { Mm } from "../mm.js";
import type { AreaCell } from "../object/compact.js";
import type { OpenFile } from "../object/file.js";
import type { Vma } from "../object/vma.js";

/** MAP_32BIT mappings live in [1 GiB, 2 GiB). */
const LOW_BEGIN = 0x40000000;
const LOW_END = 0x80000000;

/** Bottom-up searches begin at a third of the address space. */
const BOTTOM_UP_BEGIN: number = pageAlignUp(TASK_SIZE / 3);

/** First byte of the guard gap below an area that grows down, or its start (`vm_start_gap`). */
export function startWithGap(mm: Mm, vma: Vma): number {
  if ((vma.flags & VM_GROWSDOWN) === 0) return vma.start;
  return Math.max(0, vma.start - mm.limits.stackGuardGapPages * PAGE_SIZE);
}

/** The hint of a mapping without MAP_FIXED, as mmap uses it: a page boundary not below vm.mmap_min_addr. */
export function hintAddress(mm: Mm, hint: number): number {
  const address = pageAlignDown(hint);
  const least = mm.limits.mmapMinAddr;
  return hint !== 0 && address < least ? pageAlignUp(least) : address;
}

/**
 * Chooses the address of a mapping.
 *
 * Returns the address, or -ENOMEM (no room, too long), -EINVAL (a fixed address that is misaligned), -EPERM (a fixed
 * address below vm.mmap_min_addr without the capability).
 *
 * @param hint where the caller would like it; the address itself with MAP_FIXED
 */
export function findRoom(
  mm: Mm,
  file: OpenFile | null,
  hint: number,
  length: number,
  mapFlags: number,
): number {
  if (length > TASK_SIZE) return -ENOMEM;
  if ((mapFlags & MAP_FIXED) !== 0) return checkPlace(mm, hint, length);
  // As most are asked for; what was searched for and found needs no check.
  if (hint === 0 && length < HUGE_PAGE_SIZE && (mapFlags & MAP_32BIT) === 0 && mm.nextPlacement < 0) {
    return topDown(mm, length);
  }
  const address =
    length >= HUGE_PAGE_SIZE && wantsHugeAlignment(mm, file, hint, length, mapFlags)
      ? alignedRoom(mm, length, mapFlags)
      : searchRoom(mm, hint, length, mapFlags);
  return hint !== 0 || mm.nextPlacement >= 0 ? givenPlace(mm, address, length) : address;
}

/** The same where somebody has said where the mapping goes, or would like it. `searched`: what the search says. */
function givenPlace(mm: Mm, searched: number, length: number): number {
  if (mm.nextPlacement < 0) return searched < 0 ? searched : checkPlace(mm, searched, length);
  const address = mm.nextPlacement;
  mm.searchedPlacement = searched;
  mm.nextPlacement = -1;
  return checkPlace(mm, address, length);
}

/** Returns `address`, or why no mapping may be there. */
function checkPlace(mm: Mm, address: number, length: number): number {
  if (address > TASK_SIZE - length) return -ENOMEM;
  if (!isPageAligned(address)) return -EINVAL;
  if (address < mm.limits.mmapMinAddr && !mm.limits.rawIo) return -EPERM;
  return address;
}

// The compiler takes in only so much of what a function calls, rare parts included: those are functions of their own.

/** Private anonymous mappings of whole huge pages, at least one, are put on a huge-page boundary. */
function wantsHugeAlignment(
  mm: Mm,
  file: OpenFile | null,
  hint: number,
  length: number,
  mapFlags: number,
): boolean {
  return (
    mm.profile.alignsHugeMappings &&
    file === null &&
    hint === 0 &&
    (mapFlags & MAP_SHARED) === 0 &&
    length % HUGE_PAGE_SIZE === 0
  );
}

/** Room on a huge-page boundary (`thp_get_unmapped_area`), else any. Anonymous memory counts as offset 0. */
function alignedRoom(mm: Mm, length: number, mapFlags: number): number {
  const padded = searchRoom(mm, 0, length + HUGE_PAGE_SIZE, mapFlags);
  if (padded < 0) return searchRoom(mm, 0, length, mapFlags);
  return padded + HUGE_PAGE_SIZE - (padded % HUGE_PAGE_SIZE);
}

function searchRoom(mm: Mm, hint: number, length: number, mapFlags: number): number {
  if ((mapFlags & MAP_32BIT) !== 0) return lowRoom(mm, hint, length);
  if (hint !== 0 && hint <= TASK_SIZE - length && isFree(mm, hint, length)) return hint;
  return topDown(mm, length);
}

/** Room as high as may be, or else anywhere. */
function topDown(mm: Mm, length: number): number {
  const address = highestRoom(mm, length);
  return address >= 0 ? address : lowestRoom(mm, length, BOTTOM_UP_BEGIN, TASK_SIZE);
}

function lowRoom(mm: Mm, hint: number, length: number): number {
  if (hint !== 0 && LOW_END - length >= hint && isFree(mm, hint, length)) return hint;
  return lowestRoom(mm, length, LOW_BEGIN, LOW_END);
}

/** Whether [address, address + length) is free and clear of the guard gap of the area above. */
function isFree(mm: Mm, address: number, length: number): boolean {
  const { cells } = mm;
  const above = cells.find(address);
  if (above === undefined) return true;
  return address + length <= (typeof above === "number" ? cells.start : startWithGap(mm, above));
}

/**
 * The highest room. Begins where earlier searches have found that nothing is above. Who maps the hole asks for it next: the
 * cursor is left there.
 */
function highestRoom(mm: Mm, length: number): number {
  const { cells, rooms } = mm;
  // Not a maximum, which would be a double to the compiler: of what begins a page, 1 to 4095 leave the same.
  const least = mm.limits.mmapMinAddr || PAGE_SIZE;
  const top = rooms.top(length, mm.mmapBase);
  if (top - length < least || !prevGap(cells, length, least, top)) return -ENOMEM;
  const holeEnd = Math.min(top, cells.end);
  rooms.found(length, holeEnd);
  // Where no area grows down, none keeps room free: nobody looks what is above, which is seldom at hand.
  const above = mm.stackVm > 0 ? cells.peekNext() : undefined;
  return typeof above === "object" ? roomBelow(mm, above, length, least, holeEnd) : holeEnd - length;
}

/** The same where the hole under the cursor ends at `holeEnd`, below `above`: searches again below each guard gap in the way. */
function roomBelow(mm: Mm, above: Vma, length: number, least: number, holeEnd: number): number {
  const { cells } = mm;
  let end = holeEnd;
  for (let next: AreaCell | undefined = above; typeof next === "object"; next = cells.peekNext()) {
    const limit = startWithGap(mm, next);
    if (limit >= end) break;
    if (limit - length < least || !prevGap(cells, length, least, limit)) return -ENOMEM;
    end = Math.min(limit, cells.end);
  }
  return end - length;
}

/** The lowest room, searching again above each growing area whose guard gap is in the way. */
function lowestRoom(mm: Mm, length: number, low: number, high: number): number {
  const { cells: cursor } = mm;
  let least = Math.max(low, mm.limits.mmapMinAddr);
  while (high - length >= least && nextGap(cursor, length, least, high)) {
    const address = Math.max(least, cursor.start);
    const above = cursor.peekNext();
    if (typeof above !== "object" || (above.flags & VM_GROWSDOWN) === 0) return address;
    if (startWithGap(mm, above) >= address + length) return address;
    least = above.end;
  }
  return -ENOMEM;
}

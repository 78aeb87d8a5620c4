/** mmap (`do_mmap`). Checks come in the kernel's order; the first that fails decides the errno. */

import { EACCES, EAGAIN, EBADF, EEXIST, EINVAL, ENOMEM, EOPNOTSUPP, EOVERFLOW, EPERM } from "../abi/errno.js";
import {
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_DENYWRITE,
  MAP_DROPPABLE,
  MAP_EXECUTABLE,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_LOCKED,
  MAP_NONBLOCK,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_STACK,
  MAP_TYPE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  VM_DONTDUMP,
  VM_EXEC,
  VM_GROWSDOWN,
  VM_LOCKED,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_NOHUGEPAGE,
  VM_NORESERVE,
  VM_SHARED,
  VM_WIPEONFORK,
  VMH_DROPPABLE,
} from "../abi/flags.js";
import { PAGE_SIZE, pageAlignUp, toPages } from "../abi/page.js";
import type { MergeRequest } from "../merge/request.js";
import { OpenFile, type VmOps } from "../object/file.js";
import { mayLock } from "../region/accounting.js";
import { populateRange } from "../region/fault.js";
import { mapRegion } from "../region/map.js";
import { findRoom, hintAddress } from "../region/placement.js";

/** One mmap call. Bytes, except `pgoff`, which is pages. */
export interface MmapCall {
  readonly address: number;
  readonly length: number;
  /** PROT_ bits. */
  readonly prot: number;
  /** MAP_ bits. */
  readonly flags: number;
  /** The open file of the descriptor; null or absent for MAP_ANONYMOUS. A bad descriptor is null without it. */
  readonly file?: OpenFile | null;
  readonly pgoff?: number;
  /** Hooks of the new area, for mappings that have them. */
  readonly ops?: VmOps | null;
}

/** MAP_ flags that plain MAP_SHARED ignores when unknown and MAP_SHARED_VALIDATE takes. */
const KNOWN_FLAGS: number =
  MAP_TYPE |
  MAP_FIXED |
  MAP_FIXED_NOREPLACE |
  MAP_ANONYMOUS |
  MAP_DENYWRITE |
  MAP_EXECUTABLE |
  MAP_GROWSDOWN |
  MAP_LOCKED |
  MAP_NORESERVE |
  MAP_POPULATE |
  MAP_NONBLOCK |
  MAP_STACK |
  MAP_HUGETLB |
  MAP_32BIT;

/** PROT_ bits as VM_ bits. They have the same values. */
function protFlags(prot: number): number {
  return prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
}

/** Returns the address of the mapping or a negative errno. */
export function mmap(request: MergeRequest, call: MmapCall): number {
  const { mm } = request;
  const file = (call.flags & MAP_ANONYMOUS) === 0 ? (call.file ?? null) : null;
  if ((call.flags & MAP_ANONYMOUS) === 0 && file === null) return -EBADF;
  // No huge pages are reserved on a stock system, so hugetlb mappings find none.
  if ((call.flags & MAP_HUGETLB) !== 0) return -ENOMEM;
  if (call.length === 0) return -EINVAL;
  let mapFlags = call.flags;
  if ((mapFlags & MAP_FIXED_NOREPLACE) !== 0) mapFlags |= MAP_FIXED;
  let hint = call.address;
  if (hint !== 0 && (mapFlags & MAP_FIXED) === 0) hint = hintAddress(mm, hint);
  const length = pageAlignUp(call.length);
  if (length >= 2 ** 64) return -ENOMEM;
  let pgoff = call.pgoff ?? 0;
  if (pgoff + toPages(length) > 2 ** 64) return -EOVERFLOW;
  if (mm.mapCount > mm.limits.maxMapCount) return -ENOMEM;

  const address = findRoom(mm, file, hint, length, mapFlags);
  if (address < 0) return address;
  if ((mapFlags & MAP_FIXED_NOREPLACE) !== 0) {
    if (mm.cells.find(address) !== undefined && mm.cells.start < address + length) return -EEXIST;
  }

  let flags = protFlags(call.prot) | mm.defFlags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
  let flagsHigh = 0;
  if ((mapFlags & MAP_GROWSDOWN) !== 0) flags |= VM_GROWSDOWN;
  if ((mapFlags & MAP_LOCKED) !== 0) flags |= VM_LOCKED;
  if ((mapFlags & MAP_STACK) !== 0 && mm.profile.stackNoHugePage) flags |= VM_NOHUGEPAGE;
  if ((mapFlags & MAP_LOCKED) !== 0 && mm.limits.memlock === 0 && !mm.limits.ipcLock) return -EPERM;
  if ((flags & VM_LOCKED) !== 0 && !mayLock(mm, toPages(length))) return -EAGAIN;

  const type = mapFlags & MAP_TYPE;
  let backing: OpenFile | null = file;
  if (file !== null) {
    if (type === MAP_SHARED || type === MAP_SHARED_VALIDATE) {
      if (type === MAP_SHARED_VALIDATE && (mapFlags & ~KNOWN_FLAGS) !== 0) return -EOPNOTSUPP;
      if ((call.prot & PROT_WRITE) !== 0 && !file.writable) return -EACCES;
      flags |= VM_SHARED | VM_MAYSHARE;
      if (!file.writable) flags &= ~(VM_MAYWRITE | VM_SHARED);
    } else if (type !== MAP_PRIVATE) return -EINVAL;
    if (!file.readable) return -EACCES;
    if (file.noexec) {
      if ((flags & VM_EXEC) !== 0) return -EPERM;
      flags &= ~VM_MAYEXEC;
    }
    if ((flags & VM_GROWSDOWN) !== 0) return -EINVAL;
    if (file.kind === "zero" && (flags & VM_SHARED) !== 0) backing = sharedMemory(toPages(length));
  } else if (type === MAP_SHARED) {
    if ((flags & VM_GROWSDOWN) !== 0) return -EINVAL;
    pgoff = 0;
    flags |= VM_SHARED | VM_MAYSHARE;
    backing = sharedMemory(toPages(length));
  } else if (type === MAP_DROPPABLE && mm.profile.droppable) {
    if ((mapFlags & (MAP_LOCKED | MAP_HUGETLB)) !== 0) return -EINVAL;
    if ((flags & VM_GROWSDOWN) !== 0) return -EINVAL;
    flags = flags | VM_NORESERVE | VM_WIPEONFORK | VM_DONTDUMP;
    flagsHigh |= VMH_DROPPABLE;
    pgoff = address / PAGE_SIZE;
  } else if (type === MAP_PRIVATE) {
    pgoff = address / PAGE_SIZE;
  } else return -EINVAL;

  if ((mapFlags & MAP_NORESERVE) !== 0 && mm.limits.overcommit !== 2) flags |= VM_NORESERVE;

  const result = mapRegion(request, address, length, flags, flagsHigh, pgoff, backing, call.ops ?? null);
  if (result < 0) return result;
  if ((flags & VM_LOCKED) !== 0 || (mapFlags & (MAP_POPULATE | MAP_NONBLOCK)) === MAP_POPULATE) {
    populateRange(mm, result, result + length, true);
  }
  return result;
}

/** The object behind a shared anonymous mapping: a file of its own. */
function sharedMemory(pages: number): OpenFile {
  return new OpenFile({ path: "/dev/zero (deleted)", kind: "shmem", pages, device: "00:01" });
}

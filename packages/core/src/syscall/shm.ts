/** System V shared memory: shmat and shmdt. */

import { EINVAL, ENOMEM } from "../abi/errno.js";
import {
  MAP_FIXED,
  MAP_SHARED,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  SHM_EXEC,
  SHM_RDONLY,
  SHM_REMAP,
  SHM_RND,
  VM_LOCKED,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_SHARED,
} from "../abi/flags.js";
import { isPageAligned, PAGE_SIZE, pageAlignDown, toPages } from "../abi/page.js";
import type { MergeRequest } from "../merge/request.js";
import { FileObject, OpenFile, type VmOps } from "../object/file.js";
import type { Vma } from "../object/vma.js";
import { populateRange } from "../region/fault.js";
import { mapRegion } from "../region/map.js";
import { findRoom } from "../region/placement.js";
import { unmapAligned } from "../region/unmap.js";

/** A segment, shared by all processes that attach it. */
export class SharedMemorySegment {
  readonly name: string;
  /** Size in pages. */
  readonly pages: number;
  readonly object: FileObject;
  readonly ops: VmOps;
  /** As maps prints it: device 00:01 and the segment's id as inode. */
  readonly inode: number;
  #attached = 0;

  constructor(name: string, pages: number, inode: number = 0) {
    this.name = name;
    this.pages = pages;
    this.inode = inode;
    this.object = new FileObject(name, pages);
    this.ops = {
      open: (): void => {
        this.#attached += 1;
      },
      close: (): void => {
        this.#attached -= 1;
      },
    };
  }

  /** Number of areas that map the segment (shm_nattch). */
  get nattch(): number {
    return this.#attached;
  }
}

/**
 * Attaches a segment at `address` (0: the kernel chooses). Every attach maps an open file of its own, so attaches
 * never merge with one another. Returns the address or a negative errno.
 */
export function shmat(
  request: MergeRequest,
  segment: SharedMemorySegment,
  address: number,
  flags: number,
): number {
  const { mm } = request;
  let at = address;
  if (at !== 0 && !isPageAligned(at)) {
    if ((flags & SHM_RND) === 0) return -EINVAL;
    at = pageAlignDown(at);
    if (at === 0 && (flags & SHM_REMAP) !== 0) return -EINVAL;
  }
  if (at === 0 && (flags & SHM_REMAP) !== 0) return -EINVAL;
  const length = segment.pages * PAGE_SIZE;
  if (at !== 0 && (flags & SHM_REMAP) === 0) {
    const above = mm.cursor.find(at);
    if (above !== undefined && above.start < at + length) return -EINVAL;
  }
  const writable = (flags & SHM_RDONLY) === 0;
  const file = new OpenFile({
    path: segment.name,
    kind: "sysv",
    writable,
    object: segment.object,
    device: "00:01",
    inode: segment.inode,
  });
  const where = findRoom(mm, file, at, length, at !== 0 ? MAP_FIXED | MAP_SHARED : MAP_SHARED);
  if (where < 0) return where;
  const prot = PROT_READ | (writable ? PROT_WRITE : 0) | ((flags & SHM_EXEC) !== 0 ? PROT_EXEC : 0);
  let vmFlags = prot | mm.defFlags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_SHARED | VM_MAYSHARE;
  if (!writable) vmFlags &= ~(VM_MAYWRITE | VM_SHARED);
  if (mm.mapCount > mm.limits.maxMapCount) return -ENOMEM;
  const result = mapRegion(request, where, length, vmFlags, 0, 0, file, segment.ops);
  if (result < 0) return result;
  segment.ops.open?.(mm.areaAt(result) as Vma);
  if ((vmFlags & VM_LOCKED) !== 0) populateRange(mm, result, result + length, true);
  return result;
}

/**
 * Detaches the segment attached at `address`: the first area at or above it whose place fits its offset, then every
 * other piece of that attach within the segment's size. Returns 0, or -EINVAL when there is none.
 */
export function shmdt(request: MergeRequest, address: number): number {
  if (!isPageAligned(address)) return -EINVAL;
  const { mm, iterator } = request;
  let vma = iterator.find(address);
  while (vma !== null && !isPieceOf(vma, address)) vma = iterator.find(vma.end);
  if (vma === null) return -EINVAL;
  const file = vma.file;
  const size = (file as OpenFile).object.pages * PAGE_SIZE;
  let position = vma.end;
  unmapAligned(iterator, vma.start, vma.end);
  for (;;) {
    const next: Vma | undefined = mm.cursor.find(position);
    if (next === undefined || next.end - address > size) return 0;
    position = next.end;
    if (next.file === file && isPieceOf(next, address)) unmapAligned(iterator, next.start, next.end);
  }
}

function isPieceOf(vma: Vma, address: number): boolean {
  return vma.file !== null && vma.file.kind === "sysv" && toPages(vma.start - address) === vma.pgoff;
}

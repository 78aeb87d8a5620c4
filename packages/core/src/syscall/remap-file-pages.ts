/** remap_file_pages, which since 4.0 is a fixed shared mapping in disguise. */

import { EINVAL } from "../abi/errno.js";
import { VM_ACCESS_FLAGS, VM_LOCKED, VM_SHARED } from "../abi/flags.js";
import { pageAlignDown, TASK_SIZE, toPages } from "../abi/page.js";
import type { MergeRequest } from "../merge/request.js";
import type { Vma } from "../object/vma.js";
import { populateRange } from "../region/fault.js";
import { mapRegion } from "../region/map.js";

/** Maps [address, address + length) of a shared area to another offset (pages). Returns 0 or a negative errno. */
export function remapFilePages(
  request: MergeRequest,
  address: number,
  length: number,
  prot: number,
  pgoff: number,
): number {
  const { mm } = request;
  if (prot !== 0) return -EINVAL;
  const start = pageAlignDown(address);
  const size = pageAlignDown(length);
  if (size <= 0 || start + size > TASK_SIZE) return -EINVAL;
  if (pgoff + toPages(size) > 2 ** 52) return -EINVAL;
  const first = mm.areaAt(start);
  if (first === undefined || (first.flags & VM_SHARED) === 0 || first.file === null) return -EINVAL;
  let last: Vma = first;
  while (last.end < start + size) {
    const next: Vma | undefined = mm.areaAt(last.end);
    if (next === undefined || next.file !== first.file) return -EINVAL;
    if (next.flags !== first.flags || next.flagsHigh !== first.flagsHigh) return -EINVAL;
    last = next;
  }
  let flags = (first.flags & (VM_ACCESS_FLAGS | VM_LOCKED)) | mm.defFlags;
  flags |= first.flags & MAY_AND_SHARED;
  const { file, ops } = first;
  const result = mapRegion(request, start, size, flags, 0, pgoff, file, ops);
  if (result < 0) return result;
  const area = mm.areaAt(start) as Vma;
  if (area.ops !== null && area.start === start) area.ops.open?.(area);
  populateRange(mm, start, start + size, true);
  return 0;
}

/** VM_SHARED and all the MAY bits: what the descriptor's mode gave the area and gives it again. */
const MAY_AND_SHARED = 0xf8;

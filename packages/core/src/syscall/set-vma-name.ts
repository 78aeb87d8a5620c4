/** prctl PR_SET_VMA_ANON_NAME. */

import { EAGAIN, EBADF, EINVAL, ENOMEM } from "../abi/errno.js";
import { isPageAligned, pageAlignUp } from "../abi/page.js";
import { modifyFlagsName } from "../merge/modify.js";
import type { MergeRequest } from "../merge/request.js";
import type { Vma } from "../object/vma.js";
import { walkAreas } from "../region/walk.js";

/**
 * Names [address, address + length) bytes of anonymous memory; null clears. Returns 0 or a negative errno: EINVAL
 * (also without CONFIG_ANON_VMA_NAME), EBADF (a file; the walk ends there), ENOMEM (a hole, passed over).
 */
export function setAnonName(
  request: MergeRequest,
  address: number,
  length: number,
  name: string | null,
): number {
  if (!request.mm.limits.anonNames) return -EINVAL;
  if (!isPageAligned(address)) return -EINVAL;
  const end = address + pageAlignUp(length);
  if (end >= 2 ** 64) return -EINVAL;
  if (end === address) return 0;
  return walkAreas(request, address, end, "skip", nameArea, name);
}

function nameArea(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  name: string | null,
): number {
  request.result = vma;
  if (vma.file !== null && vma.file.kind !== "shmem") return -EBADF;
  if (vma.anonName === name) return 0;
  const error = modifyFlagsName(request, prev, vma, start, end, vma.flags, vma.flagsHigh, name);
  if (error !== 0) return error === -ENOMEM ? -EAGAIN : error;
  const area = request.result as Vma;
  request.mm.remember(area);
  area.anonName = name;
  return 0;
}

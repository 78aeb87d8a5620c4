/** mbind: memory policies of ranges. */

import { EFAULT, EINVAL } from "../abi/errno.js";
import { isPageAligned, pageAlignUp } from "../abi/page.js";
import { modifyPolicy } from "../merge/modify.js";
import type { MergeRequest } from "../merge/request.js";
import { type MemoryPolicy, policiesEqual } from "../object/file.js";
import { type Vma, vmaPages } from "../object/vma.js";
import { isCovered, walkAreas } from "../region/walk.js";

/**
 * Sets the memory policy of [address, address + length) bytes; null is the default policy. Returns 0, -EINVAL, or
 * -EFAULT when any of the range is not mapped (nothing is changed then). Going back to the default passes over holes
 * and is refused only when nothing at all is mapped there.
 */
export function mbind(
  request: MergeRequest,
  address: number,
  length: number,
  policy: MemoryPolicy | null,
): number {
  const { mm } = request;
  if (!isPageAligned(address)) return -EINVAL;
  const end = address + pageAlignUp(length);
  if (end >= 2 ** 64) return -EINVAL;
  if (end === address) return 0;
  if (policy === null) {
    const first = mm.cursor.find(address);
    if (first === undefined || first.start >= end) return -EFAULT;
    return walkAreas(request, address, end, "ignore", bindArea, policy);
  }
  if (!isCovered(mm, address, end)) return -EFAULT;
  return walkAreas(request, address, end, "stop", bindArea, policy);
}

function bindArea(
  request: MergeRequest,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
  policy: MemoryPolicy | null,
): number {
  request.result = vma;
  if (policiesEqual(vma.policy, policy)) return 0;
  const error = modifyPolicy(request, prev, vma, start, end, policy);
  if (error !== 0) return error;
  const area = request.result as Vma;
  request.mm.remember(area);
  area.policy = policy;
  const { file } = area;
  // Shared memory remembers policies by page of the object, for every area that shows it (`shmem_set_policy`).
  if (file?.isShmem === true) {
    const undo = file.object.setPolicy(area.pgoff, area.pgoff + vmaPages(area), policy);
    request.mm.journal?.push(undo);
  }
  return 0;
}

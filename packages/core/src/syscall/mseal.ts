/** mseal (6.10 on): sealing memory against change. */

import { EINVAL, ENOMEM, ENOSYS } from "../abi/errno.js";
import { VMH_SEALED } from "../abi/flags.js";
import { isPageAligned, pageAlignUp } from "../abi/page.js";
import { modifyFlags } from "../merge/modify.js";
import type { MergeRequest } from "../merge/request.js";
import type { Vma } from "../object/vma.js";
import { setAreaFlags } from "../region/change.js";
import { isCovered, walkAreas } from "../region/walk.js";

/**
 * Seals [address, address + length) bytes against removal and change. Returns 0, -ENOMEM when any of it is not mapped
 * (nothing is sealed then), -EINVAL, or -ENOSYS on kernels without it.
 */
export function mseal(request: MergeRequest, address: number, length: number, flags: number): number {
  const { mm } = request;
  if (!mm.profile.seal) return -ENOSYS;
  if (flags !== 0) return -EINVAL;
  if (!isPageAligned(address)) return -EINVAL;
  const bytes = pageAlignUp(length);
  if (length !== 0 && bytes >= 2 ** 64) return -EINVAL;
  const end = address + bytes;
  if (end >= 2 ** 64) return -EINVAL;
  if (end === address) return 0;
  if (!isCovered(mm, address, end)) return -ENOMEM;
  return walkAreas(request, address, end, "stop", sealArea, 0);
}

function sealArea(request: MergeRequest, prev: Vma | null, vma: Vma, start: number, end: number): number {
  request.result = vma;
  if ((vma.flagsHigh & VMH_SEALED) !== 0) return 0;
  const error = modifyFlags(request, prev, vma, start, end, vma.flags, vma.flagsHigh | VMH_SEALED);
  if (error !== 0) return error;
  const area = request.result as Vma;
  setAreaFlags(request.mm, area, end - start, area.flags, area.flags, area.flagsHigh | VMH_SEALED);
  return 0;
}

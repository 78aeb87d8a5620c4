/** prctl PR_SET_MEMORY_MERGE: KSM for a whole process. */

import { EINVAL } from "../abi/errno.js";
import { VM_MERGEABLE } from "../abi/flags.js";
import type { MergeRequest } from "../merge/request.js";
import { replaceFlags } from "../region/change.js";
import { isKsmCompatible } from "../region/map.js";

/** Opts all present and future memory in or out. Areas are marked where they stand; none merge. Returns 0 or -EINVAL. */
export function setMemoryMerge(request: MergeRequest, on: boolean): number {
  const { mm } = request;
  if (mm.profile.ksmAll === "unsupported") return -EINVAL;
  if (mm.ksmAll === on) return 0;
  mm.ksmAll = on;
  for (let vma = mm.cursor.find(0); vma !== undefined; vma = mm.cursor.next()) {
    if (on) {
      if (isKsmCompatible(vma.flags, vma.flagsHigh)) replaceFlags(mm, vma, vma.flags | VM_MERGEABLE);
    } else {
      replaceFlags(mm, vma, vma.flags & ~VM_MERGEABLE);
    }
  }
  return 0;
}

/** Growing a stack downwards at a fault (`expand_downwards`). */

import { EFAULT, ENOMEM, EPERM } from "../abi/errno.js";
import { VM_ACCESS_FLAGS, VM_ACCOUNT, VM_GROWSDOWN, VM_LOCKED } from "../abi/flags.js";
import { PAGE_SIZE, toPages } from "../abi/page.js";
import { writeLock } from "../merge/commit.js";
import type { Mm } from "../mm.js";
import type { Vma } from "../object/vma.js";
import { accountPages, chargePages, mayExpand, mayLock } from "./accounting.js";
import { prepareAnon } from "./find-anon.js";

/**
 * Grows `vma` down so that it holds the page at `address` (bytes, page aligned, below the area).
 *
 * Returns 0 or a negative errno: EFAULT (does not grow), EPERM (below vm.mmap_min_addr), ENOMEM (guard gap, limits).
 * Leaves: an area that may grow has an anonymous object afterwards, even where a limit then refuses the growth.
 */
export function growStack(mm: Mm, vma: Vma, address: number): number {
  if ((vma.flags & VM_GROWSDOWN) === 0) return -EFAULT;
  if (address < mm.limits.mmapMinAddr) return -EPERM;
  mm.cursor.seek(vma.start);
  const below = mm.cursor.peekPrev();
  if (below !== undefined && (below.flags & VM_GROWSDOWN) === 0 && (below.flags & VM_ACCESS_FLAGS) !== 0) {
    if (address - below.end < mm.limits.stackGuardGapPages * PAGE_SIZE) return -ENOMEM;
  }
  if (!mm.host.preallocateNodes()) return -ENOMEM;
  prepareAnon(mm, vma);
  const grown = toPages(vma.start - address);
  if (grown > vma.pgoff) return -ENOMEM;
  if (!mayExpand(mm, vma.flags, grown)) return -ENOMEM;
  if (vma.end - address > mm.limits.stack) return -ENOMEM;
  if ((vma.flags & VM_LOCKED) !== 0 && !mayLock(mm, grown)) return -ENOMEM;
  if ((vma.flags & VM_ACCOUNT) !== 0 && !chargePages(mm, grown)) return -ENOMEM;
  accountPages(mm, vma.flags, grown);
  writeLock(mm, vma);
  const oldStart = vma.start;
  vma.start = address;
  vma.pgoff -= grown;
  mm.cursor.set(vma.start, vma.end, vma);
  if (mm.events !== null) mm.events.grew(vma, oldStart, vma.end);
  return 0;
}

/** Giving an area its anonymous object at the first write (`__anon_vma_prepare`). */

import { VM_ACCESS_FLAGS, VM_SOFTDIRTY } from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import type { Mm } from "../mm.js";
import type { AnonVma } from "../object/anon-vma.js";
import { policiesEqual } from "../object/file.js";
import type { Vma } from "../object/vma.js";

function areReusable(mm: Mm, low: Vma, high: Vma): boolean {
  const ignored = VM_ACCESS_FLAGS | VM_SOFTDIRTY | mm.profile.stickyFlags;
  return (
    low.end === high.start &&
    policiesEqual(low.policy, high.policy) &&
    low.file === high.file &&
    ((low.flags ^ high.flags) & ~ignored) === 0 &&
    low.flagsHigh === high.flagsHigh &&
    high.pgoff === low.pgoff + toPages(high.start - low.start)
  );
}

function reusable(mm: Mm, low: Vma, high: Vma, owner: Vma): AnonVma | null {
  if (owner.anonVma === null || owner.anonChainLength !== 1) return null;
  return areReusable(mm, low, high) ? owner.anonVma : null;
}

/**
 * The anonymous object of a neighbour that `vma` may share, the area above asked first (`find_mergeable_anon_vma`).
 * Contexts and names do not matter here; the neighbour's chain must be its own object alone.
 */
export function findMergeableAnon(mm: Mm, vma: Vma): AnonVma | null {
  const cursor = mm.cursor;
  cursor.seek(vma.start);
  const above = cursor.peekNext();
  if (above !== undefined) {
    const shared = reusable(mm, vma, above, above);
    if (shared !== null) return shared;
  }
  const below = cursor.peekPrev();
  return below === undefined ? null : reusable(mm, below, vma, below);
}

/** Makes sure the area has an anonymous object; a new one when no neighbour's will do. */
export function prepareAnon(mm: Mm, vma: Vma): void {
  if (vma.anonVma !== null) return;
  const anonVma = findMergeableAnon(mm, vma) ?? mm.family.anonVmas.create();
  mm.remember(vma);
  vma.takeAnon(anonVma);
}

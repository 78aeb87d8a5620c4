/** Cutting an area in two (`split_vma` with the limit check, `__split_vma` without). */

import { ENOMEM } from "../abi/errno.js";
import type { AreaIterator } from "../iterator.js";
import { mark } from "../mark.js";
import type { Vma } from "../object/vma.js";
import { copyChain } from "./anon-dup.js";
import { writeLock } from "./commit.js";

/** Which piece becomes the new record. */
export type NewPiece = "new-below" | "new-above";

/** As `cutArea`, but refused with -ENOMEM when the address space already has as many areas as it may. */
export function splitArea(iterator: AreaIterator, vma: Vma, address: number, piece: NewPiece): number {
  if (iterator.mm.mapCount >= iterator.mm.limits.maxMapCount) return -ENOMEM;
  return cutArea(iterator, vma, address, piece);
}

/**
 * Cuts `vma` at `address`.
 *
 * ```
 *   VVVVVV    nnnVVV   new-below       VVVVVV    VVVnnn   new-above
 * ```
 *
 * Returns 0, the hook's errno, or -ENOMEM.
 * Assumes: vma.start < address < vma.end, page aligned.
 * Leaves: the iterator on `vma`. On failure nothing has changed and every reference taken is given back; the iterator
 * then stands on the piece that would have been made.
 */
export function cutArea(iterator: AreaIterator, vma: Vma, address: number, piece: NewPiece): number {
  const mm = iterator.mm;
  const host = mm.host;
  const refused = host.maySplit(vma, address);
  if (refused !== 0) return refused;
  if (!host.allocateArea(vma)) return -ENOMEM;

  const below = piece === "new-below";
  const freshStart = below ? vma.start : address;
  const freshEnd = below ? address : vma.end;
  const fresh = vma.part(mm.family.nextAreaId(), freshStart, freshEnd);
  mm.passing.add(fresh);
  host.areaAllocated(fresh, vma);

  iterator.configure(freshStart, freshEnd);
  if (!host.preallocateNodes()) {
    host.freeArea(fresh);
    return -ENOMEM;
  }
  if (fresh.policy !== null && !host.duplicatePolicy(fresh, vma)) {
    mark("merge.split-cannot-copy-policy");
    host.freeArea(fresh);
    return -ENOMEM;
  }
  if (!copyChain(mm, fresh, vma)) {
    mark("merge.split-cannot-clone-chain");
    if (fresh.policy !== null) host.policyDropped(fresh.policy);
    host.freeArea(fresh);
    return -ENOMEM;
  }
  if (fresh.file !== null) host.fileTaken(fresh.file);
  host.openArea(fresh);
  writeLock(mm, vma);
  writeLock(mm, fresh);

  const onFile = vma.file !== null;
  if (onFile) host.uprobesRemoved(vma);
  if (below) vma.moveStart(address);
  else vma.end = address;
  iterator.store(freshStart, freshEnd, fresh);
  mm.mapCount += 1;
  if (onFile) {
    host.uprobesInstalled(vma);
    host.uprobesInstalled(fresh);
  }
  if (mm.events !== null) mm.events.split(vma, fresh);
  iterator.moveTo(vma);
  return 0;
}

/** Placing a copy of an area elsewhere, as mremap does (`copy_vma`). */

import { toPages } from "../abi/page.js";
import { copyChain } from "../merge/anon-dup.js";
import { writeLock } from "../merge/commit.js";
import { mergeNewRange } from "../merge/new-range.js";
import type { MergeRequest } from "../merge/request.js";
import type { Mm } from "../mm.js";
import { EMPTY_CHAIN } from "../object/anon-vma.js";
import { duplicateVma, isAnonymous, type Vma } from "../object/vma.js";

/** What became of a copy; a record the caller owns and may reuse. */
export interface CopyResult {
  /** The area that holds the copy, or null when there was no memory. */
  copy: Vma | null;
  /** The area to move pages from: the source, or the copy when the source merged into it. */
  source: Vma;
  /** Whether reverse-mapping locks are needed while pages move. */
  needRmapLocks: boolean;
}

/**
 * Makes [address, address + length) a copy of `source` with offset `pgoff` (pages), merged with its new neighbours
 * where they fit.
 *
 * An anonymous area that was never written gets the offset of its new address, which is what lets it merge there,
 * even with its own source (`keepSource` keeps it from that where the kernel does).
 *
 * Leaves: null when the destination is taken or there was no memory; then nothing has changed.
 */
export function copyVma(
  request: MergeRequest,
  source: Vma,
  address: number,
  length: number,
  pgoff: number,
  keepSource: boolean,
): CopyResult {
  const { mm, iterator } = request;
  const result: CopyResult = { copy: null, source, needRmapLocks: false };
  let offset = pgoff;
  let faulted = true;
  if (isAnonymous(source) && source.anonVma === null) {
    offset = toPages(address);
    faulted = false;
  }
  const cursor = mm.cursor;
  const end = address + length;
  const next = cursor.find(address) ?? null;
  if (next !== null && next.start < end) return result;
  const prev = iterator.areaBelow(address);

  request.proposeArea(null, source, source.start, source.end);
  request.vma = null;
  request.start = address;
  request.end = end;
  request.pgoff = offset;
  request.prev = prev;
  request.next = next;
  request.copiedFrom = source;
  request.skipUprobes = source.file !== null;
  if (!faulted && keepSource) keepApart(request, source);
  iterator.reset(address);
  const oldStart = source.start;
  const merged = mergeNewRange(request);
  if (merged !== null) {
    if (merged.start <= oldStart && oldStart < merged.end) {
      if (faulted || keepSource) mm.host.warned("faulted-self-merge");
      result.source = merged;
    }
    result.copy = merged;
    result.needRmapLocks = merged.pgoff <= result.source.pgoff;
    return result;
  }
  result.copy = placeCopy(request, source, address, end, offset);
  return result;
}

/** Takes the neighbours that an untouched copy may not join, its own source being one of them, off the request. */
function keepApart(request: MergeRequest, source: Vma): void {
  const { prev, next, start, end } = request;
  const rule = request.mm.profile.keptSource;
  const touches = (prev === source && source.end === start) || (next === source && source.start === end);
  if (rule === "as-any" || !touches) return;
  const barred = {
    prev,
    next,
    below: rule === "no-merge-at-all" || prev === source,
    above: rule === "no-merge-at-all" || next === source,
  };
  request.barred = barred;
  if (barred.below) request.prev = null;
  if (barred.above) request.next = null;
}

function placeCopy(
  request: MergeRequest,
  source: Vma,
  start: number,
  end: number,
  pgoff: number,
): Vma | null {
  const { mm, iterator } = request;
  const { host } = mm;
  if (!host.allocateArea(source)) return null;
  const copy = duplicateVma(mm.family.nextAreaId(), source);
  mm.passing.add(copy);
  host.areaAllocated(copy, source);
  copy.start = start;
  copy.end = end;
  copy.pgoff = pgoff;
  if (copy.policy !== null && !host.duplicatePolicy(copy, source)) {
    host.freeArea(copy);
    return null;
  }
  if (!copyChain(mm, copy, source)) {
    if (copy.policy !== null) host.policyDropped(copy.policy);
    host.freeArea(copy);
    return null;
  }
  copy.anonVma = source.anonVma;
  if (copy.file !== null) host.fileTaken(copy.file);
  host.openArea(copy);
  iterator.configure(start, end);
  if (!linkArea(mm, copy)) {
    host.closeArea(copy);
    if (copy.file !== null) host.fileDropped(copy.file);
    host.chainUnlinked(copy);
    copy.anonVma = null;
    copy.anonChain = EMPTY_CHAIN;
    if (copy.policy !== null) host.policyDropped(copy.policy);
    host.freeArea(copy);
    return null;
  }
  return copy;
}

/** Puts a new area into the tree (`vma_link`); false when there is no memory for nodes. */
export function linkArea(mm: Mm, vma: Vma): boolean {
  if (!mm.host.preallocateNodes()) return false;
  writeLock(mm, vma);
  mm.cursor.set(vma.start, vma.end, vma);
  mm.mapCount += 1;
  if (mm.events !== null) mm.events.created(vma);
  return true;
}

/**
 * The merge engine as it was before the 2024 series: one function for new ranges and for parts of areas, its outcome
 * told as a case number from 1 to 8, and the separate way in which mmap grew a neighbour at that time. Written to be
 * compared with, so it shares no rule with @vma/core: predicates, choice and commit are its own.
 *
 * ```
 *  case  before       after                  case  before       after
 *   1    PPP***NNN    PPPPPPPPP   N goes      5    PPP**CCC     PPPPPCCC   C starts later
 *   2    PPP***       PPPPPP                  6    PPP***NNN    PPPPPPPPP  C and N go
 *   3    ***NNN       NNNNNN                  7    PPP***       PPPPPP     C goes
 *   4    PPP**NNN     PPPNNNNN    P is cut    8    ***NNN       NNNNNN     C goes
 * ```
 *
 * In cases 1 to 3 the range is a hole; in case 4 it is the tail of P; in cases 5 to 8 it is the head, or all, of C.
 */

import {
  type AnonVma,
  EMPTY_CHAIN,
  isClosable,
  type MergeRequest,
  PAGE_SIZE,
  splitArea,
  VM_SOFTDIRTY,
  VM_SPECIAL,
  type Vma,
} from "@vma/core/engine";

/** The numbered cases; 0 is none. */
export type LegacyCase = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/**
 * What a close hook forbade, by age: `never` keeps such areas out of merges (up to 6.2); `case7-bug` asks only of the
 * area above (6.3 to 6.7), so that case 7 may delete an area without closing it; `fixed` refuses that (6.8 to 6.11).
 */
export type LegacyCloseRule = "never" | "case7-bug" | "fixed";

/** What the old engine did. */
export interface LegacyOutcome {
  /** The area that took the range; null when none did or there was no memory. */
  readonly area: Vma | null;
  /** The case that applied, also when it then failed or was refused. */
  readonly case: LegacyCase;
}

const NO_MERGE: LegacyOutcome = { area: null, case: 0 };
const ENOMEM = -12;

/** The parts of one merge: who grows to what, who is cut to what, who goes, whose chain is cloned. */
interface Change {
  readonly target: Vma;
  readonly start: number;
  readonly end: number;
  readonly pgoff: number;
  readonly cut: {
    readonly area: Vma;
    readonly start: number;
    readonly end: number;
    readonly pgoff: number;
  } | null;
  readonly removed: readonly Vma[];
  readonly cloneFrom: Vma | null;
  /** Marked for writing only after the chain was cloned, or could not be. */
  readonly markLate?: Vma;
  /** The cut area is told of uprobes before the one that grows. */
  readonly cutFirst: boolean;
}

function pages(bytes: number): number {
  return bytes / PAGE_SIZE;
}

function sameAttributes(request: MergeRequest, area: Vma): boolean {
  const mine = request.policy;
  const theirs = area.policy;
  return (
    (request.flags & ~VM_SOFTDIRTY) === (area.flags & ~VM_SOFTDIRTY) &&
    request.flagsHigh === area.flagsHigh &&
    request.file === area.file &&
    (mine === null ? theirs === null : theirs !== null && mine.text === theirs.text) &&
    request.uffdContext === area.uffdContext &&
    request.anonName === area.anonName
  );
}

function sameAnon(mine: AnonVma | null, area: Vma): boolean {
  if (mine !== null && area.anonVma !== null) return mine === area.anonVma;
  return mine === area.anonVma || area.anonChain.length === 1;
}

function paired(prev: Vma, next: Vma): boolean {
  return prev.anonVma === null || next.anonVma === null || prev.anonVma === next.anonVma;
}

function keptOut(request: MergeRequest, area: Vma, rule: LegacyCloseRule): boolean {
  return rule === "never" && (request.closable || isClosable(area));
}

function fitsAbove(prev: Vma | null, request: MergeRequest, anonVma: AnonVma | null): boolean {
  return (
    prev !== null &&
    prev.end === request.start &&
    sameAttributes(request, prev) &&
    sameAnon(anonVma, prev) &&
    prev.pgoff + pages(prev.end - prev.start) === request.pgoff
  );
}

function fitsBelow(next: Vma | null, request: MergeRequest, anonVma: AnonVma | null): boolean {
  return (
    next !== null &&
    next.start === request.end &&
    !isClosable(next) &&
    sameAttributes(request, next) &&
    sameAnon(anonVma, next) &&
    next.pgoff === request.pgoff + pages(request.end - request.start)
  );
}

/**
 * The old merge function (`vma_merge`).
 *
 * `request` is filled as for today's functions: for a part of an area, `vma` is the area and `prev` the one below it,
 * or the area itself when the range starts inside it; for a hole, `vma` is null. Neither the request's range nor its
 * areas are changed. A failed clone or reservation is told as no merge.
 */
export function legacyMerge(request: MergeRequest, rule: LegacyCloseRule = "fixed"): LegacyOutcome {
  const { mm, prev, vma, start, end } = request;
  if ((request.flags & VM_SPECIAL) !== 0) return NO_MERGE;
  const current = vma === prev ? null : vma;
  const next = current !== null && end < current.end ? null : request.iterator.areaStartingAt(end);
  const left = fitsAbove(prev, request, request.anonVma) && !keptOut(request, prev as Vma, rule);
  const right = fitsBelow(next, request, request.anonVma) && !keptOut(request, next as Vma, rule);
  if (!left && !right) return NO_MERGE;

  const below = prev as Vma;
  const above = next as Vma;
  const length = end - start;
  const grown = { target: below, start: below?.start, pgoff: below?.pgoff, cut: null, cutFirst: false };
  const raised = { target: above, start, end: above?.end, cutFirst: false, cut: null };
  const raisedOffset = right ? above.pgoff - pages(length) : 0;

  if (left && right && paired(below, above)) {
    mm.host.writeLocked(below);
    mm.host.writeLocked(above);
    if (current === null) {
      const change = { ...grown, end: above.end, removed: [above], cloneFrom: above };
      return outcome(1, request, change);
    }
    const change = { ...grown, end: above.end, removed: [current, above] };
    if (above.anonVma !== null)
      return outcome(6, request, { ...change, cloneFrom: above, markLate: current });
    mm.host.writeLocked(current);
    return outcome(6, request, { ...change, cloneFrom: current });
  }
  if (left) {
    mm.host.writeLocked(below);
    if (current === null) return outcome(2, request, { ...grown, end, removed: [], cloneFrom: null });
    mm.host.writeLocked(current);
    if (end < current.end) {
      const cut = { area: current, start: end, end: current.end, pgoff: current.pgoff + pages(length) };
      return outcome(5, request, { ...grown, end, cut, removed: [], cloneFrom: current });
    }
    if (rule === "fixed" && isClosable(current)) {
      request.iterator.moveTo(current);
      return { area: null, case: 7 };
    }
    return outcome(7, request, { ...grown, end, removed: [current], cloneFrom: current });
  }
  mm.host.writeLocked(above);
  if (prev !== null && start < prev.end) {
    mm.host.writeLocked(prev);
    const cut = { area: prev, start: prev.start, end: start, pgoff: prev.pgoff };
    const change = { ...raised, pgoff: raisedOffset, cut, removed: [], cloneFrom: prev, cutFirst: true };
    return outcome(4, request, change);
  }
  if (current === null) {
    return outcome(3, request, { ...raised, pgoff: raisedOffset, removed: [], cloneFrom: null });
  }
  mm.host.writeLocked(current);
  return outcome(8, request, { ...raised, pgoff: raisedOffset, removed: [current], cloneFrom: current });
}

/**
 * How mmap itself grew a neighbour over a new mapping at that time, before it tried anything else. The area above is
 * asked first; the one below is then compared with the anonymous object of the one above, if that one fits.
 */
export function legacyMapRange(request: MergeRequest): LegacyOutcome {
  const { prev, next, start, end } = request;
  if ((request.flags & VM_SPECIAL) !== 0) return NO_MERGE;
  const right = fitsBelow(next, request, null);
  const left = fitsAbove(prev, request, right ? (next as Vma).anonVma : null);
  if (!left && !right) return NO_MERGE;
  const { host } = request.mm;
  if (left) {
    const below = prev as Vma;
    host.writeLocked(below);
    const grown = { target: below, start: below.start, pgoff: below.pgoff, cut: null, cutFirst: false };
    if (!right) return outcome(2, request, { ...grown, end, removed: [], cloneFrom: null });
    const above = next as Vma;
    host.writeLocked(above);
    return outcome(1, request, { ...grown, end: above.end, removed: [above], cloneFrom: above });
  }
  const above = next as Vma;
  host.writeLocked(above);
  return outcome(3, request, {
    target: above,
    start,
    end: above.end,
    pgoff: above.pgoff - pages(end - start),
    cut: null,
    removed: [],
    cloneFrom: null,
    cutFirst: false,
  });
}

/** What the old modify came to: an area, or a negative errno. */
export interface LegacyModified {
  readonly area: Vma | null;
  readonly error: number;
  readonly case: LegacyCase;
}

/** Merge, or else split the range off (`vma_modify` of that time): a failed merge was no error. */
export function legacyModify(request: MergeRequest, rule: LegacyCloseRule = "fixed"): LegacyModified {
  const { iterator, start, end } = request;
  const vma = request.vma as Vma;
  const merged = legacyMerge(request, rule);
  if (merged.area !== null) return { area: merged.area, error: 0, case: merged.case };
  let error = 0;
  if (vma.start < start) error = splitArea(iterator, vma, start, "new-below");
  if (error === 0 && vma.end > end) error = splitArea(iterator, vma, end, "new-above");
  return { area: error === 0 ? vma : null, error, case: merged.case };
}

/** Growing `vma` by `delta` bytes (`vma_merge_extend` of that time). Fills the request itself. */
export function legacyExtend(
  request: MergeRequest,
  vma: Vma,
  delta: number,
  rule: LegacyCloseRule = "fixed",
): LegacyOutcome {
  request.proposeArea(vma, vma, vma.end, vma.end + delta);
  request.vma = null;
  return legacyMerge(request, rule);
}

function outcome(number: LegacyCase, request: MergeRequest, change: Change): LegacyOutcome {
  return { area: carryOut(request, change) === 0 ? change.target : null, case: number };
}

/** Reserve, move the boundaries, write the tree, let the removed areas go. All failure comes first. */
function carryOut(request: MergeRequest, change: Change): number {
  const { mm, iterator } = request;
  const { host } = mm;
  const { target, cut, cloneFrom } = change;
  const clones = cloneFrom !== null && cloneFrom.anonVma !== null && target.anonVma === null;
  const cloned = clones && cloneChain(request, target, cloneFrom);
  if (change.markLate !== undefined) host.writeLocked(change.markLate);
  if (clones && !cloned) return ENOMEM;
  if (!host.preallocateNodes()) {
    if (cloned) {
      target.anonVma = null;
      target.anonChain = EMPTY_CHAIN;
      host.chainUnlinked(target);
    }
    return ENOMEM;
  }
  const told = cut === null ? [target] : change.cutFirst ? [cut.area, target] : [target, cut.area];
  if (target.file !== null) for (const area of told) host.uprobesRemoved(area);
  target.start = change.start;
  target.end = change.end;
  target.pgoff = change.pgoff;
  if (cut !== null) {
    cut.area.start = cut.start;
    cut.area.end = cut.end;
    cut.area.pgoff = cut.pgoff;
  }
  iterator.store(change.start, change.end, target);
  if (target.file !== null) for (const area of told) host.uprobesInstalled(area);
  for (const area of change.removed) letGo(request, target, area);
  host.hugePageDaemonTold(target);
  return 0;
}

function cloneChain(request: MergeRequest, to: Vma, from: Vma): boolean {
  if (from.anonChain.length > 0 && !request.mm.host.cloneChain(to, from)) {
    to.anonChain = EMPTY_CHAIN;
    return false;
  }
  to.anonVma = from.anonVma;
  to.anonChain = [...to.anonChain, ...from.anonChain];
  return true;
}

function letGo(request: MergeRequest, survivor: Vma, removed: Vma): void {
  const { host } = request.mm;
  if (removed.file !== null) {
    host.uprobesRemoved(removed);
    host.fileDropped(removed.file);
  }
  if (removed.anonVma !== null) host.chainMerged(survivor, removed);
  request.mm.mapCount -= 1;
  if (removed.policy !== null) host.policyDropped(removed.policy);
  host.freeArea(removed);
}

/**
 * May a proposed range and a neighbour become one area? Pure predicates; each answers with the complete set of
 * reasons against it, 0 meaning yes.
 *
 * Source of the rules: the recorded decisions of the 6.12 and 6.18 engines (predicates ATTR, ANON, PAIR).
 */

import { VM_SPECIAL } from "../abi/flags.js";
import { toPages } from "../abi/page.js";
import type { Mm } from "../mm.js";
import type { AnonVma } from "../object/anon-vma.js";
import { policiesEqual } from "../object/file.js";
import { isClosable, type Vma, vmaPages } from "../object/vma.js";
import {
  REASON_ANON_DIFFERENT,
  REASON_ANON_INHERITED,
  REASON_ANON_PAIR,
  REASON_ANON_SOURCE_INHERITED,
  REASON_ANON_UNWRITTEN,
  REASON_CLOSE,
  REASON_FILE,
  REASON_FLAGS,
  REASON_NAME,
  REASON_NO_NEIGHBOUR,
  REASON_PGOFF,
  REASON_POLICY,
  REASON_UFFD,
} from "./reason.js";
import type { MergeRequest } from "./request.js";

/** Attributes that keep the proposal and `area` apart (`is_mergeable_vma`). */
export function attributeReasons(request: MergeRequest, area: Vma): number {
  let reasons = 0;
  // Flags that keep the request out of every merge are a reason of their own, not a difference besides.
  const ignored = request.mm.ignoredFlags | (request.flags & VM_SPECIAL);
  if (((request.flags ^ area.flags) & ~ignored) !== 0 || request.flagsHigh !== area.flagsHigh) {
    reasons |= REASON_FLAGS;
  }
  if (request.file !== area.file) reasons |= REASON_FILE;
  const { policy, uffdContext, anonName, closable } = request;
  const isPlain = policy === null && uffdContext === null && anonName === null && !closable;
  return isPlain && area.isPlain ? reasons : reasons | rareReasons(request, area);
}

/** What few areas have: kept apart, so that the rest is small enough to become part of its callers. */
function rareReasons(request: MergeRequest, area: Vma): number {
  let reasons = 0;
  if (request.policy !== area.policy && !policiesEqual(request.policy, area.policy)) reasons |= REASON_POLICY;
  if (request.uffdContext !== area.uffdContext) reasons |= REASON_UFFD;
  if (request.anonName !== area.anonName) reasons |= REASON_NAME;
  if (request.mm.profile.closeRule === "never" && (request.closable || isClosable(area))) {
    reasons |= REASON_CLOSE;
  }
  return reasons;
}

/**
 * Whether the proposal's pages and `area`'s may share one anonymous object (`is_mergeable_anon_vma`).
 * `source` is the area the proposed range comes from: the one being changed, the one being copied, or null.
 */
export function anonReasons(mm: Mm, anonVma: AnonVma | null, area: Vma, source: Vma | null): number {
  return anonVma === area.anonVma ? 0 : otherAnonReasons(mm, anonVma, area, source);
}

function otherAnonReasons(mm: Mm, anonVma: AnonVma | null, area: Vma, source: Vma | null): number {
  const sourceLength = source === null ? 0 : source.anonChainLength;
  return objectReasons(mm, anonVma, area.anonVma, area.anonChainLength, sourceLength);
}

/**
 * The same of two objects that differ: the range's and the area's, with the lengths of the area's chain and of the chain
 * that the range comes from.
 */
export function objectReasons(
  mm: Mm,
  anonVma: AnonVma | null,
  theirs: AnonVma | null,
  chainLength: number,
  sourceLength: number,
): number {
  if (anonVma !== null && theirs !== null) return REASON_ANON_DIFFERENT;
  if (mm.profile.anonRule === "neighbour-singular") {
    if (chainLength === 1) return 0;
    return theirs === null ? REASON_ANON_UNWRITTEN : REASON_ANON_INHERITED;
  }
  if (theirs === null) return sourceLength > 1 ? REASON_ANON_SOURCE_INHERITED : 0;
  return chainLength > 1 ? REASON_ANON_INHERITED : 0;
}

/** Whether the two neighbours of a range may end up in one area (`are_anon_vmas_compatible`). */
export function pairReasons(prev: Vma, next: Vma): number {
  const a = prev.anonVma;
  const b = next.anonVma;
  return a === null || b === null || a === b ? 0 : REASON_ANON_PAIR;
}

/** The area whose chain the range would bring along; early 6.18 forgets it for copies. */
function sourceOf(request: MergeRequest): Vma | null {
  if (request.vma !== null) return request.vma;
  return request.mm.profile.copyClonesChain ? request.copiedFrom : null;
}

/** Why the area below cannot take the range (`can_vma_merge_left`, `can_vma_merge_after`). */
export function leftReasons(request: MergeRequest): number {
  const prev = request.prev;
  if (prev === null || prev.end !== request.start) return REASON_NO_NEIGHBOUR;
  let reasons = attributeReasons(request, prev);
  if (request.anonVma !== prev.anonVma) {
    reasons |= otherAnonReasons(request.mm, request.anonVma, prev, sourceOf(request));
  }
  if (prev.pgoff + vmaPages(prev) !== request.pgoff) reasons |= REASON_PGOFF;
  return reasons;
}

/**
 * Why the area above cannot take the range (`can_vma_merge_right`, `can_vma_merge_before`). With `left`, the area
 * below takes it too and the three would become one.
 */
export function rightReasons(request: MergeRequest, left: boolean): number {
  const next = request.next;
  if (next === null || next.start !== request.end) return REASON_NO_NEIGHBOUR;
  let reasons = attributeReasons(request, next);
  if (request.anonVma !== next.anonVma) {
    reasons |= otherAnonReasons(request.mm, request.anonVma, next, sourceOf(request));
  }
  if (request.pgoff + toPages(request.end - request.start) !== next.pgoff) reasons |= REASON_PGOFF;
  if (isClosable(next)) {
    const rule = request.mm.profile.closeRule;
    if (rule === "case7-bug" || rule === "fixed") reasons |= REASON_CLOSE;
  }
  if (left && request.prev !== null && (reasons & REASON_ANON_DIFFERENT) === 0) {
    reasons |= pairReasons(request.prev, next);
  }
  return reasons;
}

/** Whether the proposal carries a flag that keeps it out of every merge (VM_SPECIAL). */
export function isSpecial(flags: number): boolean {
  return (flags & VM_SPECIAL) !== 0;
}

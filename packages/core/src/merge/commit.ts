/**
 * Carrying out a plan (`commit_merge`, with what `vma_prepare`, `init_vma_prep` and `vma_complete` do). Every merge
 * ends here and nothing else moves a boundary during one.
 *
 * Order: stand on the range that will be written, reserve tree nodes (the only step that may fail, before anything
 * has changed), let uprobes leave, move boundaries, write the tree, let uprobes in, drop what was swallowed.
 */

import { invariant } from "../assert.js";
import type { Mm } from "../mm.js";
import { EMPTY_CHAIN } from "../object/anon-vma.js";
import type { Vma } from "../object/vma.js";
import type { MergePlan } from "./plan.js";
import type { MergeRequest } from "./request.js";

/**
 * Carries out `plan`. Returns false when there is no memory for tree nodes; then only the iterator has moved.
 *
 * Assumes: every area the plan names is marked for writing; the ranges of the plan touch and do not overlap others.
 * Leaves: the iterator on the range of the area that grew; the request's range and `vma` describe the main area.
 */
export function commitMerge(request: MergeRequest, plan: MergePlan): boolean {
  const mm = request.mm;
  const target = plan.target;
  invariant(target !== null, "a merge plan without a target was committed");
  invariant(
    target.writeMark === mm.lockSequence,
    "a merge would change an area that is not marked for writing",
  );
  const adjust = plan.adjust;
  const main: Vma = plan.adjustFirst && adjust !== null ? adjust : target;
  const second: Vma | null = plan.adjustFirst ? target : adjust;
  const iterator = request.iterator;
  const host = mm.host;

  iterator.configure(plan.start, plan.end);
  if (!host.preallocateNodes()) return false;

  const onFile = main.file !== null;
  if (onFile) {
    host.uprobesRemoved(main);
    if (second !== null) host.uprobesRemoved(second);
  }

  const oldStart = target.start;
  const oldEnd = target.end;
  target.start = plan.start;
  target.end = plan.end;
  target.pgoff = plan.pgoff;
  let adjustOldStart = 0;
  let adjustOldEnd = 0;
  if (adjust !== null) {
    adjustOldStart = adjust.start;
    adjustOldEnd = adjust.end;
    adjust.start = plan.adjustStart;
    adjust.end = plan.adjustEnd;
    adjust.pgoff = plan.adjustPgoff;
  }
  const sticky = mm.profile.stickyFlags;
  if (sticky !== 0) {
    target.flags |=
      (request.flags | stickyOf(plan.remove) | stickyOf(plan.removeNext) | stickyOf(adjust)) & sticky;
  }
  iterator.store(plan.start, plan.end, target);

  if (onFile && !request.skipUprobes) {
    host.uprobesInstalled(main);
    if (second !== null) host.uprobesInstalled(second);
  }
  if (plan.remove !== null) dropMergedArea(mm, target, plan.remove);
  if (plan.removeNext !== null) dropMergedArea(mm, target, plan.removeNext);

  const events = mm.events;
  if (events !== null) {
    if (adjust !== null) events.shrank(adjust, adjustOldStart, adjustOldEnd);
    events.grew(target, oldStart, oldEnd);
  }
  return true;
}

function stickyOf(vma: Vma | null): number {
  return vma === null ? 0 : vma.flags;
}

/**
 * Gives up an area whose range `survivor` has taken. Its close hook is not called: a merge never removes an area that
 * has one (except where an old rule set is being reproduced).
 */
function dropMergedArea(mm: Mm, survivor: Vma, removed: Vma): void {
  const host = mm.host;
  if (removed.file !== null) {
    host.uprobesRemoved(removed);
    host.fileDropped(removed.file);
  }
  if (removed.anonVma !== null) {
    if (survivor.anonVma !== removed.anonVma) host.warned("removed-anon-differs");
    host.chainMerged(survivor, removed);
    removed.anonVma = null;
    removed.anonChain = EMPTY_CHAIN;
  }
  mm.mapCount -= 1;
  if (removed.policy !== null) host.policyDropped(removed.policy);
  if (mm.events !== null) mm.events.removed(removed);
  host.freeArea(removed);
}

/** Marks an area for writing (`vma_start_write`). Marking twice is harmless. */
export function writeLock(mm: Mm, vma: Vma): void {
  vma.writeMark = mm.lockSequence;
  if (mm.journal !== null) mm.remember(vma);
  mm.host.writeLocked(vma);
}

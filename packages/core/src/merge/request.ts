/** The merge request (`vma_merge_struct`): what is proposed, where, and what came of it. */

import { toPages } from "../abi/page.js";
import { AreaIterator } from "../iterator.js";
import type { Mm } from "../mm.js";
import type { AnonVma } from "../object/anon-vma.js";
import type { MemoryPolicy, OpenFile, UserfaultContext } from "../object/file.js";
import { isClosable, type Vma } from "../object/vma.js";
import { MergePlan } from "./plan.js";

/**
 * - `start`: not tried.
 * - `nomerge`: tried; no neighbour fits (or, for a new range, a chain could not be cloned).
 * - `nomem`: a merge was possible and there was no memory for it; nothing has changed.
 * - `success`: merged.
 */
export type MergeState = "start" | "nomerge" | "nomem" | "success";

/** Neighbours that are there and may not take the range, whatever they are like. */
export interface BarredNeighbours {
  /** The neighbours as they are; the request has null for a barred one. */
  readonly prev: Vma | null;
  readonly next: Vma | null;
  /** Which side is barred. */
  readonly below: boolean;
  readonly above: boolean;
}

/**
 * One proposal to the merge functions. Reset and reused by the calls, so that a call that merges allocates nothing.
 * Its range and offset are infinite at first, and so doubles to the JS engine: never objects of their own.
 */
export class MergeRequest {
  readonly mm: Mm;
  readonly iterator: AreaIterator;
  /** Reused by every merge made through this request. */
  readonly plan: MergePlan = new MergePlan();
  /** What a modify function hands back: the area that holds the range now. */
  result: Vma | null = null;
  prev: Vma | null = null;
  /** The area being changed; null for a new range. After a merge: the area that took the range. */
  vma: Vma | null = null;
  next: Vma | null = null;
  /** Proposed range, bytes, half-open. After a merge: the range of the area that was committed first. */
  start: number = Infinity;
  end: number = Infinity;
  /** Offset of `start`, pages. */
  pgoff: number = Infinity;
  flags = 0;
  flagsHigh = 0;
  file: OpenFile | null = null;
  anonVma: AnonVma | null = null;
  policy: MemoryPolicy | null = null;
  uffdContext: UserfaultContext | null = null;
  anonName: string | null = null;
  /** The area has or will have a close hook; only the oldest rule sets ask (`never`). */
  closable = false;
  /** The area a new range is a copy of (mremap). */
  copiedFrom: Vma | null = null;
  /** What a copy that keeps its source may not join; null for nearly every request. */
  barred: BarredNeighbours | null = null;
  /** Only extend `prev`; never look right and never move the iterator (VMG_FLAG_JUST_EXPAND). */
  justExpand = false;
  /** No memory is reported as `nomerge` (`give_up_on_oom`). */
  giveUpOnOom = false;
  /** mmap's own order of tests where the profile's kernel has one: the area above first. */
  nextFirst = false;
  /** Areas still lie in the range: the call that maps it has let go of them and will write over them. */
  overwrites = false;
  /** Do not install uprobes in the merged area (`skip_vma_uprobe`). */
  skipUprobes = false;
  state: MergeState = "start";
  /** Why the area below did not take the range; 0 when it could. Bits of merge/reason.ts. */
  leftReasons = 0;
  /** Why the area above did not take the range; 0 when it could. */
  rightReasons = 0;

  constructor(mm: Mm, iterator: AreaIterator = new AreaIterator(mm)) {
    this.mm = mm;
    this.iterator = iterator;
  }

  /** Proposes a new range with no attributes but flags and offset (VMG_STATE). Neighbours are the caller's to set. */
  proposeNewRange(start: number, end: number, flags: number, flagsHigh: number, pgoff: number): this {
    this.prev = null;
    this.vma = null;
    this.next = null;
    this.start = start;
    this.end = end;
    this.pgoff = pgoff;
    this.flags = flags;
    this.flagsHigh = flagsHigh;
    this.file = null;
    this.anonVma = null;
    this.policy = null;
    this.uffdContext = null;
    this.anonName = null;
    this.closable = false;
    this.copiedFrom = null;
    this.barred = null;
    this.#clearOutcome();
    return this;
  }

  /**
   * Proposes what `vma` is now for [start, end) inside it (VMG_VMA_STATE); the caller then overrides what it changes.
   * `prev` is the area below, or `vma` itself when `start` lies inside it.
   */
  proposeArea(prev: Vma | null, vma: Vma, start: number, end: number): this {
    this.prev = prev;
    this.vma = vma;
    this.next = null;
    this.start = start;
    this.end = end;
    this.pgoff = vma.pgoff + toPages(start - vma.start);
    this.flags = vma.flags;
    this.flagsHigh = vma.flagsHigh;
    this.file = vma.file;
    this.anonVma = vma.anonVma;
    this.copiedFrom = null;
    this.barred = null;
    this.#clearOutcome();
    if (vma.isPlain) {
      this.policy = null;
      this.uffdContext = null;
      this.anonName = null;
      this.closable = false;
    } else this.#takeRare(vma);
    return this;
  }

  #takeRare(vma: Vma): void {
    this.policy = vma.policy;
    this.uffdContext = vma.uffdContext;
    this.anonName = vma.anonName;
    this.closable = isClosable(vma);
  }

  #clearOutcome(): void {
    this.justExpand = false;
    this.giveUpOnOom = false;
    this.nextFirst = false;
    this.overwrites = false;
    this.skipUprobes = false;
    this.state = "start";
    this.leftReasons = 0;
    this.rightReasons = 0;
  }
}

/** A request for a range where nothing is mapped (VMG_STATE). Bytes, half-open; `pgoff` in pages. */
export function newRangeRequest(
  mm: Mm,
  iterator: AreaIterator,
  start: number,
  end: number,
  flags: number,
  flagsHigh: number,
  pgoff: number,
): MergeRequest {
  return new MergeRequest(mm, iterator).proposeNewRange(start, end, flags, flagsHigh, pgoff);
}

/** A request for [start, end) of an existing area, with all of the area's attributes (VMG_VMA_STATE). */
export function areaRequest(
  mm: Mm,
  iterator: AreaIterator,
  prev: Vma | null,
  vma: Vma,
  start: number,
  end: number,
): MergeRequest {
  return new MergeRequest(mm, iterator).proposeArea(prev, vma, start, end);
}

/**
 * What an address space did, told as it happens. A sink gets live records and must copy what it keeps; nothing is
 * allocated when no sink is set.
 */

import type { Vma } from "./vma.js";

/** How a merge changed the areas around it. */
export type MergeGeometry =
  | "new-left"
  | "new-right"
  | "new-both"
  | "new-left-reduced"
  | "existing-both"
  | "existing-left-full"
  | "existing-left-part"
  | "existing-right-full"
  | "existing-right-part";

/** What was proposed and why neither side took it. Reason words are bit sets of merge/reason.ts. */
export interface RefusedMerge {
  readonly start: number;
  readonly end: number;
  readonly pgoff: number;
  readonly flags: number;
  readonly flagsHigh: number;
  readonly prev: Vma | null;
  readonly vma: Vma | null;
  readonly next: Vma | null;
  readonly leftReasons: number;
  readonly rightReasons: number;
}

/** Receiver of events. All ranges are half-open bytes. */
export interface EventSink {
  /** A new area was made and is in the tree. */
  created(vma: Vma): void;
  /** An area now covers more; the old range is given. */
  grew(vma: Vma, oldStart: number, oldEnd: number): void;
  /** An area now covers less; the old range is given. */
  shrank(vma: Vma, oldStart: number, oldEnd: number): void;
  /** `vma` was cut; `piece` is the new record, above or below it. */
  split(vma: Vma, piece: Vma): void;
  /** A merge happened; `survivor` is the area that took the range. */
  merged(geometry: MergeGeometry, survivor: Vma, removed: Vma | null, removedNext: Vma | null): void;
  /** A merge was asked for and refused. */
  refused(request: RefusedMerge): void;
  /** An attribute changed in place. The old flag words are given. */
  changed(vma: Vma, oldFlags: number, oldFlagsHigh: number): void;
  /** An area is gone, unmapped or merged away. */
  removed(vma: Vma): void;
}

/**
 * What an address space did, as numbers: of areas without records, all that is told. Areas are known by their numbers;
 * each has one while somebody listens. Ranges are half-open bytes.
 */
export interface StepSink {
  /** A new area was made. */
  created(id: number, start: number, end: number): void;
  /** An area covers [start, end) now; the old range is given. */
  grew(id: number, start: number, end: number, oldStart: number, oldEnd: number): void;
  shrank(id: number, start: number, end: number, oldStart: number, oldEnd: number): void;
  /** An area was cut at `at`; `piece` is the new one, above or below. */
  split(id: number, piece: number, at: number): void;
  /** A merge happened; the survivor covers [start, end) now. Numbers of removed areas are 0 for none. */
  merged(
    geometry: MergeGeometry,
    survivor: number,
    removed: number,
    removedNext: number,
    start: number,
    end: number,
  ): void;
  /** A merge of [start, end) was asked for and refused. `prev` and `next` are numbers of neighbours, 0 for none. */
  refused(
    start: number,
    end: number,
    prev: number,
    next: number,
    leftReasons: number,
    rightReasons: number,
  ): void;
  /** An attribute changed in place: the new and the old flag words. */
  changed(id: number, flags: number, flagsHigh: number, oldFlags: number, oldFlagsHigh: number): void;
  /** An area is gone, unmapped or merged away. */
  removed(id: number, start: number, end: number): void;
}

/** Tells a sink of steps what happens to areas with records. */
export class StepTeller implements EventSink {
  readonly steps: StepSink;

  constructor(steps: StepSink) {
    this.steps = steps;
  }

  created({ id, start, end }: Vma): void {
    this.steps.created(id, start, end);
  }

  grew({ id, start, end }: Vma, oldStart: number, oldEnd: number): void {
    this.steps.grew(id, start, end, oldStart, oldEnd);
  }

  shrank({ id, start, end }: Vma, oldStart: number, oldEnd: number): void {
    this.steps.shrank(id, start, end, oldStart, oldEnd);
  }

  split(vma: Vma, piece: Vma): void {
    this.steps.split(vma.id, piece.id, Math.max(piece.start, vma.start));
  }

  merged(geometry: MergeGeometry, survivor: Vma, removed: Vma | null, removedNext: Vma | null): void {
    const { id, start, end } = survivor;
    this.steps.merged(geometry, id, removed?.id ?? 0, removedNext?.id ?? 0, start, end);
  }

  refused({ start, end, prev, next, leftReasons, rightReasons }: RefusedMerge): void {
    this.steps.refused(start, end, prev?.id ?? 0, next?.id ?? 0, leftReasons, rightReasons);
  }

  changed({ id, flags, flagsHigh }: Vma, oldFlags: number, oldFlagsHigh: number): void {
    this.steps.changed(id, flags, flagsHigh, oldFlags, oldFlagsHigh);
  }

  removed({ id, start, end }: Vma): void {
    this.steps.removed(id, start, end);
  }
}

/** One event as a value, for those who collect. */
export type AreaEvent =
  | { readonly kind: "created"; readonly id: number; readonly start: number; readonly end: number }
  | {
      readonly kind: "grew" | "shrank";
      readonly id: number;
      readonly start: number;
      readonly end: number;
      readonly oldStart: number;
      readonly oldEnd: number;
    }
  | {
      readonly kind: "split";
      readonly id: number;
      readonly piece: number;
      readonly at: number;
    }
  | {
      readonly kind: "merged";
      readonly geometry: MergeGeometry;
      readonly survivor: number;
      readonly removed: readonly number[];
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: "refused";
      readonly start: number;
      readonly end: number;
      readonly prev: number | null;
      readonly next: number | null;
      readonly leftReasons: number;
      readonly rightReasons: number;
    }
  | {
      readonly kind: "changed";
      readonly id: number;
      readonly flags: number;
      readonly flagsHigh: number;
      readonly oldFlags: number;
      readonly oldFlagsHigh: number;
    }
  | { readonly kind: "removed"; readonly id: number; readonly start: number; readonly end: number };

/** What nearly all merges remove. Shared: who gets it may only read it. */
const NONE_GONE: readonly number[] = [];

/** A sink that hands every event to a function as a value. */
export class EventListener implements StepSink {
  readonly #listen: (event: AreaEvent) => void;

  constructor(listen: (event: AreaEvent) => void) {
    this.#listen = listen;
  }

  created(id: number, start: number, end: number): void {
    this.#listen({ kind: "created", id, start, end });
  }

  grew(id: number, start: number, end: number, oldStart: number, oldEnd: number): void {
    this.#listen({ kind: "grew", id, start, end, oldStart, oldEnd });
  }

  shrank(id: number, start: number, end: number, oldStart: number, oldEnd: number): void {
    this.#listen({ kind: "shrank", id, start, end, oldStart, oldEnd });
  }

  split(id: number, piece: number, at: number): void {
    this.#listen({ kind: "split", id, piece, at });
  }

  merged(
    geometry: MergeGeometry,
    survivor: number,
    removed: number,
    removedNext: number,
    start: number,
    end: number,
  ): void {
    const gone = removedNext !== 0 ? [removed, removedNext] : removed !== 0 ? [removed] : NONE_GONE;
    this.#listen({ kind: "merged", geometry, survivor, removed: gone, start, end });
  }

  refused(
    start: number,
    end: number,
    prev: number,
    next: number,
    leftReasons: number,
    rightReasons: number,
  ): void {
    this.#listen({
      kind: "refused",
      start,
      end,
      prev: prev === 0 ? null : prev,
      next: next === 0 ? null : next,
      leftReasons,
      rightReasons,
    });
  }

  changed(id: number, flags: number, flagsHigh: number, oldFlags: number, oldFlagsHigh: number): void {
    this.#listen({ kind: "changed", id, flags, flagsHigh, oldFlags, oldFlagsHigh });
  }

  removed(id: number, start: number, end: number): void {
    this.#listen({ kind: "removed", id, start, end });
  }
}

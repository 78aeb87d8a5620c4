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

/** A sink that hands every event to a function as a value. */
export class EventListener implements EventSink {
  readonly #listen: (event: AreaEvent) => void;

  constructor(listen: (event: AreaEvent) => void) {
    this.#listen = listen;
  }

  created(vma: Vma): void {
    this.#listen({ kind: "created", id: vma.id, start: vma.start, end: vma.end });
  }

  grew(vma: Vma, oldStart: number, oldEnd: number): void {
    this.#listen({ kind: "grew", id: vma.id, start: vma.start, end: vma.end, oldStart, oldEnd });
  }

  shrank(vma: Vma, oldStart: number, oldEnd: number): void {
    this.#listen({ kind: "shrank", id: vma.id, start: vma.start, end: vma.end, oldStart, oldEnd });
  }

  split(vma: Vma, piece: Vma): void {
    const at = Math.max(piece.start, vma.start);
    this.#listen({ kind: "split", id: vma.id, piece: piece.id, at });
  }

  merged(geometry: MergeGeometry, survivor: Vma, removed: Vma | null, removedNext: Vma | null): void {
    const gone: number[] = [];
    if (removed !== null) gone.push(removed.id);
    if (removedNext !== null) gone.push(removedNext.id);
    const { id, start, end } = survivor;
    this.#listen({ kind: "merged", geometry, survivor: id, removed: gone, start, end });
  }

  refused(request: RefusedMerge): void {
    this.#listen({
      kind: "refused",
      start: request.start,
      end: request.end,
      prev: request.prev === null ? null : request.prev.id,
      next: request.next === null ? null : request.next.id,
      leftReasons: request.leftReasons,
      rightReasons: request.rightReasons,
    });
  }

  changed(vma: Vma, oldFlags: number, oldFlagsHigh: number): void {
    const { id, flags, flagsHigh } = vma;
    this.#listen({ kind: "changed", id, flags, flagsHigh, oldFlags, oldFlagsHigh });
  }

  removed(vma: Vma): void {
    this.#listen({ kind: "removed", id: vma.id, start: vma.start, end: vma.end });
  }
}

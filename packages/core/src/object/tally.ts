/** What address spaces do, in numbers: sums, and the latest moves as they were. */

import type { EventSink, MergeGeometry, RefusedMerge } from "./event.js";
import type { Vma } from "./vma.js";

/** Moves that are kept: few enough to stay in the processor's cache. */
const RING = 8192;
/** Numbers of a move. Those that a move has no use for are left as they were. */
const WIDTH = 5;
/** @internal First byte of the range, and the first behind it. */
export const MOVE_START = 0;
export const MOVE_END = 1;
/** @internal Areas that are gone. */
export const MOVE_GONE = 2;
/** @internal What a merge left: first byte, first byte behind. */
export const MOVE_FROM = 3;
export const MOVE_UP_TO = 4;
/** @internal Of a merge that was refused, in the same places: the reasons on either side. */
export const MOVE_LEFT_REASONS = 3;
export const MOVE_RIGHT_REASONS = 4;

/** @internal In the low bits of a move's kind: an area was made, or which merge happened; 0 for neither. */
export const MADE = 1;
export const NEW_LEFT = 2;
export const NEW_RIGHT = 3;
export const NEW_BOTH = 4;
export const EXISTING_BOTH = 6;
export const EXISTING_LEFT_FULL = 7;
export const EXISTING_LEFT_PART = 8;
export const EXISTING_RIGHT_FULL = 9;
export const EXISTING_RIGHT_PART = 10;
const OUTCOME = 15;
/** @internal An area was cut where the range begins, and where it ends. */
export const CUT_START = 16;
export const CUT_END = 32;
/** @internal Areas are gone. */
export const GONE = 64;
/** @internal A merge was refused. */
export const REFUSED = 128;
/** All kinds are below. */
const KINDS = 256;

/** Merges, by their code less that of the first one. */
const GEOMETRIES: readonly MergeGeometry[] = [
  "new-left",
  "new-right",
  "new-both",
  "new-left-reduced",
  "existing-both",
  "existing-left-full",
  "existing-left-part",
  "existing-right-full",
  "existing-right-part",
];

/** Reason words have fewer bits. */
const REASON_BITS = 20;
/** Words of reasons that are counted as they are. */
const WORDS = 64;

/** What a call did with one range. Bytes, half-open. */
export interface Move {
  /** What became of the range; null when it was only cleared, cut or changed in place. */
  readonly outcome: "created" | MergeGeometry | null;
  readonly start: number;
  readonly end: number;
  /** An area was cut at `start`, or at `end`. */
  readonly cutsStart: boolean;
  readonly cutsEnd: boolean;
  /** Areas that are gone, by a merge or because something else lies there now. */
  readonly gone: number;
  /** The area that a merge left; 0 and 0 without one. */
  readonly from: number;
  readonly upTo: number;
  /** A merge was asked for and refused, for these reasons on either side (words of bits). */
  readonly isRefused: boolean;
  readonly leftReasons: number;
  readonly rightReasons: number;
}

/** Sums over everything that a tally has counted. */
export interface TallySums {
  /** Areas that came into being, splits not counted. */
  readonly created: number;
  readonly split: number;
  readonly removed: number;
  readonly refused: number;
  /** Merges by what they did to the areas around them; those that never happened are left out. */
  readonly byGeometry: Readonly<Partial<Record<MergeGeometry, number>>>;
  /** Refusals by the bit of each reason, whichever side it was on. */
  readonly byReasonBit: readonly number[];
}

/**
 * Counts what one address space does, or several (`AddressSpace.tallyIn`), for less than it costs to be told of each event.
 * What is done with a range is noted as one move, a few numbers in a ring of 330 kB; everything else waits until somebody
 * asks.
 */
export class Tally implements EventSink {
  readonly #kinds = new Uint8Array(RING + 1);
  /** @internal The numbers of the moves in the ring, and behind them those of one that does not count. */
  readonly numbers: Float64Array = new Float64Array((RING + 1) * WIDTH);
  #firstMove = 0;
  #nextMove = 0;
  /** Moves below this one are in the sums. */
  #summed = 0;
  #muted = false;
  /** Moves by their kind. */
  readonly #kindCounts = new Float64Array(KINDS);
  /** Refusals by their word of reasons, each where its word is found: nearly all have one of a few. */
  readonly #words = new Int32Array(WORDS);
  readonly #wordCounts = new Float64Array(WORDS);
  /** Refusals by the bit of each reason whose words had no place. */
  readonly #reasons = new Float64Array(REASON_BITS);
  #removed = 0;

  /** Number of the move that the call under way began with, counted over all. */
  get firstMove(): number {
    return this.#firstMove;
  }

  /** Moves of the call under way. */
  get moveCount(): number {
    return this.#nextMove - this.#firstMove;
  }

  /** A new call begins: `moveCount` and `moves` are about it from now on. */
  begin(): void {
    this.#firstMove = this.#nextMove;
  }

  /** Nothing counts while `work` runs. */
  mute(work: () => void): void {
    const wasMuted = this.#muted;
    this.#muted = true;
    try {
      work();
    } finally {
      this.#muted = wasMuted;
    }
  }

  /** @internal Notes a move. Returns where its numbers are to be written. */
  note(kind: number): number {
    if (this.#muted) return RING * WIDTH;
    const index = this.#nextMove & (RING - 1);
    if (index === 0) this.#sum();
    this.#nextMove += 1;
    this.#kinds[index] = kind;
    return index * WIDTH;
  }

  // Of areas with records each event is a move of its own.

  created({ start, end }: Vma): void {
    this.#noteRange(MADE, start, end);
  }

  grew(): void {}

  shrank(): void {}

  split(vma: Vma, piece: Vma): void {
    const at = Math.max(piece.start, vma.start);
    this.#noteRange(CUT_START, at, at);
  }

  merged(geometry: MergeGeometry, { start, end }: Vma): void {
    const at = this.#noteRange(NEW_LEFT + GEOMETRIES.indexOf(geometry), start, end);
    this.numbers[at + MOVE_FROM] = start;
    this.numbers[at + MOVE_UP_TO] = end;
  }

  refused({ start, end, leftReasons, rightReasons }: RefusedMerge): void {
    const at = this.#noteRange(REFUSED, start, end);
    this.numbers[at + MOVE_LEFT_REASONS] = leftReasons;
    this.numbers[at + MOVE_RIGHT_REASONS] = rightReasons;
  }

  changed(): void {}

  removed({ start, end }: Vma): void {
    this.numbers[this.#noteRange(GONE, start, end) + MOVE_GONE] = 1;
  }

  #noteRange(kind: number, start: number, end: number): number {
    const at = this.note(kind);
    this.numbers[at + MOVE_START] = start;
    this.numbers[at + MOVE_END] = end;
    return at;
  }

  /** Adds up what is not in the sums yet. */
  #sum(): void {
    const { numbers } = this;
    for (; this.#summed < this.#nextMove; this.#summed += 1) {
      const index = this.#summed & (RING - 1);
      const at = index * WIDTH;
      const kind = this.#kinds[index] as number;
      (this.#kindCounts[kind] as number) += 1;
      if ((kind & GONE) !== 0) this.#removed += numbers[at + MOVE_GONE] as number;
      if ((kind & REFUSED) === 0) continue;
      const left = numbers[at + MOVE_LEFT_REASONS] as number;
      const right = numbers[at + MOVE_RIGHT_REASONS] as number;
      this.#countReasons(left | right);
    }
  }

  /** Counts a refusal by its word of reasons. */
  #countReasons(word: number): void {
    const place = Math.imul(word, 0x9e3779b1) >>> 26;
    const count = this.#wordCounts[place] as number;
    if (count === 0) this.#words[place] = word;
    if (this.#words[place] === word) this.#wordCounts[place] = count + 1;
    else addReasons(this.#reasons, word, 1);
  }

  /** Sums so far. */
  sums(): TallySums {
    this.#sum();
    let created = 0;
    let split = 0;
    let refused = 0;
    const byGeometry: Partial<Record<MergeGeometry, number>> = {};
    this.#kindCounts.forEach((count, kind) => {
      const geometry = GEOMETRIES[(kind & OUTCOME) - NEW_LEFT];
      if (count > 0 && geometry !== undefined) byGeometry[geometry] = (byGeometry[geometry] ?? 0) + count;
      if ((kind & OUTCOME) === MADE) created += count;
      if ((kind & CUT_START) !== 0) split += count;
      if ((kind & CUT_END) !== 0) split += count;
      if ((kind & REFUSED) !== 0) refused += count;
    });
    const byReasonBit = this.#reasons.slice();
    this.#words.forEach((word, place) => {
      addReasons(byReasonBit, word, this.#wordCounts[place] as number);
    });
    return {
      created,
      split,
      removed: this.#removed,
      refused,
      byGeometry,
      byReasonBit: [...byReasonBit],
    };
  }

  /** `count` moves from the one numbered `first` on, in order, by default those of the call; none when they are forgotten. */
  moves(first: number = this.firstMove, count: number = this.moveCount): Move[] {
    if (first + RING < this.#nextMove) return [];
    return Array.from({ length: count }, (_, i) => this.#moveAt((first + i) & (RING - 1)));
  }

  #moveAt(index: number): Move {
    const kind = this.#kinds[index] as number;
    const numbers = this.numbers.subarray(index * WIDTH);
    const geometry = GEOMETRIES[(kind & OUTCOME) - NEW_LEFT];
    const isRefused = (kind & REFUSED) !== 0;
    return {
      outcome: geometry ?? ((kind & OUTCOME) === MADE ? "created" : null),
      start: numbers[MOVE_START] as number,
      end: numbers[MOVE_END] as number,
      cutsStart: (kind & CUT_START) !== 0,
      cutsEnd: (kind & CUT_END) !== 0,
      gone: (kind & GONE) === 0 ? 0 : (numbers[MOVE_GONE] as number),
      from: geometry === undefined ? 0 : (numbers[MOVE_FROM] as number),
      upTo: geometry === undefined ? 0 : (numbers[MOVE_UP_TO] as number),
      isRefused,
      leftReasons: isRefused ? (numbers[MOVE_LEFT_REASONS] as number) : 0,
      rightReasons: isRefused ? (numbers[MOVE_RIGHT_REASONS] as number) : 0,
    };
  }
}

/** Adds `count` refusals for all reasons of a word. */
function addReasons(sums: Float64Array, word: number, count: number): void {
  for (let bits = word; bits !== 0; bits &= bits - 1) {
    (sums[31 - Math.clz32(bits & -bits)] as number) += count;
  }
}

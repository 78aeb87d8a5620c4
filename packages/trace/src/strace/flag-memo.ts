/** Flag arguments that were read before: the same text has the same value, and comparing is faster than reading. */

import { VALUE } from "../scan-number.js";
import { scanExpression } from "./lexer.js";

/** Texts kept for one argument of one call. Programs use a handful. */
const ENTRIES = 8;
/** Longest text kept, its delimiter included. */
const WORDS = 20;
const MAX_TEXT = WORDS * 4;
/** Shorter texts are read faster than compared. */
const MIN_TEXT = 7;

/**
 * Reads flag arguments, remembering the texts of each slot.
 *
 * A remembered text includes the comma or parenthesis behind it, and all its bytes are compared, four at a time; what
 * a text means depends on nothing else, so the memo changes no result.
 */
export class FlagMemo {
  /** For each slot ENTRIES texts, as words of four bytes; the last word is masked. */
  readonly #words: Int32Array;
  /** Length of each text without its delimiter; 0 is a free entry. */
  readonly #lengths: Uint8Array;
  readonly #values: Float64Array;
  readonly #nextVictim: Uint8Array;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #limit = 0;

  constructor(slots: number) {
    this.#words = new Int32Array(slots * ENTRIES * WORDS);
    this.#lengths = new Uint8Array(slots * ENTRIES);
    this.#values = new Float64Array(slots * ENTRIES);
    this.#nextVictim = new Uint8Array(slots);
  }

  /** The bytes that the next calls of `scan` are about. */
  attach(view: DataView): void {
    this.#view = view;
    this.#limit = view.byteLength - MAX_TEXT - 4;
  }

  /** The bytes attached last. */
  get view(): DataView {
    return this.#view;
  }

  /** As scanExpression, for the argument numbered `slot`. */
  scan(bytes: Uint8Array, position: number, slot: number): number {
    if (position > this.#limit) return scanExpression(bytes, position);
    const lengths = this.#lengths;
    const first = slot * ENTRIES;
    for (let entry = first; entry < first + ENTRIES; entry++) {
      const length = lengths[entry]!;
      if (length === 0) break;
      const delimiter = bytes[position + length]!;
      if (
        (delimiter === 0x2c /* , */ || delimiter === 0x29) /* ) */ &&
        this.#matches(position, entry, length + 1)
      ) {
        VALUE[0] = this.#values[entry]!;
        return position + length;
      }
    }
    const end = scanExpression(bytes, position);
    if (end > 0) this.#remember(bytes, position, end, slot);
    return end;
  }

  #matches(position: number, entry: number, length: number): boolean {
    const view = this.#view;
    const words = this.#words;
    let word = entry * WORDS;
    let p = position;
    const last = position + (length & ~3);
    for (; p < last; p += 4) {
      if (view.getInt32(p, true) !== words[word]) return false;
      word++;
    }
    const mask = (1 << ((length & 3) << 3)) - 1;
    return (view.getInt32(p, true) & mask) === words[word];
  }

  #remember(bytes: Uint8Array, position: number, end: number, slot: number): void {
    const delimiter = bytes[end]!;
    const length = end + 1 - position;
    if (length < MIN_TEXT || length >= MAX_TEXT || delimiter === 0x20 /* blank */) return;
    if (delimiter !== 0x2c /* , */ && delimiter !== 0x29 /* ) */) return;
    const victim = this.#nextVictim[slot]!;
    this.#nextVictim[slot] = (victim + 1) % ENTRIES;
    const entry = slot * ENTRIES + victim;
    let word = entry * WORDS;
    let p = position;
    for (; p < position + (length & ~3); p += 4) this.#words[word++] = this.#view.getInt32(p, true);
    this.#words[word] = this.#view.getInt32(p, true) & ((1 << ((length & 3) << 3)) - 1);
    this.#lengths[entry] = length - 1;
    this.#values[entry] = VALUE[0]!;
  }
}

/**
 * How far down searches for room have looked in vain: by size, an address above which no hole of that size ends. The
 * next search for such a room, which goes down, may begin there and finds what it would have found from the top.
 *
 * What areas that grow down keep free counts as hole: whoever finds it goes on from there. Lengths and addresses are
 * bytes, multiples of the page size.
 */

import { PAGE_SIZE } from "../abi/page.js";

/** Sizes that are told apart, in pages: 1 to this. */
const MOST = 32;
const MOST_BYTES: number = MOST * PAGE_SIZE;
/** The index of a larger size, one at a time. */
const LARGE: number = MOST + 1;

export class Rooms {
  /** By pages: never rises with them, as where a larger room fits a smaller one does. */
  private readonly tops: Float64Array = new Float64Array(LARGE + 1).fill(Infinity);
  /** The size that the last of them is for: what was last searched for. Infinite when nothing was. */
  private large: number = Infinity;
  /** Where searches begin that know nothing. Holes are cut to what is below, and none of the tops is above. */
  private high: number = Infinity;

  /** Where a search for the highest room of `length` below `high` may begin. */
  top(length: number, high: number): number {
    if (high !== this.high) {
      this.high = high;
      this.forget();
    }
    return this.tops[this.indexOf(length)] as number;
  }

  /** Such a search found that the highest hole of at least `length` ends at `end`. */
  found(length: number, end: number): void {
    const { tops } = this;
    if (length > MOST_BYTES) {
      this.large = length;
      tops[LARGE] = end;
    }
    for (let i = this.indexOf(length); i <= LARGE && (tops[i] as number) > end; i += 1) tops[i] = end;
  }

  /** There is a hole at [start, end), as wide as it has become. */
  opened(start: number, end: number): void {
    const { tops } = this;
    const top = Math.min(end, this.high);
    if (top <= (tops[LARGE] as number)) return;
    for (let i = this.indexOf(top - start); i > 0 && (tops[i] as number) < top; i -= 1) tops[i] = top;
  }

  /** Holes may have opened anywhere. */
  forget(): void {
    this.tops.fill(this.high);
  }

  /** Whether a search for as much as the hole [start, end) would begin below its end, which it must not. */
  misses(start: number, end: number): boolean {
    const top = Math.min(end, this.high);
    return top > start && (this.tops[this.indexOf(top - start)] as number) < top;
  }

  /** Where in the list the largest size of at most `length` is; 0 or less for none. */
  private indexOf(length: number): number {
    if (length > MOST_BYTES) return length >= this.large ? LARGE : MOST;
    // As an integer: the compiler would count in doubles otherwise.
    return (length / PAGE_SIZE) | 0;
  }
}

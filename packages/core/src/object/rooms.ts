/**
 * How far down searches for room have looked in vain: by size, an address above which no hole of that size ends. The
 * next search for such a room, which goes down, may begin there and finds what it would have found from the top.
 *
 * What areas that grow down keep free counts as hole: whoever finds it goes on from there. Lengths and addresses are
 * bytes.
 */

import { PAGE_SIZE } from "../abi/page.js";

/** Sizes that are told apart, in pages: 1 to this. */
const MOST = 32;
/** The index of a larger size, one at a time. */
const LARGE: number = MOST + 1;

export class Rooms {
  /** By pages: never rises with them, as where a larger room fits a smaller one does. */
  private readonly tops: Float64Array = new Float64Array(LARGE + 1).fill(Infinity);
  /** The size in pages that the last of them is for: what was last searched for. Infinite when nothing was. */
  private large: number = Infinity;
  /** Where searches begin that know nothing. Holes are cut to what is below, and none of the tops is above. */
  private high: number = Infinity;

  /** Where a search for the highest room of `length` below `high` may begin. */
  top(length: number, high: number): number {
    if (high !== this.high) {
      this.high = high;
      this.forget();
    }
    return this.tops[this.indexOf(Math.floor(length / PAGE_SIZE))] as number;
  }

  /** Such a search found that the highest hole of at least `length` ends at `end`. */
  found(length: number, end: number): void {
    const { tops } = this;
    let pages = Math.ceil(length / PAGE_SIZE);
    if (pages > MOST) {
      this.large = pages;
      tops[LARGE] = end;
    }
    while (pages <= LARGE && (tops[pages] as number) > end) {
      tops[pages] = end;
      pages += 1;
    }
  }

  /** There is a hole at [start, end), as wide as it has become. */
  opened(start: number, end: number): void {
    const { tops } = this;
    const top = Math.min(end, this.high);
    if (top <= (tops[LARGE] as number)) return;
    let pages = this.indexOf(Math.floor((top - start) / PAGE_SIZE));
    while (pages > 0 && (tops[pages] as number) < top) {
      tops[pages] = top;
      pages -= 1;
    }
  }

  /** Holes may have opened anywhere. */
  forget(): void {
    this.tops.fill(this.high);
  }

  /** Whether a search for as much as the hole [start, end) would begin below its end, which it must not. */
  misses(start: number, end: number): boolean {
    const top = Math.min(end, this.high);
    const pages = Math.floor((top - start) / PAGE_SIZE);
    return pages > 0 && (this.tops[this.indexOf(pages)] as number) < top;
  }

  /** Where in the list the largest size of at most `pages` is. */
  private indexOf(pages: number): number {
    if (pages <= MOST) return pages;
    return pages >= this.large ? LARGE : MOST;
  }
}

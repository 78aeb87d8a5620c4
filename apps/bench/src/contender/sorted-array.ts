// What everybody writes first: one array of { start, end, value } in order, bisected and spliced.
import type { GapSearch, Neighbours, RangeMap, RangeStructure } from "./range-map.js";

interface Range {
  start: number;
  end: number;
  value: number;
}

class SortedArray implements RangeMap, Neighbours, GapSearch {
  readonly #ranges: Range[] = [];

  /** Index of the first range that ends above `at`. */
  #firstAbove(at: number): number {
    const ranges = this.#ranges;
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ranges[middle] as Range).end > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  get(at: number): number {
    const range = this.#ranges[this.#firstAbove(at)];
    return range !== undefined && range.start <= at ? range.value : 0;
  }

  set(start: number, end: number, value: number): void {
    this.#write(start, end, { start, end, value });
  }

  erase(start: number, end: number): void {
    this.#write(start, end, null);
  }

  #write(start: number, end: number, fresh: Range | null): void {
    const ranges = this.#ranges;
    const from = this.#firstAbove(start);
    let to = from;
    while (to < ranges.length && (ranges[to] as Range).start < end) to += 1;
    const pieces: Range[] = [];
    if (to > from) {
      const first = ranges[from] as Range;
      const last = ranges[to - 1] as Range;
      if (first.start < start) pieces.push({ start: first.start, end: start, value: first.value });
      if (fresh !== null) pieces.push(fresh);
      if (last.end > end) pieces.push({ start: end, end: last.end, value: last.value });
    } else if (fresh !== null) pieces.push(fresh);
    ranges.splice(from, to - from, ...pieces);
  }

  insert(start: number, end: number, value: number): boolean {
    const index = this.#firstAbove(start);
    if ((this.#ranges[index]?.start ?? end) < end) return false;
    this.#ranges.splice(index, 0, { start, end, value });
    return true;
  }

  fill(start: number, end: number, value: number): void {
    this.#ranges.splice(this.#firstAbove(start), 0, { start, end, value });
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    for (const { start, end, value } of this.#ranges) visit(start, end, value);
  }

  valueBelow(at: number): number {
    return this.#ranges[this.#firstAbove(at) - 1]?.value ?? 0;
  }

  valueAbove(at: number): number {
    return this.#ranges[this.#firstAbove(at)]?.value ?? 0;
  }

  lowestGap(size: number, min: number, max: number): number {
    const ranges = this.#ranges;
    let at = min;
    for (let i = this.#firstAbove(min); i < ranges.length && at + size <= max; i += 1) {
      const { start, end } = ranges[i] as Range;
      if (start - at >= size) return at;
      at = end;
    }
    return at + size <= max ? at : -1;
  }

  highestGap(size: number, min: number, max: number): number {
    const ranges = this.#ranges;
    const index = this.#firstAbove(max);
    let at = Math.min(max, ranges[index]?.start ?? max);
    for (let i = index - 1; i >= 0 && at - size >= min; i -= 1) {
      const { start, end } = ranges[i] as Range;
      if (at - end >= size) return at - size;
      at = start;
    }
    return at - size >= min ? at - size : -1;
  }
}

export const sortedArray: RangeStructure = {
  name: "sorted array",
  create: () => new SortedArray(),
  maxN: 100_000,
};

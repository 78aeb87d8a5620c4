// Sorted arrays at their best: starts, ends and values in three typed arrays, found by bisection, moved in blocks.
import type { GapSearch, Neighbours, RangeMap, RangeStructure } from "./range-map.js";

class SortedDoubles implements RangeMap, Neighbours, GapSearch {
  #starts = new Float64Array(64);
  #ends = new Float64Array(64);
  #values = new Int32Array(64);
  #count = 0;

  /** Index of the first range that ends above `at`. */
  #firstAbove(at: number): number {
    const ends = this.#ends;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] as number) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  get(at: number): number {
    const index = this.#firstAbove(at);
    return index < this.#count && (this.#starts[index] as number) <= at ? (this.#values[index] as number) : 0;
  }

  /** Replaces ranges [from, to) by `room` places that the caller fills. */
  #splice(from: number, to: number, room: number): void {
    const count = this.#count + room - (to - from);
    if (count > this.#starts.length) this.#grow();
    if (to !== from + room) {
      this.#starts.copyWithin(from + room, to, this.#count);
      this.#ends.copyWithin(from + room, to, this.#count);
      this.#values.copyWithin(from + room, to, this.#count);
    }
    this.#count = count;
  }

  #grow(): void {
    const length = this.#starts.length * 2;
    const [starts, ends, values] = [this.#starts, this.#ends, this.#values];
    this.#starts = new Float64Array(length);
    this.#ends = new Float64Array(length);
    this.#values = new Int32Array(length);
    this.#starts.set(starts);
    this.#ends.set(ends);
    this.#values.set(values);
  }

  #put(index: number, start: number, end: number, value: number): void {
    this.#starts[index] = start;
    this.#ends[index] = end;
    this.#values[index] = value;
  }

  set(start: number, end: number, value: number): void {
    this.#write(start, end, value);
  }

  erase(start: number, end: number): void {
    this.#write(start, end, 0);
  }

  /** Value 0 writes a hole. */
  #write(start: number, end: number, value: number): void {
    const from = this.#firstAbove(start);
    let to = from;
    while (to < this.#count && (this.#starts[to] as number) < end) to += 1;
    const left = to > from && (this.#starts[from] as number) < start;
    const tailEnd = to > from ? (this.#ends[to - 1] as number) : 0;
    const tailValue = to > from ? (this.#values[to - 1] as number) : 0;
    const right = tailEnd > end;
    const own = value === 0 ? 0 : 1;
    this.#splice(from + +left, to, own + +right);
    let index = from;
    if (left) this.#ends[index++] = start;
    if (own === 1) this.#put(index++, start, end, value);
    if (right) this.#put(index, end, tailEnd, tailValue);
  }

  insert(start: number, end: number, value: number): boolean {
    const index = this.#firstAbove(start);
    if (index < this.#count && (this.#starts[index] as number) < end) return false;
    this.#splice(index, index, 1);
    this.#put(index, start, end, value);
    return true;
  }

  fill(start: number, end: number, value: number): void {
    const index = this.#firstAbove(start);
    this.#splice(index, index, 1);
    this.#put(index, start, end, value);
  }

  forEach(visit: (start: number, end: number, value: number) => void): void {
    for (let i = 0; i < this.#count; i += 1) {
      visit(this.#starts[i] as number, this.#ends[i] as number, this.#values[i] as number);
    }
  }

  valueBelow(at: number): number {
    const index = this.#firstAbove(at);
    return index > 0 ? (this.#values[index - 1] as number) : 0;
  }

  valueAbove(at: number): number {
    const index = this.#firstAbove(at);
    return index < this.#count ? (this.#values[index] as number) : 0;
  }

  lowestGap(size: number, min: number, max: number): number {
    let at = min;
    for (let i = this.#firstAbove(min); i < this.#count && at + size <= max; i += 1) {
      if ((this.#starts[i] as number) - at >= size) return at;
      at = this.#ends[i] as number;
    }
    return at + size <= max ? at : -1;
  }

  highestGap(size: number, min: number, max: number): number {
    let at = max;
    let index = this.#firstAbove(max);
    if (index < this.#count && (this.#starts[index] as number) < max) at = this.#starts[index] as number;
    for (index -= 1; index >= 0 && at - size >= min; index -= 1) {
      if (at - (this.#ends[index] as number) >= size) return at - size;
      at = this.#starts[index] as number;
    }
    return at - size >= min ? at - size : -1;
  }
}

export const sortedDoubles: RangeStructure = {
  name: "sorted doubles",
  create: () => new SortedDoubles(),
  maxN: 100_000,
};

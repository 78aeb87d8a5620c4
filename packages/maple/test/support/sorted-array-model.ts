// The dumb model: a sorted array of entries, written for obviousness. Shares nothing with the product.

export type ModelEntry = [start: number, end: number, value: number];

export class SortedArrayModel {
  entries: ModelEntry[] = [];
  readonly min: number;
  readonly max: number;

  constructor(min = 0, max: number = 2 ** 64) {
    this.min = min;
    this.max = max;
  }

  get(at: number): number | undefined {
    return this.entries.find(([start, end]) => start <= at && at < end)?.[2];
  }

  /** Entries that share a key with [start, end). */
  touching(start: number, end: number): ModelEntry[] {
    return this.entries.filter(([from, to]) => from < end && to > start);
  }

  delete(start: number, end: number): number {
    const touched = this.touching(start, end).length;
    this.entries = this.entries.flatMap(([from, to, value]): ModelEntry[] => {
      if (to <= start || from >= end) return [[from, to, value]];
      const rest: ModelEntry[] = [];
      if (from < start) rest.push([from, start, value]);
      if (to > end) rest.push([end, to, value]);
      return rest;
    });
    return touched;
  }

  set(start: number, end: number, value: number): void {
    this.delete(start, end);
    this.entries.push([start, end, value]);
    this.entries.sort((a, b) => a[0] - b[0]);
  }

  /** Holes in [min, max), cut to it. */
  gaps(min: number, max: number): [number, number][] {
    const holes: [number, number][] = [];
    let from = this.min;
    for (const [start, end] of [...this.entries, [this.max, this.max, 0] as ModelEntry]) {
      const hole: [number, number] = [Math.max(from, min), Math.min(start, max)];
      if (hole[0] < hole[1]) holes.push(hole);
      from = end;
    }
    return holes;
  }

  lowestGap(size: number, min: number, max: number, align = 1, offset = 0): number {
    for (const [start, end] of this.gaps(min, max)) {
      const at = Math.ceil((start - offset) / align) * align + offset;
      if (at + size <= end) return at;
    }
    return -1;
  }

  highestGap(size: number, min: number, max: number, align = 1, offset = 0): number {
    for (const [start, end] of this.gaps(min, max).reverse()) {
      const at = Math.floor((end - size - offset) / align) * align + offset;
      if (at >= start) return at;
    }
    return -1;
  }

  clone(): SortedArrayModel {
    const copy = new SortedArrayModel(this.min, this.max);
    copy.entries = this.entries.map(([start, end, value]) => [start, end, value]);
    return copy;
  }
}

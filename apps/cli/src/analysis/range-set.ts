/** A set of address ranges: sorted, none touching another. Bytes, half-open. */

/** A part of a range that lies wholly inside a set, or wholly outside. */
export interface RangePiece {
  readonly start: number;
  readonly end: number;
  readonly inside: boolean;
}

/** Ranges that are added and taken away; touching ones become one. */
export class RangeSet {
  /** Starts and ends by turns, ascending. */
  #edges: number[];

  constructor(edges: readonly number[] = []) {
    this.#edges = [...edges];
  }

  clone(): RangeSet {
    return new RangeSet(this.#edges);
  }

  /** Starts and ends by turns, ascending. */
  get edges(): readonly number[] {
    return this.#edges;
  }

  /** How many edges are at or below `address`: odd inside a range. */
  #below(address: number): number {
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#edges[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  has(address: number): boolean {
    return this.#below(address) % 2 === 1;
  }

  add(start: number, end: number): void {
    this.#replace(start, end, true);
  }

  remove(start: number, end: number): void {
    this.#replace(start, end, false);
  }

  #replace(start: number, end: number, inside: boolean): void {
    if (!(start < end)) return;
    // Edges inside [start, end], both included, go; new ones come where inside and outside meet.
    const before = this.#below(start - 1);
    const behind = this.#below(end);
    const fresh: number[] = [];
    if ((before % 2 === 1) !== inside) fresh.push(start);
    if ((behind % 2 === 1) !== inside) fresh.push(end);
    this.#edges.splice(before, behind - before, ...fresh);
  }

  /** The range cut where it enters and leaves the set. */
  pieces(start: number, end: number): RangePiece[] {
    const found: RangePiece[] = [];
    let index = this.#below(start);
    for (let from = start; from < end; index += 1) {
      const to = Math.min(end, this.#edges[index] ?? Number.POSITIVE_INFINITY);
      found.push({ start: from, end: to, inside: index % 2 === 1 });
      from = to;
    }
    return found;
  }
}

/** Ranges laid side by side from one address on, in their order: what was in between is left out. */
export class PackedRanges {
  readonly #edges: readonly number[];
  /** For each range: what is added to an address in it. */
  readonly #shifts: readonly number[];
  readonly base: number;
  /** Bytes of all ranges. */
  readonly size: number;

  constructor(ranges: RangeSet, base: number) {
    this.#edges = ranges.edges;
    this.base = base;
    const shifts: number[] = [];
    let at = base;
    for (let index = 0; index < this.#edges.length; index += 2) {
      const start = this.#edges[index] as number;
      shifts.push(at - start);
      at += (this.#edges[index + 1] as number) - start;
    }
    this.#shifts = shifts;
    this.size = at - base;
  }

  /** Where an address of a range lies now; null for one that is in none. */
  place(address: number): number | null {
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#edges[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    return low % 2 === 1 ? address + (this.#shifts[(low - 1) / 2] as number) : null;
  }
}

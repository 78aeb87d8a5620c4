// What the range workloads ask of a structure: non-overlapping half-open ranges of numbers to whole numbers above 0.

export interface RangeMap {
  /** The value at `at`, 0 in a hole. */
  get(at: number): number;
  /** Writes over whatever is there; what reaches over an edge is cut. */
  set(start: number, end: number, value: number): void;
  /** Writes where nothing is; where something is, changes nothing and returns false. */
  insert(start: number, end: number, value: number): boolean;
  /** Writes where the caller knows that nothing is. */
  fill(start: number, end: number, value: number): void;
  /** Clears [start, end); what reaches over an edge is cut. */
  erase(start: number, end: number): void;
  /** Calls `visit` for each range in order. */
  forEach(visit: (start: number, end: number, value: number) => void): void;
}

/** Structures that can tell what lies beside a place that no range reaches over. */
export interface Neighbours {
  /** The value of the last range below `at`, 0 if there is none. */
  valueBelow(at: number): number;
  /** The value of the first range from `at` on, 0 if there is none. */
  valueAbove(at: number): number;
}

/** Structures whose ranges can be walked from a place, and so searched for holes. */
export interface GapSearch {
  /** Start of the lowest hole of at least `size` in [min, max), -1 if there is none. */
  lowestGap(size: number, min: number, max: number): number;
  /** Start of the highest place for `size` in [min, max), -1 if there is none. */
  highestGap(size: number, min: number, max: number): number;
}

/** Versions whose library asks to be told when they are done with. */
export interface Droppable {
  dispose?(): void;
}

/** Structures with versions. */
export interface Versions {
  /** The structure as it is now, whatever is written later. */
  snapshot(): RangeMap & Droppable;
}

export interface RangeStructure {
  readonly name: string;
  readonly create: () => RangeMap & Partial<Neighbours & GapSearch & Versions>;
  /** Sizes above are left out: building alone would take minutes. */
  readonly maxN?: number;
  /** The same for living from searches for holes. */
  readonly gapCycleMaxN?: number;
}

// What callers may get wrong, and the errors that say so. Imports nothing.

/** 2^53: above it doubles skip integers, so only multiples of KEY_STEP are told from a rounded number. */
export const EXACT: number = 2 ** 53;
/** The page: every multiple of it up to 2^64 is a double. */
export const KEY_STEP = 4096;

/** Thrown when a write would need more nodes than `maxNodes` allows. The tree is as it was. */
export class MapleFullError extends RangeError {
  override readonly name: string = "MapleFullError";
  /** The limit that would be passed, in nodes. */
  readonly maxNodes: number;
  constructor(maxNodes: number, needed: number) {
    super(`the tree may have ${maxNodes} nodes and this could take ${needed}`);
    this.maxNodes = maxNodes;
  }
}

/** A contradiction inside the tree: a bug of this package, never of its caller. */
export class InvariantError extends Error {
  override readonly name: string = "InvariantError";
}

/** Whether `key` can be told from a rounded one: |key| <= 2^53, or a multiple of 4096. */
export function isExact(key: number): boolean {
  return Math.abs(key) <= EXACT || key % KEY_STEP === 0;
}

export function span(start: number, end: number): string {
  return `[${start}, ${end})`;
}

/** Throws a RangeError unless `holds`. */
export function need(holds: boolean, what: string, got: unknown): void {
  if (!holds) throw new RangeError(`${what}, got ${String(got)}`);
}

/** Returns `key` when it is a finite number, else throws a RangeError with it. */
export function checkPoint(key: number): number {
  need(Number.isFinite(key), "a key must be a finite number", key);
  return key;
}

/** Throws the RangeError that says that `got` leaves the domain. */
export function outside(min: number, max: number, got: unknown): void {
  need(false, `the domain is ${span(min, max)}`, got);
}

/** Throws the RangeError that fits a refused range. */
function badRange(start: number, end: number, min: number, max: number): void {
  for (const key of [start, end]) {
    need(isExact(checkPoint(key)), `a key above 2^53 must be a multiple of ${KEY_STEP}`, key);
  }
  need(start < end, "a range must start below its end", span(start, end));
  outside(min, max, span(start, end));
}

/** Throws unless `[start, end)` is a non-empty range of exact numbers within `[min, max)`. */
export function checkRange(start: number, end: number, min: number, max: number): void {
  if (!(start < end && start >= min && end <= max && isExact(start) && isExact(end))) {
    badRange(start, end, min, max);
  }
}

/** Throws a TypeError for undefined, which is what a hole reads as. */
export function checkValue(value: unknown): void {
  if (value === undefined) throw new TypeError("undefined cannot be stored: it is what a hole reads as");
}

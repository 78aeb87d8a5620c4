// Finding a slot in one node: in steps of three keys each, compared without a branch between them, so that the
// processor waits for memory once a step at most.

/** A mask that leaves every place in an array as it is, but tells the compiler that sums cannot overflow. */
export const INDEX = 0x3fff_ffff;

/** Last slot of the inner node whose pairs begin at `base` with a bound of at most `key`, else slot 0. */
export function searchInner(keys: Float64Array, base: number, key: number): number {
  let i = base & INDEX;
  i += (+(keys[i + 32]! <= key) + +(keys[i + 64]! <= key) + +(keys[i + 96]! <= key)) << 5;
  i += (+(keys[i + 8]! <= key) + +(keys[i + 16]! <= key) + +(keys[i + 24]! <= key)) << 3;
  return ((i - base) >> 1) + +(keys[i + 2]! <= key) + +(keys[i + 4]! <= key) + +(keys[i + 6]! <= key);
}

/** Last slot of the leaf whose pairs begin at `base` with a start of at most `key`, else slot 0. */
export function searchLeaf(pairs: Float64Array, base: number, key: number): number {
  let i = base & INDEX;
  i += (+(pairs[i + 16]! <= key) + +(pairs[i + 32]! <= key) + +(pairs[i + 48]! <= key)) << 4;
  i += (+(pairs[i + 4]! <= key) + +(pairs[i + 8]! <= key) + +(pairs[i + 12]! <= key)) << 2;
  return ((i - base) >> 1) + +(pairs[i + 2]! <= key);
}

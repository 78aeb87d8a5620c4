// Finding a slot in one node: in steps of three keys each, compared without a branch between them, so that the
// processor waits for memory once a step at most.

/** A mask that leaves every place in an array as it is, but tells the compiler that sums cannot overflow. */
export const INDEX = 0x3fff_ffff;

/** Place of the last key of at most `key` in the inner node whose keys begin at `base`, else `base`. */
export function searchInner(keys: Float64Array, base: number, key: number): number {
  let i = base & INDEX;
  if (keys[i + 4]! < Infinity) {
    i += (+(keys[i + 16]! <= key) + +(keys[i + 32]! <= key) + +(keys[i + 48]! <= key)) << 4;
    i += (+(keys[i + 4]! <= key) + +(keys[i + 8]! <= key) + +(keys[i + 12]! <= key)) << 2;
  }
  return i + +(keys[i + 1]! <= key) + +(keys[i + 2]! <= key) + +(keys[i + 3]! <= key);
}

/** Place of the last start of at most `key` in the leaf whose starts begin at `base`, else `base`. */
export function searchLeaf(starts: Float64Array, base: number, key: number): number {
  let i = base & INDEX;
  i += (+(starts[i + 8]! <= key) + +(starts[i + 16]! <= key) + +(starts[i + 24]! <= key)) << 3;
  i += (+(starts[i + 2]! <= key) + +(starts[i + 4]! <= key) + +(starts[i + 6]! <= key)) << 1;
  return i + +(starts[i + 1]! <= key);
}

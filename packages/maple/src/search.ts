// Finding a slot in one node, by counting: eight keys a step are compared without a branch between them, so
// that the processor waits for memory twice at most. Only the first step of an inner node has a branch: it is
// skipped by small trees.

/** Last slot of the inner node whose pairs begin at `base` with a bound of at most `key`, else slot 0. */
export function searchInner(keys: Float64Array, base: number, key: number): number {
  let i = base;
  if (keys[i + 16]! <= key) {
    i +=
      (1 +
        +(keys[i + 32]! <= key) +
        +(keys[i + 48]! <= key) +
        +(keys[i + 64]! <= key) +
        +(keys[i + 80]! <= key) +
        +(keys[i + 96]! <= key) +
        +(keys[i + 112]! <= key)) <<
      4;
  }
  return (
    ((i - base) >> 1) +
    +(keys[i + 2]! <= key) +
    +(keys[i + 4]! <= key) +
    +(keys[i + 6]! <= key) +
    +(keys[i + 8]! <= key) +
    +(keys[i + 10]! <= key) +
    +(keys[i + 12]! <= key) +
    +(keys[i + 14]! <= key)
  );
}

/** Last slot of the leaf whose pairs begin at `base` with a start of at most `key`, else slot 0. */
export function searchLeaf(pairs: Float64Array, base: number, key: number): number {
  const i =
    base + ((+(pairs[base + 16]! <= key) + +(pairs[base + 32]! <= key) + +(pairs[base + 48]! <= key)) << 4);
  return (
    ((i - base) >> 1) +
    +(pairs[i + 2]! <= key) +
    +(pairs[i + 4]! <= key) +
    +(pairs[i + 6]! <= key) +
    +(pairs[i + 8]! <= key) +
    +(pairs[i + 10]! <= key) +
    +(pairs[i + 12]! <= key) +
    +(pairs[i + 14]! <= key)
  );
}

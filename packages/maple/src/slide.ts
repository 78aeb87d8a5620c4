// Moving slots within a page of leaves. Places are masked: the compiler then looks for no overflow. Each slot is read
// as a whole before it is written, so that its parts are waited for at once.
import { INDEX } from "./search.js";

/** Moves the slots [first, end) `n` places on. What was there stays in the first `n`. */
export function slideOn(pairs: Float64Array, items: unknown[], first: number, end: number, n: number): void {
  const by = n & INDEX;
  for (let i = end & INDEX; i > first; ) {
    i = (i - 1) & INDEX;
    const start = pairs[i << 1]!;
    const stop = pairs[(i << 1) + 1]!;
    const item = items[i];
    pairs[(i + by) << 1] = start;
    pairs[((i + by) << 1) + 1] = stop;
    items[i + by] = item;
  }
}

/** Moves the slots [first, end) `n` places back, and closes the last `n`. */
export function slideBack(
  pairs: Float64Array,
  items: unknown[],
  first: number,
  end: number,
  n: number,
): void {
  const last = (end - n) & INDEX;
  for (let i = (first - n) & INDEX; i < last; i = (i + 1) & INDEX) {
    const from = (i + n) & INDEX;
    const start = pairs[from << 1]!;
    const stop = pairs[(from << 1) + 1]!;
    const item = items[from];
    pairs[i << 1] = start;
    pairs[(i << 1) + 1] = stop;
    items[i] = item;
  }
  for (let i = last; i < end; i = (i + 1) & INDEX) {
    pairs[i << 1] = Infinity;
    items[i] = undefined;
  }
}

// Moving slots within a page of leaves. Pairs and values go in loops of their own, and places are masked: the
// compiler then keeps everything in registers, and looks for no overflow.
import { INDEX } from "./search.js";

/** Moves the slots [first, end) `n` places on. What was there stays in the first `n`. */
export function slideOn(pairs: Float64Array, items: unknown[], first: number, end: number, n: number): void {
  const by = (n << 1) & INDEX;
  for (let i = (end << 1) & INDEX; i > first << 1; ) {
    i = (i - 2) & INDEX;
    const from = pairs[i]!;
    const to = pairs[i + 1]!;
    pairs[i + by] = from;
    pairs[i + by + 1] = to;
  }
  for (let i = end & INDEX; i > first; ) {
    i = (i - 1) & INDEX;
    items[(i + n) | 0] = items[i];
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
    const at = i << 1;
    const old = ((i + n) & INDEX) << 1;
    const from = pairs[old]!;
    const to = pairs[old + 1]!;
    pairs[at] = from;
    pairs[at + 1] = to;
  }
  for (let i = (first - n) & INDEX; i < last; i = (i + 1) & INDEX) items[i] = items[(i + n) | 0];
  for (let i = last; i < end; i = (i + 1) & INDEX) {
    pairs[i << 1] = Infinity;
    items[i] = undefined;
  }
}

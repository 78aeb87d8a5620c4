// Moving slots within a page of leaves. Places are masked: the compiler then looks for no overflow.
import { INDEX } from "./search.js";

/** Moves the slots [first, end) `n` places on. What was there stays in the first `n`. */
export function slideOn(pairs: Float64Array, items: unknown[], first: number, end: number, n: number): void {
  const by = n & INDEX;
  for (let i = end & INDEX; i > first; ) {
    i = (i - 1) & INDEX;
    copySlot(pairs, items, i, i + by);
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
  for (let i = (first - n) & INDEX; i < last; i = (i + 1) & INDEX) copySlot(pairs, items, (i + n) & INDEX, i);
  for (let i = last; i < end; i = (i + 1) & INDEX) {
    pairs[i << 1] = Infinity;
    items[i] = undefined;
  }
}

/** Copies one slot. Everything is read before it is written: three waits for memory at once, not in turn. */
function copySlot(pairs: Float64Array, items: unknown[], from: number, to: number): void {
  const start = pairs[from << 1]!;
  const end = pairs[(from << 1) + 1]!;
  const item = items[from];
  pairs[to << 1] = start;
  pairs[(to << 1) + 1] = end;
  items[to] = item;
}

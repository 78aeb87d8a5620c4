// Moving slots within a node. Places are masked: the compiler then looks for no overflow. Each slot is read as a whole
// before it is written, so that its parts are waited for at once.
import { LEAF } from "./layout.js";
import { INDEX } from "./search.js";

/**
 * Moves the slots [first, end) of the node whose items begin at `base` `n` places on. What was there stays in the
 * first `n`.
 */
export function slideOn(
  keys: Float64Array,
  items: unknown[],
  base: number,
  first: number,
  end: number,
  n: number,
): void {
  const by = n & INDEX;
  const stop = (base + first) & INDEX;
  for (let i = (base + end) & INDEX; i > stop; ) {
    i = (i - 1) & INDEX;
    const from = (i + base) & INDEX;
    const key = keys[from]!;
    const mate = keys[from + LEAF]!;
    const item = items[i];
    keys[from + by] = key;
    keys[from + by + LEAF] = mate;
    items[i + by] = item;
  }
}

/** Moves the slots [first, end) of such a node `n` places back, and closes the last `n`. */
export function slideBack(
  keys: Float64Array,
  items: unknown[],
  base: number,
  first: number,
  end: number,
  n: number,
): void {
  const last = (base + end - n) & INDEX;
  for (let i = (base + first - n) & INDEX; i < last; i = (i + 1) & INDEX) {
    const to = (i + base) & INDEX;
    const key = keys[to + n]!;
    const mate = keys[to + n + LEAF]!;
    const item = items[i + n];
    keys[to] = key;
    keys[to + LEAF] = mate;
    items[i] = item;
  }
  for (let i = last; i < base + end; i = (i + 1) & INDEX) {
    keys[i + base] = Infinity;
    items[i] = undefined;
  }
}

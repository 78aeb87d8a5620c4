/** Times on the clock of strace's -ttt stamps (CLOCK_REALTIME), finer than Date.now(). */

import type { TimePoint } from "@vma/trace";

const SECOND = 1_000_000_000n;

/** Nanoseconds between CLOCK_MONOTONIC and CLOCK_REALTIME, measured where Date.now() ticks over. */
export function measureOffset(): bigint {
  let best: bigint | null = null;
  for (let round = 0; round < 5; round += 1) {
    const before = Date.now();
    let now = Date.now();
    while (now === before) now = Date.now();
    const offset = BigInt(now) * 1_000_000n - process.hrtime.bigint();
    // Being interrupted makes the offset look smaller.
    if (best === null || offset > best) best = offset;
  }
  return best ?? 0n;
}

/** Now, given the offset. */
export function realTime(offset: bigint): bigint {
  return process.hrtime.bigint() + offset;
}

/** Nanoseconds since the epoch as a TimePoint. */
export function timePoint(nanoseconds: bigint): TimePoint {
  return { seconds: Number(nanoseconds / SECOND), nanoseconds: Number(nanoseconds % SECOND) };
}

/** Nanoseconds since the epoch of a record's stamp. */
export function nanosecondsOf(stamp: { readonly seconds: number; readonly nanoseconds: number }): bigint {
  return BigInt(stamp.seconds) * SECOND + BigInt(stamp.nanoseconds);
}

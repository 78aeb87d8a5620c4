// Medians and spreads. No means: one collection of garbage would own them.

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws RangeError on an empty list. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted[sorted.length - 1];
  if (min === undefined || max === undefined) throw new RangeError("no samples");
  const low = sorted[(sorted.length - 1) >> 1] ?? min;
  const high = sorted[sorted.length >> 1] ?? max;
  return { median: (low + high) / 2, min, max };
}

/**
 * Ratios of two contenders, round by round: rounds lie side by side in time, so what the machine did to one it did
 * to the other. The shorter list decides.
 */
export function ratiosOf(of: readonly number[], to: readonly number[]): number[] {
  const ratios: number[] = [];
  for (let i = 0; i < Math.min(of.length, to.length); i += 1) {
    const a = of[i];
    const b = to[i];
    if (a !== undefined && b !== undefined) ratios.push(a / b);
  }
  return ratios;
}

// Repeatable random numbers: the same seed gives the same workload on every machine and in every contender.

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number in [0, below); `below` up to 2^32. */
  below(below: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** The numbers 0 to n - 1 in random order. */
  order(n: number): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i += 1) {
      const j = this.below(i + 1);
      order[i] = order[j] ?? 0;
      order[j] = i;
    }
    return order;
  }
}

/** A checksum that depends on the order of what is put in. */
export function mix(sum: number, value: number): number {
  return (Math.imul(sum, 31) + (value | 0) + ((value / 2 ** 32) | 0)) | 0;
}

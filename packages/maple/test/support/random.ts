// A seeded generator for tests: VMA_SEED repeats a run, else the seed is new; test names carry it.

declare const process: {
  readonly env: { readonly VMA_SEED?: string; readonly VMA_LONG?: string; readonly VMA_ROUNDS?: string };
};

/** The seed of this run. */
export const seed: number = Number(process.env.VMA_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** How often the model tests run, with a seed of its own each time (VMA_ROUNDS). */
export const rounds: number = Number(process.env.VMA_ROUNDS ?? 1);

/** Whether the long runs are asked for (VMA_LONG=1). */
export const long: boolean = process.env.VMA_LONG === "1";

/** Numbers from 0 to n - 1, from a 32-bit state (mulberry32). */
export class Random {
  private state: number;
  constructor(from: number) {
    this.state = from | 0;
  }
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }
}

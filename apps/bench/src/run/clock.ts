// The stopwatch of a round: CPU time of the whole process (compiler and collector threads included), wall time
// beside it, or an amount that was measured another way.

export interface Reading {
  /** CPU time per operation in nanoseconds, or the amount in the unit of the case. */
  readonly value: number;
  /** Wall time per operation in nanoseconds; 0 for amounts. */
  readonly wall: number;
  readonly operations: number;
}

export class Clock {
  #cpuMicros = 0;
  #wallMillis = 0;
  #operations = 0;
  #cpuFrom = 0;
  #wallFrom = 0;
  #amount: number | null = null;

  start(): void {
    this.#wallFrom = performance.now();
    this.#cpuFrom = cpuMicros();
  }

  /** Ends a stretch that performed `operations` operations. A round may have several. */
  stop(operations: number): void {
    this.#cpuMicros += cpuMicros() - this.#cpuFrom;
    this.#wallMillis += performance.now() - this.#wallFrom;
    this.#operations += operations;
  }

  /** Takes over a stretch timed elsewhere, in nanoseconds. */
  add(operations: number, cpuNanos: number, wallNanos: number): void {
    this.#operations += operations;
    this.#cpuMicros += cpuNanos / 1000;
    this.#wallMillis += wallNanos / 1e6;
  }

  /** The round measured an amount, not a time. */
  amount(value: number): void {
    this.#amount = value;
  }

  /** CPU time measured so far; Infinity once an amount was. */
  get measuredMillis(): number {
    return this.#amount === null ? this.#cpuMicros / 1000 : Number.POSITIVE_INFINITY;
  }

  read(): Reading {
    if (this.#amount !== null) return { value: this.#amount, wall: 0, operations: 1 };
    if (this.#operations === 0) throw new Error("a round ended without a measured operation");
    return {
      value: (this.#cpuMicros * 1000) / this.#operations,
      wall: (this.#wallMillis * 1e6) / this.#operations,
      operations: this.#operations,
    };
  }
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

// What a benchmark is: a named workload, who takes part in it, and one round of it for one of them.
import type { Clock } from "./clock.js";
import type { Keys } from "./keys.js";

/** What a case's numbers are. Smaller is better in all of them. */
export type Unit = "ns/op" | "bytes/range" | "MiB";

/** One contender, ready to run a case at one size. */
export interface Subject {
  /**
   * One round. Only what runs between `clock.start()` and `clock.stop(operations)` counts.
   * Returns a checksum over the results: every contender's and every round's must be the same.
   */
  round(clock: Clock): number | Promise<number>;
  /** Lets go of what outlives the process: files, children. */
  close?(): void | Promise<void>;
}

/** Someone who can run a case: a structure, an engine, a kernel. */
export interface Contender {
  readonly name: string;
  /** Above this size a round would take minutes; such a size is left out and shown as a dash. */
  readonly maxN?: number;
  /** Builds what the case needs at size `n`, on those keys if it is about ranges; not timed. */
  prepare(n: number, keys: Keys): Subject | Promise<Subject>;
}

export interface Case {
  readonly suite: "maple" | "core" | "trace" | "kernel";
  /** What `--only` selects: "random-insert". */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly unit: Unit;
  /** Ours first: ratios are against it. */
  readonly contenders: readonly Contender[];
  /** The sizes at which the case says something; absent when it does at all. */
  readonly sizes?: readonly number[];
}

/** Thrown by `prepare` where a contender cannot run on this machine; the run goes on without it. */
export class Unavailable extends Error {
  override readonly name: string = "Unavailable";
}

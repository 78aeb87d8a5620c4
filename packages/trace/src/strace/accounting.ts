/** The account of a trace: what became of every line. */

/** Why lines were not calls to replay. */
export type IgnoredKind =
  | "blank"
  /** A call that is not in calls.ts; counted by name in `ignoredCalls`. */
  | "other call"
  /** `--- SIGCHLD {...} ---` and stops. */
  | "signal"
  /** `+++ exited with 0 +++` */
  | "exit"
  /** What strace itself says: `strace: Process 12 attached`. */
  | "message"
  /** `-k`: ` > /usr/lib/...` */
  | "stack frame"
  /** `-c`, `-C`: the table at the end. */
  | "summary"
  /** `read(3, <detached ...>` */
  | "detached"
  /** The first part of a call whose end never came; the process was gone. */
  | "never resumed";

/** A line that the reader could not use although it should have. */
export interface UnparsedLine {
  readonly line: number;
  readonly reason: string;
  /** The line itself, cut to 200 bytes, control characters as `\xNN`. */
  readonly text: string;
}

/** Totals. `lines` = `used` + the sum of `ignored` + `unparsed`. */
export interface TraceTotals {
  lines: number;
  bytes: number;
  /** Lines that became calls (two for a call printed in two parts). */
  used: number;
  readonly ignored: Map<IgnoredKind, number>;
  /** Calls by name, of those handed out. */
  readonly calls: Map<string, number>;
  /** Calls by name, of those of no interest. At most 1,000 names, then "(others)". */
  readonly ignoredCalls: Map<string, number>;
  unparsed: number;
  /** The first unparsed lines, at most `keepUnparsed`. */
  readonly firstUnparsed: UnparsedLine[];
}

/** A fresh account. */
export function newTotals(): TraceTotals {
  return {
    lines: 0,
    bytes: 0,
    used: 0,
    ignored: new Map(),
    calls: new Map(),
    ignoredCalls: new Map(),
    unparsed: 0,
    firstUnparsed: [],
  };
}

/** Adds one to a count by key. */
export function count<K>(counts: Map<K, number>, key: K, amount = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

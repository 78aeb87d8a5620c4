/** The account of a trace: what became of every line. */

import { quoteForMessage } from "../input-error.js";
import { decodeText } from "../text.js";

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

/** Totals of nothing. */
function newTotals(): TraceTotals {
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

/** Keeps the account while a trace is read. */
export class Account {
  readonly totals: TraceTotals = newTotals();
  /** Lines read so far; the number of the line being read. */
  line = 0;
  used = 0;
  readonly #keepUnparsed: number;

  constructor(keepUnparsed: number) {
    this.#keepUnparsed = keepUnparsed;
  }

  /** The line is of no interest. Returns `end`, for the reader to go on from. */
  ignore(kind: IgnoredKind, end: number): number {
    count(this.totals.ignored, kind);
    return end;
  }

  /** A first part that had been counted as used turns out to have no second. */
  neverResumed(): void {
    this.used -= 1;
    count(this.totals.ignored, "never resumed");
  }

  /** The line that holds `start` is not understood. Returns its newline, for the reader to go on from. */
  unparsed(bytes: Uint8Array, start: number, reason: string): number {
    const { totals } = this;
    let end = bytes.indexOf(10, start);
    if (end < 0) end = bytes.length;
    totals.unparsed += 1;
    if (totals.firstUnparsed.length < this.#keepUnparsed) {
      const text = quoteForMessage(decodeText(bytes.subarray(start, Math.min(end, start + 200))), 200);
      totals.firstUnparsed.push({ line: this.line, reason, text });
    }
    return end;
  }

  /** Closes the account. */
  close(): TraceTotals {
    this.totals.lines = this.line;
    this.totals.used = this.used;
    return this.totals;
  }
}

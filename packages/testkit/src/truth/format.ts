/**
 * The format of recorded merge decisions, one JSON object per line: what stood there, what was asked for, what the
 * recorded engine did. Addresses, lengths and offsets are in pages; ends are exclusive.
 */

/** One area. Optional fields are absent when the area has no such thing. */
export interface TruthArea {
  /** `P` previous, `V` the area worked on, `N` next, `a`..`d` in munmap; `n1`, `n2`, ... made by the engine. */
  readonly n: string;
  readonly s: number;
  readonly e: number;
  /** Offset of the first page. */
  readonly pg: number;
  /** Flag word, hexadecimal without prefix. */
  readonly f: string;
  readonly file: string | null;
  /** Anonymous object, a letter. */
  readonly av: string | null;
  /** Chain, one letter per entry. */
  readonly ch: string;
  /** 1 = has a close hook. */
  readonly cl: number;
  /** May-split hook: 1 agrees, 2 refuses with EINVAL. */
  readonly ms?: number;
  /** 1 = has an open hook. */
  readonly op?: number;
  readonly pol?: string;
  readonly uf?: number;
  readonly nm?: string;
  /** 1 = marked detached. */
  readonly det?: number;
  /** Range of the tree slot when it differs from the area's own. */
  readonly slot?: readonly [number, number];
}

/** The merge request before the operation. */
export interface TruthRequest {
  readonly s: number;
  readonly e: number;
  readonly pg: number;
  readonly prev: string | null;
  readonly vma: string | null;
  readonly next: string | null;
  readonly f: string;
  readonly file: string | null;
  readonly av: string | null;
  readonly pol?: string;
  readonly uf?: number;
  readonly nm?: string;
  readonly just?: number;
  readonly gup?: number;
  readonly skipu?: number;
}

/** The merge request after the operation. */
export interface TruthRequestAfter {
  readonly s: number;
  readonly e: number;
  readonly pg: number;
  readonly prev: string | null;
  readonly vma: string | null;
  readonly next: string | null;
  readonly state?: string;
}

/** Index and exclusive end in pages (an end of 0 is the end of the address space), and the status. */
export type TruthIterator = readonly [number, number, string];

/** Pages by counter: total, locked, data, executable, stack. */
export interface TruthCounters {
  readonly tot: number;
  readonly lck: number;
  readonly dat: number;
  readonly exe: number;
  readonly stk: number;
}

/** Arguments of the operations that take no request. */
export interface TruthArguments {
  readonly span?: string;
  readonly vma?: string;
  readonly delta?: number;
  readonly s?: number;
  readonly e?: number;
  readonly pg?: number;
  readonly addr?: number;
  readonly new_below?: number;
  readonly len?: number;
  readonly keep?: number;
  readonly unlock?: number;
  readonly uf?: number;
}

export const TRUTH_OPERATIONS = [
  "new",
  "existing",
  "modify",
  "merge_extend",
  "expand",
  "shrink",
  "split",
  "find_anon",
  "copy_vma",
  "munmap",
] as const;

export type TruthOperation = (typeof TRUTH_OPERATIONS)[number];

/** What stood there and what was asked for. */
export interface TruthInput {
  readonly vmas: readonly TruthArea[];
  readonly cnt: number;
  readonly acc?: TruthCounters;
  readonly it: TruthIterator;
  readonly vmg?: TruthRequest;
  readonly args?: TruthArguments;
  /** The fallible step that fails, counted from 1. */
  readonly fail?: number;
  readonly maxmaps?: number;
}

/** What came of it. */
export interface TruthOutput {
  /** Name of the returned area, null, or a number (0 or a negative errno). */
  readonly ret: string | number | null;
  /** Numbered case of the engine before the series; 0 none. */
  readonly case?: number;
  readonly vmas: readonly TruthArea[];
  readonly cnt: number;
  readonly acc?: TruthCounters;
  readonly it?: TruthIterator;
  readonly vmg?: TruthRequestAfter;
  readonly vmap?: string;
  readonly nrl?: number;
  readonly anon?: string | null;
  readonly ev?: readonly string[];
  readonly pts?: readonly string[];
  readonly hit?: string | null;
  readonly warn?: readonly string[];
}

/** One recorded decision. */
export interface TruthDecision {
  readonly kind: "decision";
  readonly id: string;
  readonly ref?: string;
  readonly op: TruthOperation;
  readonly set: string;
  readonly art?: number;
  readonly in: TruthInput;
  readonly out: TruthOutput;
}

/** One scenario on which the engine before the series and the one after it differ. */
export interface TruthBeforeAfter {
  readonly kind: "before-after";
  readonly id: string;
  readonly entry: string;
  readonly difference: string;
  readonly cause: string;
  readonly case: number;
  readonly in: TruthInput;
  readonly outAfter: TruthOutput;
  readonly outBefore: TruthOutput;
}

/** One scenario on which the rules of 6.12 and 6.18 differ. */
export interface TruthRulesDifference {
  readonly kind: "rules-difference";
  readonly id: string;
  readonly in: TruthInput;
  readonly out612: TruthOutput;
  readonly out618: TruthOutput;
}

export type TruthLine = TruthDecision | TruthBeforeAfter | TruthRulesDifference;

/** A line that is not of this format. The message names what is wrong, and `file` and `line` once they are known. */
export class TruthFormatError extends Error {
  override readonly name: string = "TruthFormatError";
  readonly reason: string;
  readonly file: string | null;
  readonly line: number | null;

  constructor(reason: string, file: string | null = null, line: number | null = null) {
    super(file === null ? reason : line === null ? `${file}: ${reason}` : `${file}:${line}: ${reason}`);
    this.reason = reason;
    this.file = file;
    this.line = line;
  }
}

/** What a line is that holds no call: messages, tables and stack frames of strace. */

import { scanDecimal, VALUE } from "../scan-number.js";
import type { IgnoredKind } from "./accounting.js";
import { bytesOf, startsWith } from "./lexer.js";

/** Calls that x86-64 does not have; they tell a trace of another architecture (or of a 32-bit process). */
export const FOREIGN_CALLS: ReadonlySet<string> = new Set(["mmap2", "old_mmap", "mmap_pgoff", "osf_mmap"]);

const RUNS_IN_OTHER_MODE = /^(strace: )?\[ Process PID=\d+ runs in (32 bit|x32|31 bit) mode\. \]/;
const MESSAGE = /^(strace: |Process \d+ (attached|detached|suspended|resumed)|\[ Process PID=|\?\?\?\?? ?\()/;
const STACK_FRAME = /^ ?> \/?\S/;
const SUMMARY_START = /^(% time +seconds|------ -)/;
const SUMMARY_ROW = /^(% time|------ -| *\d+\.\d\d +\d+\.\d+ +(\d+ +){1,3}\w+$)/;

/** A thread was attached while a line was being printed to the same terminal: the rest of it is on the next line. */
const INTERRUPTED = /strace: Process \d+ attached$/;

/** Where strace's own message begins that cut `line` in two, or -1. */
export function interruptedAt(line: string): number {
  const match = INTERRUPTED.exec(line);
  return match === null || match.index === 0 ? -1 : match.index;
}

/**
 * Tells the kind of a line without a call, its prefix (pid, time) removed: a kind to count it under, "foreign" for
 * strace's note that a process is not a 64-bit one, or null when it is nothing that strace prints.
 */
export function classifyLine(line: string, inSummary: boolean): IgnoredKind | "foreign" | null {
  if (line.trim() === "") return "blank";
  if (RUNS_IN_OTHER_MODE.test(line)) return "foreign";
  if (MESSAGE.test(line)) return "message";
  if (STACK_FRAME.test(line)) return "stack frame";
  if (SUMMARY_START.test(line) || (inSummary && SUMMARY_ROW.test(line))) return "summary";
  return null;
}

const SUPERSEDED = bytesOf("+++ superseded by execve in pid ");

/** N of the `+++ superseded by execve in pid N +++` at `position`; 0 for any other end of a thread. */
export function successorIn(bytes: Uint8Array, position: number): number {
  if (!startsWith(bytes, position, SUPERSEDED)) return 0;
  return scanDecimal(bytes, position + SUPERSEDED.length) < 0 ? 0 : VALUE[0]!;
}

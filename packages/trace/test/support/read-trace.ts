/** Reading a piece of strace text in tests: every call as a plain object. */

import { readFileSync } from "node:fs";
import type { TraceTotals } from "../../src/strace/accounting.js";
import { RESULT_ERROR, RESULT_UNKNOWN } from "../../src/strace/call-numbers.js";
import { type StraceOptions, StraceReader, type ThreadEnd } from "../../src/strace/reader.js";
import type { CallRecord, TimeKind } from "../../src/strace/record.js";
import { encodeText } from "../../src/text.js";

/** A call, copied out of the reader's record. */
export interface PlainCall {
  line: number;
  startLine: number;
  pid: number;
  seconds: number;
  nanoseconds: number;
  duration: number;
  name: string;
  args: number[];
  text: string | null;
  fdPath: string | null;
  fdDeleted: boolean;
  result: number | string | null;
  resultPath: string | null;
  delayed: boolean;
  injected: boolean;
}

function plainCall(record: CallRecord): PlainCall {
  const { line, startLine, pid, seconds, nanoseconds, duration, name, text, fdPath, fdDeleted } = record;
  const { resultPath, delayed, injected } = record;
  const args = [...record.args.slice(0, record.argCount)];
  const result =
    record.resultKind === RESULT_ERROR
      ? record.errorName
      : record.resultKind === RESULT_UNKNOWN
        ? null
        : record.result;
  return {
    line,
    startLine,
    pid,
    seconds,
    nanoseconds,
    duration,
    name,
    args,
    text,
    fdPath,
    fdDeleted,
    result,
    resultPath,
    delayed,
    injected,
  };
}

export interface ReadTrace {
  calls: PlainCall[];
  entered: { name: string; pid: number; line: number }[];
  exits: ThreadEnd[];
  totals: TraceTotals;
  timeKind: TimeKind;
}

/** Reads `content` in chunks of `chunkSize` bytes. */
export function readTrace(
  content: string | Uint8Array,
  chunkSize: number = 1 << 20,
  options: StraceOptions = {},
): ReadTrace {
  const bytes = typeof content === "string" ? encodeText(content) : content;
  const calls: PlainCall[] = [];
  const entered: ReadTrace["entered"] = [];
  const exits: ThreadEnd[] = [];
  const reader = new StraceReader(
    {
      call(record) {
        calls.push(plainCall(record));
        return undefined;
      },
      enter({ name, pid, line }) {
        entered.push({ name, pid, line });
        return undefined;
      },
      exit: (end: ThreadEnd): void => {
        exits.push(end);
      },
    },
    options,
  );
  for (let at = 0; at < bytes.length; at += chunkSize) reader.push(bytes.subarray(at, at + chunkSize));
  return { calls, entered, exits, totals: reader.end(), timeKind: reader.timeKind };
}

/** The one call of a one-line trace. */
export function readCall(line: string): PlainCall {
  const { calls, totals } = readTrace(`${line}\n`);
  if (calls.length !== 1)
    throw new Error(`${calls.length} calls in ${line}: ${JSON.stringify(totals.firstUnparsed)}`);
  return calls[0]!;
}

/** Sum of everything an account says lines became. */
export function accountedLines(totals: TraceTotals): number {
  let sum = totals.used + totals.unparsed;
  for (const lines of totals.ignored.values()) sum += lines;
  return sum;
}

/** A file of test/data. */
export function testData(name: string): Uint8Array {
  return readFileSync(new URL(`../data/${name}`, import.meta.url));
}

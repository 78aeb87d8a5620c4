/** The strace reader: chunks of bytes in, calls out, every line accounted for. */

import { ByteLines, concatBytes, MAX_LINE_BYTES } from "../byte-lines.js";
import { InputError, quoteForMessage } from "../input-error.js";
import { decodeText } from "../text.js";
import { Account, type TraceTotals } from "./accounting.js";
import { CallCounter } from "./call-counter.js";
import { FIRST_OTHER, RESULT_PENDING } from "./call-numbers.js";
import { BAD_ARGUMENT, BAD_COUNT, parseCall, UNFINISHED_LENGTH } from "./call-parser.js";
import { CALL_SPECS, callName } from "./calls.js";
import { FlagMemo } from "./flag-memo.js";
import { Joiner } from "./joiner.js";
import { bytesOf, startsWith } from "./lexer.js";
import { classifyLine, interruptedAt, successorIn } from "./line-kind.js";
import { PrefixReader } from "./line-prefix.js";
import { NAME_COLUMN, TRIE_ROOT } from "./name-trie.js";
import { CallRecord, type TimeKind } from "./record.js";

const RESUMING = bytesOf("<... ");
const RESUMED = bytesOf(" resumed>");
const PLUSES = bytesOf("+++ ");
const MINUSES = bytesOf("--- ");
const MAX_SPARE = 4096;

/** A thread's end, as `+++ ... +++` tells it. */
export interface ThreadEnd {
  readonly pid: number;
  readonly line: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The thread that goes on under this number, for `superseded by execve in pid N`; else 0. */
  readonly supersededBy: number;
}

/** What a reader calls. Records are reused: copy what you keep. */
export interface StraceHandler {
  /**
   * A call with its result. Calls come in the order of the lines that hold their results. A handler that returns
   * "keep" owns the record from then on (its texts are valid while the chunk that was pushed is).
   */
  call(record: CallRecord): "keep" | undefined;
  /** A call was entered and its result stands on a later line. "keep" as above. */
  enter?(record: CallRecord): "keep" | undefined;
  /** A thread is gone. */
  exit?(end: ThreadEnd): void;
}

export interface StraceOptions {
  /** Name for messages. */
  readonly file?: string;
  /** A line longer than this (bytes) is an InputError. Default 1 MiB. */
  readonly maxLineBytes?: number;
  /** How many unparsed lines to keep in full. Default 20. */
  readonly keepUnparsed?: number;
}

/**
 * Reads strace output. `push` it bytes as they come, then `end` it once.
 *
 * Memory does not depend on the length of the input: one partial line, one waiting line for each thread inside a
 * call, and the names of calls met. Throws InputError for another architecture's trace and for overlong lines.
 */
export class StraceReader {
  readonly #handler: StraceHandler;
  readonly #file: string | undefined;
  readonly #lines: ByteLines;
  readonly #account: Account;
  #record = new CallRecord();
  /** Records that came back, to be used again. */
  readonly #spare: CallRecord[] = [];
  readonly #prefix = new PrefixReader();
  readonly #joiner = new Joiner();
  readonly #memo = new FlagMemo(CALL_SPECS.length << 3);
  readonly #calls = new CallCounter();
  #inSummary = false;
  /** First part of a line that a message of strace cut in two (`strace -f` to a terminal). */
  #cut: Uint8Array | null = null;

  constructor(handler: StraceHandler, options: StraceOptions = {}) {
    this.#handler = handler;
    this.#file = options.file;
    const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
    this.#lines = new ByteLines(
      {
        region: (bytes, start, end) => this.#region(bytes, start, end),
        overlong: (): never => {
          const reason = `the line is longer than ${maxLineBytes} bytes; strace prints no such line`;
          throw new InputError(options.file, this.#account.line + 1, reason);
        },
      },
      maxLineBytes,
    );
    this.#account = new Account(options.keepUnparsed ?? 20);
  }

  /** The account so far; complete once `end` has been called. */
  get totals(): TraceTotals {
    return this.#account.totals;
  }

  /** Lines read so far. */
  get line(): number {
    return this.#account.line;
  }

  /** Lines used so far. */
  get used(): number {
    return this.#account.used;
  }

  /** How the trace's times are printed, as far as seen. */
  get timeKind(): TimeKind {
    return this.#prefix.kind;
  }

  /** Reads the complete lines of what was pushed so far. The chunk may be reused afterwards. */
  push(chunk: Uint8Array): void {
    this.totals.bytes += chunk.length;
    this.#lines.push(chunk);
  }

  /** Reads the last line, should it lack its newline, and closes the account. */
  end(): TraceTotals {
    this.#lines.end();
    if (this.#cut !== null) this.#account.unparsed(this.#cut, 0, "the rest of the line is missing");
    for (const _ of this.#joiner.drain()) this.#account.neverResumed();
    this.#calls.addTo(this.totals);
    return this.#account.close();
  }

  /** Complete lines only: the byte before `end` is a newline. */
  #region(bytes: Uint8Array, start: number, end: number): void {
    this.#attach(bytes);
    let p = start;
    while (p < end) p = (this.#cut === null ? this.#readLine(bytes, p) : this.#readRest(bytes, p)) + 1;
  }

  /** What is read next. */
  #attach(bytes: Uint8Array): void {
    this.#memo.attach(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
    this.#prefix.attach(this.#memo.view);
  }

  /** The rest of a line that was cut in two, put together with its beginning. */
  #readRest(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(10, start);
    const joined = concatBytes([this.#cut!, bytes.subarray(start, end + 1)]);
    this.#cut = null;
    this.#account.used += 1;
    const unparsed = this.totals.unparsed;
    this.#attach(joined);
    this.#readLine(joined, 0);
    this.#attach(bytes);
    // Both lines share the fate of the whole.
    if (this.totals.unparsed > unparsed) {
      this.#account.used -= 1;
      this.totals.unparsed += 1;
    }
    return end;
  }

  /** Returns the position of the line's newline. */
  #readLine(bytes: Uint8Array, start: number): number {
    this.#account.line += 1;
    const prefix = this.#prefix;
    const names = this.#calls.names;
    const nameStart = prefix.read(bytes, start);
    let p = nameStart;
    let state = TRIE_ROOT;
    let column = NAME_COLUMN[bytes[p]!]!;
    while (column > 0) {
      state = names.next[(state << 6) | column]!;
      column = NAME_COLUMN[bytes[++p]!]!;
    }
    if (bytes[p] !== 0x28 /* ( */ || p === nameStart) return this.#readOther(bytes, start, nameStart);
    const call = names.values[state]!;
    if (!(call < FIRST_OTHER)) return this.#ignoreCall(bytes, nameStart, p, call);
    const record = this.#record;
    record.call = call;
    record.line = this.#account.line;
    record.startLine = this.#account.line;
    record.pid = prefix.pid;
    record.seconds = prefix.seconds;
    record.nanoseconds = prefix.nanoseconds;
    const end = parseCall(bytes, p + 1, record, this.#memo);
    if (end < 0) return this.#badCall(bytes, start, end);
    this.#account.used += 1;
    if (record.resultKind === RESULT_PENDING) return this.#enter(bytes, p + 1, end);
    this.#calls.used[call]! += 1;
    if (this.#handler.call(record) === "keep") this.#record = this.#spare.pop() ?? new CallRecord();
    return end;
  }

  /** Gives back a record that a handler kept. */
  recycle(record: CallRecord): void {
    if (this.#spare.length < MAX_SPARE) this.#spare.push(record);
  }

  /** Time stamp of the line being read, or of the last line read. */
  get stamp(): { readonly seconds: number; readonly nanoseconds: number } {
    return this.#prefix;
  }

  #enter(bytes: Uint8Array, argsStart: number, position: number): number {
    const record = this.#record;
    // The blank that strace puts before the mark is not part of the call's text.
    const textEnd = position > argsStart ? position - 1 : position;
    const before = this.#joiner.enter(record.pid, {
      call: record.call,
      text: bytes.subarray(argsStart, textEnd),
      line: this.#account.line,
      seconds: record.seconds,
      nanoseconds: record.nanoseconds,
    });
    if (before === "full") {
      this.#account.used -= 1;
      return this.#account.unparsed(bytes, position, "too many unfinished calls");
    }
    if (before !== undefined) this.#account.neverResumed();
    const end = position + UNFINISHED_LENGTH;
    if (this.#handler.enter?.(record) === "keep") this.#record = this.#spare.pop() ?? new CallRecord();
    return bytes[end] === 10 ? end : bytes.indexOf(10, end);
  }

  #badCall(bytes: Uint8Array, start: number, code: number): number {
    const record = this.#record;
    const end = bytes.indexOf(10, start);
    const line = decodeText(bytes.subarray(start, Math.min(end, start + 4096)));
    if (line.includes("<detached ...>")) return this.#account.ignore("detached", end);
    const cut = line.length < 4096 ? interruptedAt(line) : -1;
    if (cut > 0 && this.#cut === null) {
      this.#cut = new Uint8Array(bytes.subarray(start, start + cut));
      return end;
    }
    const name = record.name;
    if (code === BAD_ARGUMENT) {
      return this.#account.unparsed(bytes, start, `argument ${record.argCount} of ${name} is not understood`);
    }
    if (code === BAD_COUNT) {
      return this.#account.unparsed(bytes, start, `${name} with more than ${record.argCount - 1} arguments`);
    }
    return this.#account.unparsed(bytes, start, `the result of ${name} is not understood`);
  }

  /** A call of no interest, known by its number (`other`) or met for the first time (NaN). */
  #ignoreCall(bytes: Uint8Array, nameStart: number, nameEnd: number, other: number): number {
    if (!this.#calls.countOther(bytes, nameStart, nameEnd, other)) {
      const name = decodeText(bytes.subarray(nameStart, nameEnd));
      throw new InputError(
        this.#file,
        this.#account.line,
        `call ${name} belongs to another architecture than x86-64`,
      );
    }
    return this.#account.ignore("other call", bytes.indexOf(10, nameEnd));
  }

  /** Everything that is not `name(`. */
  #readOther(bytes: Uint8Array, start: number, position: number): number {
    const end = bytes.indexOf(10, position);
    const c = bytes[position]!;
    if (c === 0x3c /* < */ && startsWith(bytes, position, RESUMING))
      return this.#resume(bytes, start, position, end);
    if (startsWith(bytes, position, PLUSES)) return this.#threadEnd(bytes, position, end);
    if (c === 0x2d /* - */ && startsWith(bytes, position, MINUSES))
      return this.#account.ignore("signal", end);
    const line = decodeText(bytes.subarray(position, Math.min(end, position + 512)));
    const whole = decodeText(bytes.subarray(start, Math.min(end, start + 512)));
    const kind = classifyLine(line, this.#inSummary) ?? classifyLine(whole, this.#inSummary);
    this.#inSummary = kind === "summary";
    if (kind === "foreign")
      throw new InputError(this.#file, this.#account.line, `not an x86-64 process: ${quoteForMessage(line)}`);
    if (kind === null) {
      const reason = line.includes("\0") ? "binary data" : "not a line of strace";
      return this.#account.unparsed(bytes, start, reason);
    }
    return this.#account.ignore(kind, end);
  }

  /** `<... mmap resumed>) = 0x7f...` */
  #resume(bytes: Uint8Array, start: number, position: number, end: number): number {
    const prefix = this.#prefix;
    let p = position + RESUMING.length;
    const nameStart = p;
    let state = TRIE_ROOT;
    let column = NAME_COLUMN[bytes[p]!]!;
    while (column > 0) {
      state = this.#calls.names.next[(state << 6) | column]!;
      column = NAME_COLUMN[bytes[++p]!]!;
    }
    while (p < end && bytes[p] !== 0x3e /* > */ && !startsWith(bytes, p, RESUMED)) p++;
    if (!startsWith(bytes, p, RESUMED)) return this.#account.unparsed(bytes, start, "not a line of strace");
    const call = this.#calls.names.values[state]!;
    // What was entered under a name of no interest is not kept.
    if (!(call < FIRST_OTHER) || p === nameStart) return this.#account.ignore("other call", end);
    // Lines carry no pid before there is a second thread, and after there was one.
    if (prefix.pid === 0) prefix.pid = Math.max(0, this.#joiner.onlyOneIn(call));
    const pending = this.#joiner.resume(prefix.pid) ?? this.#joiner.resume(0);
    if (pending === undefined || pending.call !== call) {
      if (pending !== undefined) this.#account.neverResumed();
      return this.#account.unparsed(
        bytes,
        start,
        `${callName(call)} resumed, but its beginning is not in the trace`,
      );
    }
    const record = this.#record;
    record.call = call;
    record.line = this.#account.line;
    record.startLine = pending.line;
    record.pid = prefix.pid;
    record.seconds = pending.seconds;
    record.nanoseconds = pending.nanoseconds;
    const joined = concatBytes([pending.text, bytes.subarray(p + RESUMED.length, end + 1)]);
    this.#attach(joined);
    const result = parseCall(joined, 0, record, this.#memo);
    this.#attach(bytes);
    if (result < 0) {
      // Both halves are lost: the first one was counted as used when it was entered.
      this.#account.neverResumed();
      return this.#badCall(bytes, start, result);
    }
    if (record.resultKind === RESULT_PENDING) {
      // Interrupted once more: the rest comes later.
      this.#account.used += 1;
      this.#joiner.enter(prefix.pid, { ...pending, text: joined.subarray(0, Math.max(0, result - 1)) });
      return end;
    }
    this.#account.used += 1;
    this.#calls.used[call]! += 1;
    if (this.#handler.call(record) === "keep") this.#record = this.#spare.pop() ?? new CallRecord();
    return end;
  }

  /** `+++ exited with 0 +++`, `+++ killed by SIGKILL +++`, `+++ superseded by execve in pid 12 +++` */
  #threadEnd(bytes: Uint8Array, position: number, end: number): number {
    const prefix = this.#prefix;
    const supersededBy = successorIn(bytes, position);
    if (this.#joiner.resume(prefix.pid) !== undefined) this.#account.neverResumed();
    if (supersededBy > 0) this.#joiner.rename(supersededBy, prefix.pid);
    this.#handler.exit?.({
      pid: prefix.pid,
      line: this.#account.line,
      seconds: prefix.seconds,
      nanoseconds: prefix.nanoseconds,
      supersededBy,
    });
    return this.#account.ignore("exit", end);
  }
}

/** One call of a trace, as the reader hands it out. */

import { decodeEscaped } from "../text.js";
import { RESULT_PENDING } from "./call-numbers.js";
import { callName } from "./calls.js";
import { errnoText } from "./constants.js";

/** How the time stamps of a trace were printed. */
export type TimeKind = "none" | "unix" | "clock" | "relative";

const NO_BYTES = new Uint8Array(0);

/**
 * A call: its arguments as numbers, its result, and where it stood in the trace.
 *
 * The reader fills ONE record again and again; copy what you keep. Texts are decoded when asked for, from bytes that
 * are only valid during the callback.
 */
export class CallRecord {
  /** 1-based line on which the call's result stands (or on which it was entered, while pending). */
  line = 0;
  /** 1-based line on which the call was entered: less than `line` when it was printed in two parts. */
  startLine = 0;
  /** Thread id, or 0 when the line carries none. */
  pid = 0;
  /** Time of entry: whole seconds. 0 when the trace has no times. */
  seconds = 0;
  /** Time of entry: the rest in nanoseconds. */
  nanoseconds = 0;
  /** Time spent in the call in nanoseconds (strace -T), or -1. About 30 us short of the call's real end. */
  duration = -1;
  /** One of the CALL_ numbers. */
  call = 0;
  /**
   * The arguments, in the slots that calls.ts tells for each call. Addresses and lengths in bytes, flags as numbers.
   * Exact below 2^53 and for page multiples up to 2^64; NaN where the text was no number, and where there was none.
   */
  readonly args: Float64Array = new Float64Array(8);
  /** How many slots of `args` the line filled. */
  argCount = 0;
  /** One of the RESULT_ numbers. */
  resultKind: number = RESULT_PENDING;
  /** The value returned, -1 when it failed. */
  result = 0;
  /** Errno number of a failed call (positive), else 0. Also set for `? ERESTARTSYS`. */
  error = 0;
  /** strace held the call (`(DELAYED)`). */
  delayed = false;
  /** strace made the result up and the kernel did not perform the call (`(INJECTED)`). */
  injected = false;
  /** The argument behind `fdPath` was followed by `(deleted)`. */
  fdDeleted = false;
  /** The result's annotation was followed by `(deleted)`. */
  resultDeleted = false;

  /** @internal */
  bytes: Uint8Array = NO_BYTES;
  /** @internal Positions in `bytes`; an end of 0 is "no such text". */
  textStart = 0;
  /** @internal */
  textEnd = 0;
  /** @internal */
  fdStart = 0;
  /** @internal */
  fdEnd = 0;
  /** @internal */
  resultStart = 0;
  /** @internal */
  resultEnd = 0;

  /** The call's name. */
  get name(): string {
    return callName(this.call);
  }

  /** Errno name of a failed call ("ENOMEM"), or null. */
  get errorName(): string | null {
    return this.error === 0 ? null : errnoText(this.error);
  }

  /** The call's string argument (path of open and execve, name of memfd_create and PR_SET_VMA), or null. */
  get text(): string | null {
    return this.textEnd === 0 ? null : decodeEscaped(this.bytes, this.textStart, this.textEnd);
  }

  /** What the call's first descriptor argument refers to (strace -y), without "(deleted)", or null. */
  get fdPath(): string | null {
    return this.fdEnd === 0 ? null : decodeEscaped(this.bytes, this.fdStart, this.fdEnd);
  }

  /** @internal Whether the bytes of `fdPath`, escapes and all, are these. */
  fdPathIs(raw: Uint8Array): boolean {
    const start = this.fdStart;
    if (this.fdEnd - start !== raw.length) return false;
    const bytes = this.bytes;
    // From the end: libraries differ there.
    for (let i = raw.length - 1; i >= 0; i--) if (bytes[start + i] !== raw[i]) return false;
    return true;
  }

  /** What the returned descriptor refers to (strace -y), without "(deleted)", or null. */
  get resultPath(): string | null {
    return this.resultEnd === 0 ? null : decodeEscaped(this.bytes, this.resultStart, this.resultEnd);
  }
}

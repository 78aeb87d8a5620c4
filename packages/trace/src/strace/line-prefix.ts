/** What strace prints before a call: thread id, times, call number and instruction pointer. */

import { scanFraction, sixDigits, VALUE } from "../scan-number.js";
import { bytesOf, startsWith } from "./lexer.js";
import type { TimeKind } from "./record.js";

const DAY = 86_400;
const HALF_DAY = DAY / 2;
const SECOND = 1_000_000_000;
/** Seconds below this (March 1973) are a time since the line before (-r), not since 1970 (-ttt). */
const FIRST_UNIX_SECOND = 100_000_000;
const PID = bytesOf("[pid");
/** Longest beginning of a line that is remembered, in words of four bytes. */
const WORDS = 8;

/**
 * Reads prefixes and keeps the clock of a trace. Forms: `123 `, `[pid 123] `, `123<comm> `; `1795380482.061085 `
 * (-ttt), `12:34:56.123456 ` (-t, -tt; days are counted over midnight), `     0.000123 ` and `(+     0.000123) ` (-r;
 * added up when it is the only time); `[  59] ` (-n) and `[00007fb4a8ac8ad7] ` (-i).
 */
export class PrefixReader {
  /** Thread id of the last line, or 0. */
  pid = 0;
  /** Time of the last line. */
  seconds = 0;
  nanoseconds = 0;
  kind: TimeKind = "none";
  #days = 0;
  #clock = -1;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Lines from here on are too close to the end of the bytes to be compared in words. */
  #limit = 0;
  /**
   * What the last line with a -ttt stamp began with: thread and second, up to the decimal point. Thousands of lines may
   * begin alike, and comparing is faster than reading. As words, the rest of the last one 0.
   */
  readonly #words = new Int32Array(WORDS);
  /** Length of that in bytes; 0 when there is none. */
  #known = 0;
  #knownPid = 0;

  /** The bytes that the next calls of `read` are about. */
  attach(view: DataView): void {
    this.#view = view;
    this.#limit = view.byteLength - WORDS * 4 - 8;
  }

  /** Position of the first byte behind the prefix of the line at `start`, in the bytes attached last. */
  read(bytes: Uint8Array, start: number): number {
    const first = bytes[start]!;
    this.pid = 0;
    if (first > 0x5b || first === 0x28 /* ( */) return start;
    if (this.#beginsAsBefore(start)) {
      const fraction = start + this.#known;
      const micros = sixDigits(this.#view, fraction);
      if (micros >= 0 && bytes[fraction + 6] === 0x20 /* blank */) {
        this.pid = this.#knownPid;
        this.nanoseconds = micros * 1000;
        const p = fraction + 7;
        const c = bytes[p]!;
        return c === 0x28 /* ( */ || c === 0x5b /* [ */ ? this.#skipExtras(bytes, p) : p;
      }
    }
    return this.#readAnew(bytes, start);
  }

  /** Whether the line at `start` begins as the one remembered, and is not the last in the bytes. */
  #beginsAsBefore(start: number): boolean {
    const length = this.#known;
    const view = this.#view;
    if (length === 0 || start > this.#limit) return false;
    const words = this.#words;
    const whole = length >> 2;
    for (let i = 0; i < whole; i++) if (view.getInt32(start + i * 4, true) !== words[i]) return false;
    const rest = length & 3;
    if (rest === 0) return true;
    const mask = (1 << (rest << 3)) - 1;
    return (view.getInt32(start + whole * 4, true) & mask) === words[whole];
  }

  /** The line at `start` has a stamp of -ttt whose decimal point is the byte before `end`. */
  #remember(start: number, end: number): void {
    const length = end - start;
    this.#known = 0;
    if (length > WORDS * 4 - 4 || start > this.#limit) return;
    for (let i = 0; i < WORDS; i++) this.#words[i] = this.#view.getInt32(start + i * 4, true);
    this.#words[length >> 2]! &= (1 << ((length & 3) << 3)) - 1;
    this.#known = length;
    this.#knownPid = this.pid;
  }

  #readAnew(bytes: Uint8Array, start: number): number {
    let p = start;
    let c = bytes[p]!;
    if (c === 0x5b /* [ */ && startsWith(bytes, p, PID)) {
      p += PID.length;
      while (bytes[p] === 0x20 /* blank */) p++;
      const end = this.#readPid(bytes, p);
      if (end < 0 || bytes[end] !== 0x5d /* ] */ || bytes[end + 1] !== 0x20 /* blank */) return start;
      p = end + 2;
      c = bytes[p]!;
    }
    while (c === 0x20 /* blank */) c = bytes[++p]!;
    let digit = c - 0x30;
    if (digit >= 0 && digit <= 9) {
      let number = 0;
      const numberStart = p;
      do {
        number = number * 10 + digit;
        c = bytes[++p]!;
        digit = c - 0x30;
      } while (digit >= 0 && digit <= 9);
      if ((c === 0x20 /* blank */ || c === 0x3c) /* < */ && this.pid === 0) {
        this.pid = number;
        if (c === 0x3c /* < */) p = this.#skipCommand(bytes, p);
        c = bytes[p]!;
        while (c === 0x20 /* blank */) c = bytes[++p]!;
        digit = c - 0x30;
        if (digit >= 0 && digit <= 9) p = this.#readTime(bytes, p, start);
      } else if (c === 0x2e /* . */ || c === 0x3a /* : */) p = this.#readTime(bytes, numberStart, start);
      else return start;
      c = bytes[p]!;
    }
    return c === 0x28 /* ( */ || c === 0x5b /* [ */ ? this.#skipExtras(bytes, p) : p;
  }

  #readPid(bytes: Uint8Array, position: number): number {
    let p = position;
    let number = 0;
    let digit = bytes[p]! - 0x30;
    while (digit >= 0 && digit <= 9) {
      number = number * 10 + digit;
      digit = bytes[++p]! - 0x30;
    }
    if (p === position) return -1;
    this.pid = number;
    return bytes[p] === 0x3c /* < */ ? this.#skipCommand(bytes, p) : p;
  }

  /** `<comm>` (strace -Y). A command name may hold anything but ends at the last `>` before a blank or bracket. */
  #skipCommand(bytes: Uint8Array, position: number): number {
    for (let p = position + 1; bytes[p] !== 10; p++) {
      if (bytes[p] === 0x3e /* > */ && (bytes[p + 1] === 0x20 /* blank */ || bytes[p + 1] === 0x5d) /* ] */)
        return p + 1;
    }
    return position;
  }

  #readTime(bytes: Uint8Array, position: number, lineStart: number): number {
    this.#known = 0;
    let p = position;
    let whole = 0;
    let clock = false;
    let field = 0;
    for (;;) {
      const c = bytes[p]!;
      if (c >= 0x30 && c <= 0x39) field = field * 10 + (c - 0x30);
      else if (c === 0x3a /* : */) {
        clock = true;
        whole = (whole + field) * 60;
        field = 0;
      } else break;
      p++;
    }
    whole += field;
    VALUE[0] = 0;
    const point = p;
    if (bytes[p] === 0x2e /* . */) p = scanFraction(bytes, p + 1);
    const fraction = VALUE[0]!;
    if (bytes[p] !== 0x20 /* blank */) return position;
    if (clock) this.#setClock(whole, fraction);
    else if (whole < FIRST_UNIX_SECOND) this.#advance(whole, fraction);
    else {
      this.kind = "unix";
      this.seconds = whole;
      this.nanoseconds = fraction;
      if (bytes[point] === 0x2e /* . */) this.#remember(lineStart, point + 1);
    }
    return p + 1;
  }

  #setClock(whole: number, fraction: number): void {
    this.kind = "clock";
    if (this.#clock - whole > HALF_DAY) this.#days += 1;
    this.#clock = whole;
    this.seconds = this.#days * DAY + whole;
    this.nanoseconds = fraction;
  }

  #advance(whole: number, fraction: number): void {
    // Beside absolute times they tell nothing new.
    if (this.kind === "unix" || this.kind === "clock") return;
    this.kind = "relative";
    const sum = this.nanoseconds + fraction;
    this.seconds += whole + (sum >= SECOND ? 1 : 0);
    this.nanoseconds = sum >= SECOND ? sum - SECOND : sum;
  }

  /** `(+     0.000123) ` behind an absolute time, `[  59] ` and `[00007fb4a8ac8ad7] `. */
  #skipExtras(bytes: Uint8Array, position: number): number {
    let p = position;
    for (;;) {
      const c = bytes[p]!;
      const closer = c === 0x28 /* ( */ ? 0x29 /* ) */ : c === 0x5b /* [ */ ? 0x5d /* ] */ : 0;
      if (closer === 0) return p;
      let end = p + 1;
      while (bytes[end] !== closer && bytes[end] !== 10) end++;
      if (bytes[end] === 10 || bytes[end + 1] !== 0x20 /* blank */) return p;
      p = end + 2;
    }
  }
}

/** From the closing parenthesis of a call to the end of its line: result, errno, remarks and duration. */

import { scanFraction, scanNumber, sixDigits, VALUE } from "../scan-number.js";
import { RESULT_ERROR, RESULT_UNKNOWN, RESULT_VALUE } from "./call-numbers.js";
import { ERRNO_TRIE } from "./constants.js";
import { bytesOf, skipDescription, startsWith } from "./lexer.js";
import { NAME_COLUMN, TRIE_ROOT } from "./name-trie.js";
import type { CallRecord } from "./record.js";

/** What stands behind the `=` is not understood, or nothing does. */
const BAD_RESULT = -2;

/** Follows the annotation of a descriptor whose file is gone. */
export const DELETED: Uint8Array = bytesOf("(deleted)");
const DELAYED = bytesOf("(DELAYED)");
const INJECTED = bytesOf("(INJECTED");
const ERRNO_NUMBER = bytesOf("(errno ");
const UNAVAILABLE = bytesOf("<unavailable>");
const RESTART_FIRST = 512;

/** End of the path in the annotation [start, end): without the device that -yy adds (`/dev/null<char 1:3>`). */
export function pathEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] !== 0x3e /* > */) return end;
  for (let p = start; p < end; p++) if (bytes[p] === 0x3c /* < */) return p;
  return end;
}

/** ` <0.` as a word, its first byte the lowest: how nearly every duration begins. */
const SHORT_DURATION = 0x2e303c20;
/** ` <0.000012>`. */
const SHORT_DURATION_LENGTH = 11;

/**
 * From the closing parenthesis to the newline: `) = 3</x> (DELAYED) <0.000012>`. `view` is of the same bytes. Returns the
 * newline's position, or BAD_RESULT.
 */
export function parseResult(bytes: Uint8Array, position: number, record: CallRecord, view: DataView): number {
  let p = position + 1;
  let c = bytes[p]!;
  if (c !== 0x20 /* blank */) return BAD_RESULT;
  do c = bytes[++p]!;
  while (c === 0x20 /* blank */);
  if (c !== 0x3d /* = */ || bytes[p + 1] !== 0x20 /* blank */) return BAD_RESULT;
  p += 2;
  c = bytes[p]!;
  record.resultKind = RESULT_VALUE;
  if (
    c === 0x2d /* - */ &&
    bytes[p + 1] === 0x30 + 1 &&
    bytes[p + 2] === 0x20 /* blank */ &&
    bytes[p + 3]! !== 0x3c /* < */
  ) {
    p = parseErrno(bytes, p + 3, record);
    if (p < 0) return BAD_RESULT;
  } else if (c === 0x3f /* ? */) {
    record.resultKind = RESULT_UNKNOWN;
    record.result = 0;
    p++;
    if (bytes[p] === 0x20 /* blank */ && NAME_COLUMN[bytes[p + 1]!] !== 0) {
      p = parseErrno(bytes, p + 1, record);
      if (p < 0) return BAD_RESULT;
      record.resultKind = RESULT_UNKNOWN;
    }
  } else {
    p = scanNumber(bytes, p);
    if (p < 0) return BAD_RESULT;
    record.result = VALUE[0]!;
    if (bytes[p] === 0x3c /* < */) {
      record.resultStart = p + 1;
      p = skipDescription(bytes, p, view);
      if (p < 0) return BAD_RESULT;
      record.resultEnd = pathEnd(bytes, record.resultStart, p - 1);
      record.resultDeleted = startsWith(bytes, p, DELETED);
      if (record.resultDeleted) p += DELETED.length;
    }
  }
  return bytes[p] === 10 ? p : parseTail(bytes, p, record, view);
}

function parseErrno(bytes: Uint8Array, position: number, record: CallRecord): number {
  let p = position;
  record.resultKind = RESULT_ERROR;
  record.result = -1;
  if (bytes[p] === 0x28 /* ( */) {
    // `-1 (errno 531)`: a number without a name.
    if (!startsWith(bytes, p, ERRNO_NUMBER)) return -1;
    p += ERRNO_NUMBER.length;
    const end = scanNumber(bytes, p);
    if (end < 0 || bytes[end] !== 0x29 /* ) */) return -1;
    record.error = VALUE[0]!;
    return end + 1;
  }
  let state = TRIE_ROOT;
  let column = NAME_COLUMN[bytes[p]!]!;
  while (column > 0) {
    state = ERRNO_TRIE.next[(state << 6) | column]!;
    column = NAME_COLUMN[bytes[++p]!]!;
  }
  const error = ERRNO_TRIE.values[state]!;
  if (Number.isNaN(error)) return -1;
  record.error = error;
  if (error >= RESTART_FIRST) record.resultKind = RESULT_UNKNOWN;
  return p;
}

/** Remarks and the duration behind a result; each remark is ` (text)`, the duration ` <0.000012>`. */
function parseTail(bytes: Uint8Array, position: number, record: CallRecord, view: DataView): number {
  let p = position;
  while (bytes[p] !== 10) {
    if (p + SHORT_DURATION_LENGTH <= bytes.length && view.getInt32(p, true) === SHORT_DURATION) {
      const micros = sixDigits(view, p + 4);
      if (micros >= 0 && bytes[p + 10] === 0x3e /* > */) {
        record.duration = micros * 1000;
        p += 11;
        continue;
      }
    }
    if (bytes[p] !== 0x20 /* blank */) return BAD_RESULT;
    while (bytes[p] === 0x20 /* blank */) p++;
    const c = bytes[p]!;
    if (c === 0x3c /* < */) {
      if (startsWith(bytes, p, UNAVAILABLE)) {
        p += UNAVAILABLE.length;
        continue;
      }
      p = parseDuration(bytes, p + 1, record);
      if (p < 0) return BAD_RESULT;
    } else if (c === 0x28 /* ( */) {
      if (startsWith(bytes, p, DELAYED)) record.delayed = true;
      else if (startsWith(bytes, p, INJECTED)) record.injected = true;
      p = skipRemark(bytes, p);
      if (p < 0) return BAD_RESULT;
    } else return c === 10 ? p : BAD_RESULT;
  }
  return p;
}

/** Behind the parenthesis that closes the one at `position`. */
function skipRemark(bytes: Uint8Array, position: number): number {
  let depth = 0;
  for (let p = position; ; p++) {
    const c = bytes[p]!;
    if (c === 10) return -1;
    if (c === 0x28 /* ( */) depth += 1;
    else if (c === 0x29 /* ) */) {
      depth -= 1;
      if (depth === 0) return p + 1;
    }
  }
}

/** `0.000012>`: seconds with a fraction of up to nine digits. Behind the `>`, or -1. */
function parseDuration(bytes: Uint8Array, position: number, record: CallRecord): number {
  let p = position;
  let seconds = 0;
  let digit = bytes[p]! - 0x30;
  while (digit >= 0 && digit <= 9) {
    seconds = seconds * 10 + digit;
    digit = bytes[++p]! - 0x30;
  }
  VALUE[0] = 0;
  if (bytes[p] === 0x2e /* . */) p = scanFraction(bytes, p + 1);
  if (p === position || bytes[p] !== 0x3e /* > */) return -1;
  record.duration = seconds * 1_000_000_000 + VALUE[0]!;
  return p + 1;
}

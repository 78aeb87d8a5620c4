/**
 * Scanning of one line of strace output, byte by byte and without making strings.
 *
 * Every function takes the bytes and a position and returns the position behind what it read, or -1 when the text is
 * not of that form. A line always ends in a newline, which no scan steps over: so no function checks for the end of
 * the bytes. Numbers are left in VALUE, a typed array, because a double returned from a function may be boxed.
 *
 * Bytes are compared with literals here and in the other files of the hot path (10 is the newline): a named constant
 * of a module is loaded from memory at every use, which cost an eighth of the reading time.
 */

import { scanNumber, VALUE } from "../scan-number.js";
import { CONSTANTS } from "./constants.js";
import { NAME_COLUMN, TRIE_ROOT } from "./name-trie.js";

const NEXT_STATE: Uint16Array = CONSTANTS.next;
const CONSTANT_VALUES: Float64Array = CONSTANTS.values;

/** Bitwise or of two non-negative integers that may exceed 32 bits. */
function orWide(a: number, b: number): number {
  if (a <= 0x7fffffff && b <= 0x7fffffff && a >= 0 && b >= 0) return a | b;
  const low = ((a % 2 ** 32) | (b % 2 ** 32)) >>> 0;
  const high = (Math.floor(a / 2 ** 32) | Math.floor(b / 2 ** 32)) >>> 0;
  return high * 2 ** 32 + low;
}

/**
 * Numbers and named constants joined by `|`, each perhaps with a comment behind: `PROT_READ|PROT_WRITE`,
 * `0x22 /* MAP_PRIVATE|MAP_ANONYMOUS *\/`, `8192*1024`, `21<<MAP_HUGE_SHIFT`, `0x200 /* IPC_CREAT *\/|0600`. A comment
 * may hold comments. Returns -1 for a name that is not known.
 */
export function scanExpression(bytes: Uint8Array, position: number): number {
  if (bytes[position]! <= 0x39) {
    // By far the most usual: one plain number.
    const end = scanNumber(bytes, position);
    if (end < 0) return -1;
    const c = bytes[end]!;
    if (c === 0x2c /* , */ || c === 0x29 /* ) */) return end;
  }
  return scanTerms(bytes, position);
}

function scanTerms(bytes: Uint8Array, position: number): number {
  let p = position;
  let total = 0;
  for (;;) {
    if (bytes[p]! <= 0x39) {
      p = scanNumber(bytes, p);
      if (p < 0) return -1;
      const c = bytes[p]!;
      if (c === 0x2a /* * */ || c === 0x3c /* < */) {
        p = scanArithmetic(bytes, p);
        if (p < 0) return -1;
      }
    } else {
      p = scanName(bytes, p);
      if (p < 0) return -1;
    }
    total = total === 0 ? VALUE[0]! : orWide(total, VALUE[0]!);
    if (bytes[p] === 0x20 /* blank */ && bytes[p + 1] === 0x2f /* / */ && bytes[p + 2] === 0x2a /* * */) {
      p = skipComment(bytes, p + 1);
      if (p < 0) return -1;
    }
    if (bytes[p] !== 0x7c /* | */) {
      VALUE[0] = total;
      return p;
    }
    p++;
  }
}

function scanName(bytes: Uint8Array, position: number): number {
  let p = position;
  let state = TRIE_ROOT;
  let column = NAME_COLUMN[bytes[p]!]!;
  while (column > 0) {
    state = NEXT_STATE[(state << 6) | column]!;
    column = NAME_COLUMN[bytes[++p]!]!;
  }
  const value = CONSTANT_VALUES[state]!;
  if (Number.isNaN(value)) return -1;
  VALUE[0] = value;
  return p;
}

/** What may follow a number: `*1024`, `<<MAP_HUGE_SHIFT`, `<<3`. Other uses of `<` (annotations) are left alone. */
function scanArithmetic(bytes: Uint8Array, position: number): number {
  const left = VALUE[0]!;
  if (bytes[position] === 0x2a /* * */) {
    const end = scanNumber(bytes, position + 1);
    if (end >= 0) VALUE[0] = left * VALUE[0]!;
    return end;
  }
  if (bytes[position] !== 0x3c /* < */ || bytes[position + 1] !== 0x3c /* < */) {
    return position;
  }
  const end = scanExpression(bytes, position + 2);
  if (end >= 0) VALUE[0] = left * 2 ** VALUE[0]!;
  return end;
}

/** Behind the comment that starts at `position`, comments inside it included. */
export function skipComment(bytes: Uint8Array, position: number): number {
  let p = position + 2;
  let depth = 1;
  for (;;) {
    let c = bytes[p]!;
    while (c !== 0x2a /* * */ && c !== 0x2f /* / */ && c !== 10) c = bytes[++p]!;
    if (c === 10) return -1;
    if (c === 0x2a /* * */ && bytes[p + 1] === 0x2f /* / */) {
      p += 2;
      depth -= 1;
      if (depth === 0) return p;
    } else if (c === 0x2f /* / */ && bytes[p + 1] === 0x2a /* * */) {
      p += 2;
      depth += 1;
    } else p++;
  }
}

/** Behind the quoted string that starts at `position`; a `...` that marks a cut string is taken with it. */
export function skipQuoted(bytes: Uint8Array, position: number): number {
  let p = position + 1;
  for (;;) {
    const c = bytes[p]!;
    if (c === 0x22 /* " */) break;
    if (c === 10) return -1;
    p += c === 0x5c /* \ */ && bytes[p + 1] !== 10 ? 2 : 1;
  }
  p++;
  return bytes[p] === 0x2e /* . */ && bytes[p + 1] === 0x2e /* . */ && bytes[p + 2] === 0x2e /* . */
    ? p + 3
    : p;
}

/**
 * Behind the annotation `<...>` that starts at `position`, without a `(deleted)` behind it. Paths hold no bare angle
 * brackets (strace escapes them) but for a device inside one (`</dev/null<char 1:3>>`); sockets and anonymous inodes
 * have square brackets that may hold arrows (`<TCP:[a->b]>`).
 */
export function skipAnnotation(bytes: Uint8Array, position: number): number {
  let p = position + 1;
  const isPath = bytes[p] === 0x2f /* / */;
  let angles = 1;
  let brackets = 0;
  for (;;) {
    const c = bytes[p]!;
    if (c === 10) return -1;
    p++;
    if (c === 0x3e /* > */) {
      if (brackets === 0) {
        angles -= 1;
        if (angles === 0) return p;
      }
    } else if (c === 0x3c /* < */) angles += 1;
    else if (c === 0x5c /* \ */ && bytes[p] !== 10) p++;
    else if (!isPath) {
      if (c === 0x5b /* [ */) brackets += 1;
      else if (c === 0x5d /* ] */ && brackets > 0) brackets -= 1;
    }
  }
}

/** As skipAnnotation; `view` is of the same bytes. Paths, by far the most usual, are skipped four bytes at a time. */
export function skipDescription(bytes: Uint8Array, position: number, view: DataView): number {
  let p = position + 1;
  if (bytes[p] === 0x2f /* / */) {
    const last = bytes.length - 4;
    while (p <= last && !holdsSpecial(view.getInt32(p, true))) p += 4;
    let c = bytes[p]!;
    while (c !== 0x3e /* > */ && c !== 0x3c /* < */ && c !== 0x5c /* \ */ && c !== 10) c = bytes[++p]!;
    if (c === 0x3e /* > */) return p + 1;
  }
  return skipAnnotation(bytes, position);
}

/** Whether one of four bytes is a newline, an angle bracket or a backslash. */
function holdsSpecial(word: number): boolean {
  // A byte that is 0 borrows from its high bit when 1 is taken away. The angle brackets differ in one bit.
  const newline = word ^ 0x0a0a0a0a;
  const angle = (word | 0x02020202) ^ 0x3e3e3e3e;
  const backslash = word ^ 0x5c5c5c5c;
  const zero =
    ((newline - 0x01010101) & ~newline) |
    ((angle - 0x01010101) & ~angle) |
    ((backslash - 0x01010101) & ~backslash);
  return (zero & 0x80808080) !== 0;
}

/**
 * Behind any one argument: up to the comma or closing parenthesis that ends it, or the blank before `<unfinished`.
 * Brackets of all kinds, strings, comments and annotations are stepped over whole.
 */
export function skipValue(bytes: Uint8Array, position: number): number {
  let p = position;
  let depth = 0;
  for (;;) {
    const c = bytes[p]!;
    switch (c) {
      case 10:
        return -1;
      case 0x22 /* " */:
        p = skipQuoted(bytes, p);
        break;
      case 0x2f /* / */:
        p = bytes[p + 1] === 0x2a /* * */ ? skipComment(bytes, p) : p + 1;
        break;
      case 0x3c /* < */:
        // `1<<3` is a shift, `3</x>` an annotation, ` <unfinished ...>` ends the argument.
        if (bytes[p + 1] === 0x3c /* < */) p += 2;
        else if (depth === 0 && isUnfinished(bytes, p)) return bytes[p - 1] === 0x20 /* blank */ ? p - 1 : p;
        else p = skipAnnotation(bytes, p);
        break;
      case 0x28 /* ( */:
      case 0x5b /* [ */:
      case 0x7b /* { */:
        depth += 1;
        p++;
        break;
      case 0x29 /* ) */:
      case 0x5d /* ] */:
      case 0x7d /* } */:
        if (depth === 0) return c === 0x29 /* ) */ ? p : -1;
        depth -= 1;
        p++;
        break;
      case 0x2c /* , */:
        if (depth === 0) return p;
        p++;
        break;
      default:
        p++;
    }
    if (p < 0) return -1;
  }
}

const UNFINISHED = bytesOf("<unfinished ...>");

/** Whether `<unfinished ...>` stands at `position`. */
export function isUnfinished(bytes: Uint8Array, position: number): boolean {
  return startsWith(bytes, position, UNFINISHED);
}

/** Whether the bytes of `text` stand at `position`. */
export function startsWith(bytes: Uint8Array, position: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[position + i] !== text[i]) return false;
  return true;
}

/** The bytes of an ASCII text. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * Numbers out of bytes, without making strings.
 *
 * Every function takes the bytes and a position and returns the position behind what it read, or -1 when no number of
 * that form stands there. What is scanned ends in a newline (10), which no scan steps over. The number is left in
 * VALUE, a typed array, because a double returned from a function may be boxed.
 */

/** The number last read by scanNumber or scanExpression. */
export const VALUE: Float64Array = new Float64Array(1);

const HEX_DIGIT: Uint8Array = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  HEX_DIGIT[digit.toString(16).charCodeAt(0)] = digit;
  HEX_DIGIT[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/**
 * A hexadecimal number, its first digit at `position`. Up to 16 digits; exact below 2^53 and for page multiples
 * below 2^64. Assembled from two integers of 28 bits and one of 8, so that no step leaves small integers.
 */
export function scanHex(bytes: Uint8Array, position: number): number {
  let p = position;
  let digit = HEX_DIGIT[bytes[p]!]!;
  if (digit === 255) return -1;
  let high = 0;
  const highEnd = p + 7;
  do {
    high = (high << 4) | digit;
    p++;
    digit = HEX_DIGIT[bytes[p]!]!;
  } while (digit < 16 && p < highEnd);
  if (digit === 255) {
    VALUE[0] = high;
    return p;
  }
  let low = 0;
  let scale = 1;
  const lowEnd = p + 7;
  do {
    low = (low << 4) | digit;
    scale = scale << 4;
    p++;
    digit = HEX_DIGIT[bytes[p]!]!;
  } while (digit < 16 && p < lowEnd);
  if (digit === 255) {
    VALUE[0] = high * scale + low;
    return p;
  }
  let last = digit;
  let lastScale = 16;
  p++;
  digit = HEX_DIGIT[bytes[p]!]!;
  if (digit !== 255) {
    last = (last << 4) | digit;
    lastScale = 256;
    p++;
    if (HEX_DIGIT[bytes[p]!] !== 255) return -1;
  }
  VALUE[0] = (high * scale + low) * lastScale + last;
  return p;
}

/** A number as strace prints it: `0x1f`, `42`, `0600` (octal) or `-1`. */
export function scanNumber(bytes: Uint8Array, position: number): number {
  let c = bytes[position]!;
  if (c === 0x30) {
    c = bytes[position + 1]!;
    if (c === 0x78 /* x */) return scanHex(bytes, position + 2);
    return c >= 0x30 && c <= 0x39 ? scanOctal(bytes, position + 1) : scanDecimal(bytes, position);
  }
  if (c !== 0x2d /* - */) return scanDecimal(bytes, position);
  c = bytes[position + 1]!;
  if (c === 0x30 && bytes[position + 2] === 0x78 /* x */) return -1;
  const end = scanDecimal(bytes, position + 1);
  VALUE[0] = -VALUE[0]!;
  return end;
}

/** A decimal number, its first digit at `position`. */
export function scanDecimal(bytes: Uint8Array, position: number): number {
  let p = position;
  let digit = bytes[p]! - 0x30;
  if (digit < 0 || digit > 9) return -1;
  let small = 0;
  const smallEnd = p + 9;
  do {
    small = small * 10 + digit;
    digit = bytes[++p]! - 0x30;
  } while (digit >= 0 && digit <= 9 && p < smallEnd);
  VALUE[0] = small;
  return digit >= 0 && digit <= 9 ? scanLongDecimal(bytes, p) : p;
}

/** The digits from the tenth on; VALUE holds what came before. */
function scanLongDecimal(bytes: Uint8Array, position: number): number {
  let p = position;
  let large = VALUE[0]!;
  let digit = bytes[p]! - 0x30;
  do {
    large = large * 10 + digit;
    digit = bytes[++p]! - 0x30;
  } while (digit >= 0 && digit <= 9);
  VALUE[0] = large;
  return p;
}

function scanOctal(bytes: Uint8Array, position: number): number {
  let p = position;
  let octal = 0;
  let digit = bytes[p]! - 0x30;
  while (digit >= 0 && digit <= 7) {
    octal = octal * 8 + digit;
    digit = bytes[++p]! - 0x30;
  }
  VALUE[0] = octal;
  return digit === 8 || digit === 9 ? -1 : p;
}

/**
 * The six decimal digits at `position`, how strace prints a fraction of a second, as a number; -1 when other bytes stand
 * there. The digits are read four at a time, the first of them in the lowest byte, which is three times as fast as one
 * by one. Throws RangeError when `view` ends before the sixth.
 */
export function sixDigits(view: DataView, position: number): number {
  const head = view.getInt32(position, true);
  const tail = view.getInt32(position + 2, true);
  // Digits are 0x30 to 0x39: the high half of each byte is 3, and stays 3 when 6 is added.
  if (
    (head & 0xf0f0f0f0) !== 0x30303030 ||
    (tail & 0xf0f0f0f0) !== 0x30303030 ||
    ((head + 0x06060606) & 0xf0f0f0f0) !== 0x30303030 ||
    ((tail + 0x06060606) & 0xf0f0f0f0) !== 0x30303030
  ) {
    return -1;
  }
  const digits = head & 0x0f0f0f0f;
  const last = tail & 0x0f0f0f0f;
  // In every second byte a number of two digits.
  const pairs = digits * 10 + (digits >>> 8);
  const lastPairs = last * 10 + (last >>> 8);
  return (pairs & 0xff) * 10_000 + ((pairs >>> 16) & 0xff) * 100 + ((lastPairs >>> 16) & 0xff);
}

/** Nanoseconds that one unit of the last of n digits of a fraction of a second stands for. */
const FRACTION_UNIT: Float64Array = Float64Array.from({ length: 10 }, (_, digits) => 10 ** (9 - digits));

/**
 * The digits behind a decimal point, as nanoseconds in VALUE; digits beyond the ninth are dropped.
 */
export function scanFraction(bytes: Uint8Array, position: number): number {
  let p = position;
  let fraction = 0;
  let digit = bytes[p]! - 0x30;
  const limit = p + 9;
  while (digit >= 0 && digit <= 9 && p < limit) {
    fraction = fraction * 10 + digit;
    digit = bytes[++p]! - 0x30;
  }
  VALUE[0] = fraction * FRACTION_UNIT[p - position]!;
  while (digit >= 0 && digit <= 9) digit = bytes[++p]! - 0x30;
  return p;
}

/** Text out of a trace's bytes: strace's escapes, and bytes that are not UTF-8. */

const BACKSLASH = 0x5c;
const ZERO = 0x30;
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const SINGLE: Readonly<Record<number, number>> = {
  97: 7, // a
  98: 8, // b
  101: 27, // e
  102: 12, // f
  110: 10, // n
  114: 13, // r
  116: 9, // t
  118: 11, // v
};

/**
 * Bytes as a string: UTF-8 where it is valid; a byte that is not stands as the lone surrogate U+DC00 + byte, so that
 * encodeText gives back the very bytes.
 */
export function decodeText(bytes: Uint8Array): string {
  let ascii = true;
  for (let i = 0; i < bytes.length && ascii; i++) ascii = bytes[i]! < 0x80;
  if (ascii) {
    let text = "";
    for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
    return text;
  }
  try {
    return DECODER.decode(bytes);
  } catch {
    return decodeLoosely(bytes);
  }
}

function decodeLoosely(bytes: Uint8Array): string {
  let text = "";
  let start = 0;
  while (start < bytes.length) {
    // The longest valid sequence at `start`: its length follows from the first byte.
    const first = bytes[start]!;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    let piece: string | null = null;
    if (length > 0 && start + length <= bytes.length) {
      try {
        piece = DECODER.decode(bytes.subarray(start, start + length));
      } catch {
        piece = null;
      }
    }
    text += piece ?? String.fromCharCode(0xdc00 + first);
    start += piece === null ? 1 : length;
  }
  return text;
}

const ENCODER = new TextEncoder();

/** The bytes of a string made by decodeText. */
export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return ENCODER.encode(text);
  const parts: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (character.length === 1 && code >= 0xdc80 && code <= 0xdcff) parts.push(code - 0xdc00);
    else parts.push(...ENCODER.encode(character));
  }
  return Uint8Array.from(parts);
}

/** The text between `start` and `end`, with C escapes (`\n`, `\"`, `\76`, `\x3e`) undone. */
export function decodeEscaped(bytes: Uint8Array, start: number, end: number): string {
  const piece = bytes.subarray(start, end);
  if (!piece.includes(BACKSLASH)) return decodeText(piece);
  const out = new Uint8Array(piece.length);
  let length = 0;
  for (let i = 0; i < piece.length; i++) {
    const c = piece[i]!;
    if (c !== BACKSLASH || i + 1 === piece.length) {
      out[length++] = c;
      continue;
    }
    i++;
    const kind = piece[i]!;
    if (kind >= ZERO && kind <= ZERO + 7) {
      let value = 0;
      let digits = 0;
      while (digits < 3 && i < piece.length && piece[i]! >= ZERO && piece[i]! <= ZERO + 7) {
        value = value * 8 + piece[i]! - ZERO;
        digits++;
        i++;
      }
      i--;
      out[length++] = value;
    } else if (kind === 0x78 && i + 2 < piece.length) {
      const value = Number.parseInt(String.fromCharCode(piece[i + 1]!, piece[i + 2]!), 16);
      if (Number.isNaN(value)) out[length++] = kind;
      else {
        out[length++] = value;
        i += 2;
      }
    } else out[length++] = SINGLE[kind] ?? kind;
  }
  return decodeText(out.subarray(0, length));
}

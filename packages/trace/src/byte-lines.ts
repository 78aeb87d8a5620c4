/** Whole lines out of chunks of bytes, in bounded memory. */

/** Longest line taken by default: 1 MiB. Longer ones are nothing that strace or the kernel prints. */
export const MAX_LINE_BYTES: number = 1024 * 1024;

/** What takes the lines. */
export interface LineSink {
  /**
   * Complete lines: bytes [start, end), of which the last is a newline. Valid during the call only.
   */
  region(bytes: Uint8Array, start: number, end: number): void;
  /** A line longer than the limit; `head` is its beginning. The rest of it is dropped. */
  overlong(head: Uint8Array): void;
}

/**
 * Cuts a stream of chunks at newlines. Holds at most one partial line of up to `maxLineBytes`; the chunks themselves
 * are passed on without a copy.
 */
export class ByteLines {
  readonly #sink: LineSink;
  readonly #maxLineBytes: number;
  /** The partial line at the end of the last chunk, in pieces. */
  #carry: Uint8Array[] = [];
  #carryLength = 0;
  #dropping = false;

  constructor(sink: LineSink, maxLineBytes: number = MAX_LINE_BYTES) {
    this.#sink = sink;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Hands on all lines that are complete now. The chunk may be reused afterwards. */
  push(piece: Uint8Array): void {
    // A plain view: Node's Buffer has a shape of its own (and a slice that does not copy).
    const chunk = new Uint8Array(piece.buffer, piece.byteOffset, piece.length);
    let start = 0;
    if (this.#carryLength > 0 || this.#dropping) {
      const newline = chunk.indexOf(10);
      if (newline < 0) {
        this.#keep(chunk);
        return;
      }
      this.#finish(chunk.subarray(0, newline + 1));
      start = newline + 1;
    }
    const last = chunk.lastIndexOf(10);
    if (last >= start) {
      this.#sink.region(chunk, start, last + 1);
      start = last + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** Hands on the last line, should it lack its newline. Returns whether it did. */
  end(): boolean {
    const open = this.#carryLength > 0 || this.#dropping;
    if (open) this.#finish(Uint8Array.of(10));
    return open;
  }

  #keep(piece: Uint8Array): void {
    if (this.#dropping) return;
    this.#carry.push(piece.slice());
    this.#carryLength += piece.length;
    if (this.#carryLength > this.#maxLineBytes) {
      this.#sink.overlong(concatBytes(this.#carry));
      this.#carry = [];
      this.#carryLength = 0;
      this.#dropping = true;
    }
  }

  #finish(rest: Uint8Array): void {
    if (this.#dropping) {
      this.#dropping = false;
      return;
    }
    const line = concatBytes([...this.#carry, rest]);
    this.#carry = [];
    this.#carryLength = 0;
    this.#sink.region(line, 0, line.length);
  }
}

/** One array of all bytes, in order. Always a copy. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

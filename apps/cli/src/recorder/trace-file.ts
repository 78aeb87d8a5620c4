/** The trace as strace wrote it, from where the program begins, or from the copy of the map of one that ran already. */

import { createReadStream } from "node:fs";
import { InputError } from "@vma/trace";

const NEWLINE = 10;

/** Longest line that is kept whole; strace with -s 64 prints none of a hundredth of it. */
const MAX_CARRY = 16 * 1024 * 1024;

/** Complete lines of a file, in chunks that end with a newline. */
async function* wholeLines(path: string): AsyncGenerator<Uint8Array> {
  let carry: Uint8Array[] = [];
  let carried = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const chunk = piece as Buffer;
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) {
      carried += chunk.length;
      if (carried > MAX_CARRY) throw new InputError(path, 0, "is no trace: a line of it never ends");
      carry.push(chunk);
      continue;
    }
    yield new Uint8Array(Buffer.concat([...carry, chunk.subarray(0, last + 1)]));
    carry = [chunk.subarray(last + 1)];
    carried = 0;
  }
  // A last line without its newline was cut off: it is no line.
}

/** Bytes of a line that are looked at: prefix and name of the call. */
const LINE_HEAD = 80;

/** The lines from the first on for which `begins` says so, asked with the head of each line up to it. */
async function* fromLine(
  chunks: AsyncIterable<Uint8Array>,
  begins: (head: string) => boolean,
): AsyncGenerator<Uint8Array> {
  let begun = false;
  for await (const chunk of chunks) {
    if (begun) {
      yield chunk;
      continue;
    }
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let start = 0; start < text.length && !begun; ) {
      const end = text.indexOf(NEWLINE, start);
      begun = begins(text.toString("latin1", start, Math.min(end, start + LINE_HEAD)));
      if (begun) yield chunk.subarray(start);
      start = end + 1;
    }
  }
}

/**
 * The trace in chunks of whole lines. With `afterLauncher` everything before the second execve is left out: the first
 * one started the shell, and what follows is the shell's own.
 */
export function traceLines(path: string, afterLauncher: boolean): AsyncGenerator<Uint8Array> {
  const chunks = wholeLines(path);
  if (!afterLauncher) return chunks;
  let execs = 0;
  return fromLine(chunks, (head) => {
    if (/^\d* *[\d.]+ execve(at)?\(/.test(head)) execs += 1;
    return execs >= 2;
  });
}

/** Lines entered before `time` left out: they belong to the map that was copied at that time. Nanoseconds. */
export function linesFrom(chunks: AsyncIterable<Uint8Array>, time: bigint): AsyncGenerator<Uint8Array> {
  return fromLine(chunks, (head) => {
    const [, seconds, microseconds] = /^(?:\d+ +)?(\d+)\.(\d{6}) /.exec(head) ?? [];
    if (seconds === undefined || microseconds === undefined) return false;
    return BigInt(seconds) * 1_000_000_000n + BigInt(microseconds) * 1000n >= time;
  });
}

/** The trace as strace wrote it, without the lines of the shell that started the program. */

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

/**
 * The trace in chunks of whole lines. With `afterLauncher` everything before the second execve is left out: the first
 * one started the shell, and what follows is the shell's own.
 */
export async function* traceLines(path: string, afterLauncher: boolean): AsyncGenerator<Uint8Array> {
  let dropping = afterLauncher;
  let execs = 0;
  for await (const chunk of wholeLines(path)) {
    if (!dropping) {
      yield chunk;
      continue;
    }
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf(NEWLINE, start);
      if (/^\d* *[\d.]+ execve(at)?\(/.test(text.toString("latin1", start, Math.min(end, start + 80))))
        execs += 1;
      if (execs >= 2) break;
      start = end + 1;
    }
    if (execs < 2) continue;
    dropping = false;
    yield chunk.subarray(start);
  }
}

/** Lines entered before `time` left out: they belong to the map that was copied at that time. */
export async function* linesFrom(
  chunks: AsyncIterable<Uint8Array>,
  time: bigint,
): AsyncGenerator<Uint8Array> {
  let dropping = true;
  for await (const chunk of chunks) {
    if (!dropping) {
      yield chunk;
      continue;
    }
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf(NEWLINE, start);
      const stamp = /^(?:\d+ +)?(\d+)\.(\d{6}) /.exec(
        text.toString("latin1", start, Math.min(end, start + 60)),
      );
      if (stamp !== null && BigInt(stamp[1] ?? 0) * 1_000_000_000n + BigInt(stamp[2] ?? 0) * 1000n >= time)
        break;
      start = end + 1;
    }
    if (start >= text.length) continue;
    dropping = false;
    yield chunk.subarray(start);
  }
}

/** A recording whose trace tells how far it has been read: lines, bytes and time left, on a terminal. */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Recording } from "@vma/trace";
import { bytes, count } from "../output/amount.js";
import { progressBar } from "../output/progress.js";
import type { Terminal } from "../terminal.js";

const NEWLINE = 10;

/**
 * Bytes of a trace file once it is unpacked. A gzip file ends with that number (its lower 32 bits); one that is less
 * than the file has overflowed, and then the file's own size is a floor.
 */
export function unpackedSize(path: string): number {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return 0;
  }
  try {
    const { size } = statSync(path);
    const head = Buffer.alloc(2);
    const tail = Buffer.alloc(4);
    if (size < 18 || readSync(file, head, 0, 2, 0) < 2 || head.readUInt16BE(0) !== 0x1f8b) return size;
    readSync(file, tail, 0, 4, size - 4);
    return Math.max(size, tail.readUInt32LE(0));
  } catch {
    return 0;
  } finally {
    closeSync(file);
  }
}

async function* shown(recording: Recording, terminal: Terminal): AsyncGenerator<Uint8Array> {
  const bar = progressBar(terminal, unpackedSize(recording.traceFile));
  let lines = 0;
  let done = 0;
  try {
    for await (const chunk of recording.trace()) {
      yield chunk;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
      done += chunk.length;
      bar.update(done, `${count(lines)} lines, ${bytes(done)}`);
    }
  } finally {
    bar.stop();
  }
}

/** The same recording; each reading of its trace is shown on standard error where that is a terminal. */
export function watched(recording: Recording, terminal: Terminal): Recording {
  return terminal.showsProgress ? { ...recording, trace: () => shown(recording, terminal) } : recording;
}

/** Reading files of recorded decisions from disk, line by line, gzip or not. Node only: entry "./node". */

import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { isGzip } from "../gzip.js";
import type { TruthSource } from "./check.js";
import { TruthFormatError } from "./format.js";

/** A file on disk whose bytes read so far can be asked for, for a progress bar. */
export interface TruthFile extends TruthSource {
  /** Bytes of the file as stored. */
  readonly size: number;
  /** Bytes of it read so far. */
  read(): number;
}

async function* linesOf(path: string, seen: (bytes: number) => void): AsyncGenerator<string> {
  const zipped = await isGzip(path);
  const stored = createReadStream(path);
  stored.on("data", (chunk) => seen(chunk.length));
  let text: Readable = stored;
  if (zipped) {
    const gunzip = createGunzip();
    stored.on("error", (error) => gunzip.destroy(error));
    text = stored.pipe(gunzip);
  }
  let number = 0;
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      yield line;
    }
  } catch (error) {
    throw new TruthFormatError(
      error instanceof Error ? error.message : String(error),
      basename(path),
      number + 1,
    );
  } finally {
    stored.destroy();
  }
}

/**
 * Opens a file for `checkTruth`; it is read as the check goes.
 *
 * Throws the system's error when the file does not exist; reading throws TruthFormatError when gzip data is damaged.
 */
export function openTruthFile(path: string): TruthFile {
  const { size } = statSync(path);
  let bytes = 0;
  return {
    name: basename(path),
    size,
    read: () => bytes,
    lines: linesOf(path, (count) => {
      bytes += count;
    }),
  };
}

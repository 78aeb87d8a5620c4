/** Files as streams of bytes, gzip'd or not. Needs Node, as nothing else in this package but recording/. */

import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { InputError } from "./input-error.js";

const CHUNK_BYTES = 256 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "a part of the path is not a folder",
  ESRCH: "no such process",
  Z_BUF_ERROR: "the gzip data is cut short",
  Z_DATA_ERROR: "the gzip data is damaged",
};

/** An InputError for what Node says about a file; other errors are returned as they are. */
export function inputErrorOf(error: unknown, file: string): unknown {
  if (error instanceof InputError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new InputError(file, 0, REASONS[code] ?? `cannot be read (${code})`);
}

/**
 * The bytes of a file in chunks; gzip is undone when the file begins with gzip's two bytes. "-" is standard input.
 * Throws InputError when the file is missing, cut short or damaged. Chunks are not reused.
 */
export async function* openSource(path: string): AsyncGenerator<Uint8Array> {
  const input = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    const raw = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    const head = await firstBytes(raw);
    if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(head, raw);
    else {
      if (head.length > 0) yield head;
      yield* rest(raw);
    }
  } catch (error) {
    throw inputErrorOf(error, path);
  } finally {
    if (path !== "-") input.destroy();
  }
}

/** The first chunk, joined with the next while it is shorter than gzip's mark. */
async function firstBytes(raw: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < 2) {
    const next = await raw.next();
    if (next.done === true) break;
    const joined = new Uint8Array(head.length + next.value.length);
    joined.set(head);
    joined.set(next.value, head.length);
    head = joined;
  }
  return head;
}

async function* rest(raw: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = await raw.next(); next.done !== true; next = await raw.next()) yield next.value;
}

async function* gunzip(head: Uint8Array, raw: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const feed = async (): Promise<void> => {
    try {
      let chunk: Uint8Array | undefined = head;
      while (chunk !== undefined && !unzip.destroyed) {
        if (!unzip.write(chunk)) await drained(unzip);
        const next: IteratorResult<Uint8Array> = await raw.next();
        chunk = next.done === true ? undefined : next.value;
      }
      unzip.end();
    } catch (error) {
      unzip.destroy(error as Error);
    }
  };
  const fed = feed();
  try {
    for await (const chunk of unzip) yield chunk as Uint8Array;
    await fed;
  } finally {
    unzip.destroy();
  }
}

function drained(stream: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      stream.off("close", done);
      stream.off("error", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
    stream.on("error", done);
  });
}

/** Anything that takes chunks: the readers of this package. */
export interface ChunkReader<T> {
  push(chunk: Uint8Array): void;
  end(): T;
}

/** Sends a whole file through a reader and returns what its `end` does. */
export async function readSource<T>(path: string, reader: ChunkReader<T>): Promise<T> {
  for await (const chunk of openSource(path)) reader.push(chunk);
  return reader.end();
}

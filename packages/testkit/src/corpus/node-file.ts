/** Corpus files on a disk (Node only): finding them, unpacking them, reading them line by line. */

import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError } from "@vma/trace";
import { isGzip } from "../gzip.js";
import type { CorpusCase, CorpusMeta } from "./format.js";
import { parseCorpusLine, parseCorpusMeta } from "./parse.js";

const SUFFIX = /\.jsonl(\.gz)?$/;

/**
 * The corpus files that `paths` name: a file is taken as it is, a directory gives the .jsonl and .jsonl.gz files in it
 * and below it, sorted. Throws InputError for a path that does not exist and for a directory without such files.
 */
export async function corpusFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await filesAt(path, 0);
    if (found.length === 0) throw new InputError(path, 0, "no .jsonl or .jsonl.gz file in it");
    files.push(...found);
  }
  return files;
}

async function filesAt(path: string, depth: number): Promise<string[]> {
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch (error) {
    throw new InputError(path, 0, reasonOf(error));
  }
  if (!isDirectory) return [path];
  const found: string[] = [];
  const entries = await readdir(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && depth < 4) found.push(...(await filesAt(inner, depth + 1)));
    else if (entry.isFile() && SUFFIX.test(entry.name)) found.push(inner);
  }
  return found;
}

/** The meta.json beside a corpus file, or null when there is none. Throws InputError when it cannot be read. */
export async function readCorpusMeta(file: string): Promise<CorpusMeta | null> {
  const path = join(dirname(file), "meta.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new InputError(path, 0, reasonOf(error));
  }
  return parseCorpusMeta(text, path);
}

/** A corpus file on disk whose bytes read so far can be asked for, for a progress bar. */
export interface CorpusFile {
  readonly path: string;
  /** Bytes of the file as stored. */
  readonly size: number;
  /** Bytes of it read so far. */
  read(): number;
  /**
   * The cases, one at a time; gzip data is unpacked on the way and empty lines are passed over. Throws InputError for
   * a file that cannot be read or unpacked and for a line that is no case.
   */
  cases(): AsyncGenerator<CorpusCase, void, undefined>;
}

/** Opens a corpus file; it is read as its cases are asked for. Throws InputError when there is no such file. */
export async function openCorpusFile(path: string): Promise<CorpusFile> {
  let size: number;
  try {
    size = (await stat(path)).size;
  } catch (error) {
    throw new InputError(path, 0, reasonOf(error));
  }
  let seen = 0;
  const count = (bytes: number): void => {
    seen += bytes;
  };
  return { path, size, read: () => seen, cases: () => casesOf(path, count) };
}

async function* casesOf(
  path: string,
  seen: (bytes: number) => void,
): AsyncGenerator<CorpusCase, void, undefined> {
  let zipped: boolean;
  try {
    zipped = await isGzip(path);
  } catch (error) {
    throw new InputError(path, 0, reasonOf(error));
  }
  const stored = createReadStream(path);
  stored.on("data", (chunk) => seen(chunk.length));
  const text: Readable = zipped ? stored.pipe(createGunzip()) : stored;
  let failure: unknown = null;
  const lines = createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY });
  const fail = (error: unknown): void => {
    failure ??= error;
    lines.close();
  };
  stored.on("error", fail);
  if (text !== stored) text.on("error", fail);
  let line = 0;
  try {
    for await (const row of lines) {
      line += 1;
      if (row !== "") yield parseCorpusLine(row, path, line);
    }
  } catch (error) {
    // The line reader hands a stream's error on; a bad line is an error of its own.
    if (error instanceof InputError) throw error;
    failure ??= error;
  } finally {
    stored.destroy();
  }
  if (failure !== null) throw new InputError(path, line + 1, reasonOf(failure));
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "no such file";
  if (code === "EACCES") return "not permitted";
  return message ?? String(error);
}

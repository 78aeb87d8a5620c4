/** Writing a recording bundle. Nothing is half-written: every file is made under another name and then renamed. Needs Node. */

import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { formatSnapshot, type SnapshotInfo, type SnapshotKind } from "./format.js";

/** The bytes of one file of a bundle: at once, or in chunks that are taken as fast as they can be written. */
export type BundleBytes = Uint8Array | AsyncIterable<Uint8Array>;

/** Name of a snapshot's file: smaps.mid.1234.56.gz for kind mid, pid 1234, line 56. */
export function snapshotFileName(kind: SnapshotKind, pid: number, line: number, compress = true): string {
  const suffix = compress ? ".gz" : "";
  return `smaps.${kind}.${pid}.${line}${suffix}`;
}

/**
 * Makes a folder and its parents; returns the outermost one that was not there before. Node's own way of doing this
 * never ends in a place such as /proc, where a folder that is there takes no new ones.
 */
async function makeFolders(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(folder)).isDirectory()) return undefined;
    if (code !== "ENOENT" || (await exists(dirname(folder)))) throw error;
  }
  const above = await makeFolders(dirname(folder));
  await mkdir(folder);
  return above ?? folder;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes a bundle piece by piece, in memory that does not grow with it: the trace and the faults as they come, each
 * snapshot, and meta.json last. A folder without meta.json is unfinished and is not opened as a recording.
 */
export class BundleWriter {
  readonly #folder: string;
  readonly #suffix: "" | ".gz";
  readonly #snapshots: SnapshotInfo[] = [];
  readonly #written: string[] = [];
  /** The outermost folder that `begin` made, or undefined when all of them were there. */
  #made: string | undefined;

  /** `folder` is made when `begin` is called. `compress`: gzip everything but meta.json and snaps.jsonl. */
  constructor(folder: string, compress = true) {
    this.#folder = folder;
    this.#suffix = compress ? ".gz" : "";
  }

  /** Makes the folder (its parents, too). Throws what the file system says. */
  async begin(): Promise<void> {
    this.#made = await makeFolders(resolve(this.#folder));
  }

  /** Saves the trace. */
  async addTrace(trace: BundleBytes): Promise<void> {
    await this.#write(`trace.strace${this.#suffix}`, trace);
  }

  /** Saves page faults and the kernel's records of areas: lines of formatFault and formatMap. */
  async addFaults(faults: BundleBytes): Promise<void> {
    await this.#write(`faults${this.#suffix}`, faults);
  }

  /** Saves one snapshot: the bytes of /proc/PID/smaps, and what ties it to the trace. */
  async addSnapshot(info: Omit<SnapshotInfo, "file">, smaps: BundleBytes): Promise<void> {
    const file = snapshotFileName(info.kind, info.pid, info.line, this.#suffix !== "");
    await this.#write(file, smaps);
    this.#snapshots.push({ ...info, file });
  }

  /** Saves the list of snapshots, and `meta` as it is: see RecordingMeta for the keys that are read. */
  async finish(meta: Readonly<Record<string, unknown>>): Promise<void> {
    const lines = this.#snapshots.map((info) => `${formatSnapshot(info)}\n`).join("");
    await this.#save("snaps.jsonl", (path) => writeFile(path, lines));
    await this.#save("meta.json", (path) => writeFile(path, `${JSON.stringify(meta, null, 1)}\n`));
  }

  /** Takes away what was written so far, and the folders if `begin` made them and they hold nothing else. */
  async abandon(): Promise<void> {
    for (const name of this.#written) await rm(join(this.#folder, name), { force: true });
    this.#written.length = 0;
    if (this.#made === undefined) return;
    const outermost = this.#made;
    this.#made = undefined;
    for (let folder = resolve(this.#folder); folder.length >= outermost.length; folder = dirname(folder)) {
      try {
        await rmdir(folder);
      } catch {
        // Somebody else's file is in it: it stays.
        return;
      }
    }
  }

  #write(name: string, bytes: BundleBytes): Promise<void> {
    // An array in an array, or the stream would take each byte for a chunk.
    const source = Readable.from(bytes instanceof Uint8Array ? [bytes] : bytes);
    return this.#save(name, (path) =>
      name.endsWith(".gz")
        ? pipeline(source, createGzip({ level: 6 }), createWriteStream(path))
        : pipeline(source, createWriteStream(path)),
    );
  }

  async #save(name: string, make: (path: string) => Promise<void>): Promise<void> {
    const temporary = join(this.#folder, `.${name}.part`);
    try {
      await make(temporary);
      await rename(temporary, join(this.#folder, name));
      this.#written.push(name);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

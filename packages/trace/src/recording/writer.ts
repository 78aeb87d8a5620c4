/** Writing a recording bundle. Nothing is half-written: every file is made under another name and then renamed. Needs Node. */

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeText } from "../text.js";
import { formatSnapshot, type SnapshotInfo, type SnapshotKind } from "./format.js";

/** Everything a bundle holds besides its snapshots. */
export interface BundleContent {
  /** Becomes meta.json as it is; see RecordingMeta for the keys that are read. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly trace: Uint8Array;
  /** Lines of formatFault and formatMap. */
  readonly faults?: Uint8Array;
}

/** Name of a snapshot's file: smaps.mid.1234.56.gz for kind mid, pid 1234, line 56. */
export function snapshotFileName(kind: SnapshotKind, pid: number, line: number, compress = true): string {
  const suffix = compress ? ".gz" : "";
  return `smaps.${kind}.${pid}.${line}${suffix}`;
}

/**
 * Writes a bundle piece by piece: snapshots as they are taken, the rest at the end. A bundle without meta.json is
 * unfinished; `finish` writes it last.
 */
export class BundleWriter {
  readonly #folder: string;
  readonly #compress: boolean;
  readonly #snapshots: SnapshotInfo[] = [];

  /** `folder` is made when `begin` is called. `compress`: gzip everything but meta.json and snaps.jsonl. */
  constructor(folder: string, compress = true) {
    this.#folder = folder;
    this.#compress = compress;
  }

  /** Makes the folder (its parents, too). */
  async begin(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
  }

  /** Saves one snapshot: the bytes of /proc/PID/smaps, and what ties it to the trace. */
  async addSnapshot(info: Omit<SnapshotInfo, "file">, smaps: Uint8Array): Promise<void> {
    const file = snapshotFileName(info.kind, info.pid, info.line, this.#compress);
    await this.#write(file, smaps, this.#compress);
    this.#snapshots.push({ ...info, file });
  }

  /** Saves the rest. */
  async finish(content: BundleContent): Promise<void> {
    const suffix = this.#compress ? ".gz" : "";
    await this.#write(`trace.strace${suffix}`, content.trace, this.#compress);
    if (content.faults !== undefined) await this.#write(`faults${suffix}`, content.faults, this.#compress);
    const lines = this.#snapshots.map((info) => `${formatSnapshot(info)}\n`).join("");
    await this.#write("snaps.jsonl", encodeText(lines), false);
    await this.#write("meta.json", encodeText(`${JSON.stringify(content.meta, null, 1)}\n`), false);
  }

  async #write(name: string, bytes: Uint8Array, compress: boolean): Promise<void> {
    const final = join(this.#folder, name);
    const temporary = join(this.#folder, `.${name}.part`);
    try {
      await writeFile(temporary, compress ? gzipSync(bytes, { level: 9 }) : bytes);
      await rename(temporary, final);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

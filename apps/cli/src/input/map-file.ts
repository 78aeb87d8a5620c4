/** Reading a memory map from bytes: smaps or maps, gzip or not, told apart by content. */

import { InputError, MapsReader, openSource, SmapsReader } from "@vma/trace";
import { fromMaps, fromSmaps, isCounted, type MapArea } from "./area.js";

/** What a map file can tell. */
export type MapDetail = "smaps" | "maps";

export interface MapContent {
  readonly detail: MapDetail;
  /** In address order, without [vsyscall]. */
  readonly areas: MapArea[];
}

/** Bytes looked at to tell smaps from maps: the first two lines. */
const SNIFF_BYTES = 64 * 1024;
const NEWLINE = 10;

/** More areas than any kernel setting in use allows; a file beyond it is no map. */
const MAX_AREAS = 16_000_000;

/** Reason of the error for an input without a single byte. */
export const EMPTY_MAP = "the file is empty";

class MapSniffer {
  readonly areas: MapArea[] = [];
  readonly #label: string;
  #head: Uint8Array[] = [];
  #headLength = 0;
  #reader: { push(chunk: Uint8Array): void; end(): void } | null = null;
  detail: MapDetail = "maps";

  constructor(label: string) {
    this.#label = label;
  }

  push(chunk: Uint8Array): void {
    if (this.#reader !== null) {
      this.#reader.push(chunk);
      return;
    }
    this.#head.push(new Uint8Array(chunk));
    this.#headLength += chunk.length;
    if (this.#headLength >= SNIFF_BYTES || countNewlines(this.#head) >= 2) this.#open();
  }

  end(): MapContent {
    if (this.#headLength === 0) throw new InputError(this.#label, 0, EMPTY_MAP);
    if (this.#reader === null) this.#open();
    this.#reader?.end();
    this.#refuseCutShort();
    return { detail: this.detail, areas: this.areas };
  }

  /** VmFlags is the last line of an area: a map whose last area alone has none was cut off within it. */
  #refuseCutShort(): void {
    const last = this.areas.at(-1);
    if (last === undefined || last.flagText !== null || this.areas[0]?.flagText == null) return;
    const reason = `is cut short: the last area, at ${last.start.toString(16)}, lacks the VmFlags that the others have`;
    throw new InputError(this.#label, 0, reason);
  }

  #open(): void {
    const head = Buffer.concat(this.#head);
    this.#head = [];
    const line = head.indexOf(NEWLINE);
    const second = head.subarray(line + 1, line + 2).toString("latin1");
    this.detail = line >= 0 && /[A-Z]/.test(second) ? "smaps" : "maps";
    const keep = (area: MapArea): void => {
      if (!isCounted(area)) return;
      if (this.areas.length >= MAX_AREAS)
        throw new InputError(this.#label, 0, "more areas than a map can have");
      this.areas.push(area);
    };
    const options = { file: this.#label };
    this.#reader =
      this.detail === "smaps"
        ? new SmapsReader((area) => keep(fromSmaps(area)), options)
        : new MapsReader((area) => keep(fromMaps(area)), options);
    this.#reader.push(head);
  }
}

function countNewlines(pieces: readonly Uint8Array[]): number {
  let found = 0;
  for (const piece of pieces) {
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) found += 1;
  }
  return found;
}

/**
 * Reads a map from a file, gzip or not; "-" is standard input. Throws InputError (file, line, reason) for anything
 * that is none.
 */
export async function readMapFile(path: string, label: string): Promise<MapContent> {
  const sniffer = new MapSniffer(label);
  for await (const chunk of openSource(path)) sniffer.push(chunk);
  return sniffer.end();
}

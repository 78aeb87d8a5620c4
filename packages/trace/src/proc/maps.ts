/** /proc/PID/maps: read and written, byte for byte. */

import { ByteLines } from "../byte-lines.js";
import { InputError, quoteForMessage } from "../input-error.js";
import { scanDecimal, scanHex, VALUE } from "../scan-number.js";
import { decodeText, encodeText } from "../text.js";

/** One line of maps. Addresses and offsets in bytes; [start, end) is half-open. */
export interface MapsArea {
  readonly start: number;
  readonly end: number;
  /** "rwxp", dashes for what is missing; the last letter is `s` when the mapping may be shared. */
  readonly permissions: string;
  /** Offset in the file (bytes), 0 without a file. */
  readonly offset: number;
  /** "major:minor" in hexadecimal, as printed. */
  readonly device: string;
  /** A bigint when it is too large for a number. */
  readonly inode: number | bigint;
  /** Path, "[heap]", "[anon:...]" or "" for none, `\012` undone; " (deleted)" is part of it. */
  readonly name: string;
}

/** Column at which the name begins, unless the line is longer. */
const NAME_COLUMN = 73;

/** Permission texts and devices are few: one string each. */
const INTERNED = new Map<string, string>();

function intern(text: string): string {
  const known = INTERNED.get(text);
  if (known !== undefined) return known;
  if (INTERNED.size < 4096) INTERNED.set(text, text);
  return text;
}

/**
 * Reads the line that starts at `start`; `end` is its newline. Returns the area, or the reason why it is none.
 */
export function parseMapsLine(bytes: Uint8Array, start: number, end: number): MapsArea | string {
  let p = scanHex(bytes, start);
  const from = VALUE[0]!;
  if (p < 0 || bytes[p] !== 0x2d /* - */) return "not a line of maps: no address range";
  p = scanHex(bytes, p + 1);
  const to = VALUE[0]!;
  if (p < 0 || bytes[p] !== 0x20) return "not a line of maps: no address range";
  if (from >= to) return "the area is empty or ends before it begins";
  if (from % 4096 !== 0 || to % 4096 !== 0) return "the area's bounds are not page aligned";
  const permissions = decodeText(bytes.subarray(p + 1, p + 5));
  if (!/^[r-][w-][x-][ps]$/.test(permissions) || bytes[p + 5] !== 0x20)
    return "not a line of maps: no permissions";
  p = scanHex(bytes, p + 6);
  const offset = VALUE[0]!;
  if (p < 0 || bytes[p] !== 0x20) return "not a line of maps: no offset";
  const deviceStart = p + 1;
  p = scanHex(bytes, deviceStart);
  if (p < 0 || bytes[p] !== 0x3a /* : */) return "not a line of maps: no device";
  p = scanHex(bytes, p + 1);
  if (p < 0 || bytes[p] !== 0x20) return "not a line of maps: no device";
  const device = intern(decodeText(bytes.subarray(deviceStart, p)));
  const inodeStart = p + 1;
  p = scanDecimal(bytes, inodeStart);
  if (p < 0 || (bytes[p] !== 0x20 && bytes[p] !== 10)) return "not a line of maps: no inode";
  const inode =
    VALUE[0]! <= Number.MAX_SAFE_INTEGER ? VALUE[0]! : BigInt(decodeText(bytes.subarray(inodeStart, p)));
  while (bytes[p] === 0x20) p++;
  const name = p >= end ? "" : decodeText(bytes.subarray(p, end)).replaceAll("\\012", "\n");
  return { start: from, end: to, permissions: intern(permissions), offset, device, inode, name };
}

/** `value` as /proc prints addresses: hexadecimal, at least eight digits. Exact for page multiples up to 2^64. */
export function formatAddress(value: number): string {
  return value.toString(16).padStart(8, "0");
}

/** The line of maps (and the first of smaps) for `area`, without its newline. Encode it with encodeText. */
export function formatMapsLine(area: MapsArea): string {
  const { start, end, permissions, offset, device, inode } = area;
  const range = `${formatAddress(start)}-${formatAddress(end)}`;
  const fields = `${range} ${permissions} ${formatAddress(offset)} ${device} ${inode} `;
  if (area.name === "") return fields;
  return fields.padEnd(NAME_COLUMN) + area.name.replaceAll("\n", "\\012");
}

/** A whole maps file. */
export function formatMaps(areas: Iterable<MapsArea>): Uint8Array {
  let text = "";
  for (const area of areas) text += `${formatMapsLine(area)}\n`;
  return encodeText(text);
}

/** Keeps the order of areas: each must begin where the one before ends, or later. */
export class AreaOrder {
  #lastEnd = 0;
  #lastStart = 0;

  /** The reason why `area` cannot come next, or null. */
  check(area: { readonly start: number; readonly end: number }): string | null {
    if (area.start < this.#lastEnd) {
      const range = `${formatAddress(area.start)}-${formatAddress(area.end)}`;
      const last = `${formatAddress(this.#lastStart)}-${formatAddress(this.#lastEnd)}`;
      return area.end <= this.#lastStart
        ? `the area ${range} is out of order, behind ${last}`
        : `the area ${range} overlaps the one before, ${last}`;
    }
    this.#lastStart = area.start;
    this.#lastEnd = area.end;
    return null;
  }
}

export interface ProcOptions {
  /** Name for messages. */
  readonly file?: string;
}

/**
 * Reads maps as a stream: push chunks, then end. Throws InputError (file, line, reason) for anything that is not a
 * line of maps, and for areas that overlap or are out of order.
 */
export class MapsReader {
  readonly #onArea: (area: MapsArea, line: number) => void;
  readonly #file: string | undefined;
  readonly #order = new AreaOrder();
  readonly #lines: ByteLines;
  #line = 0;

  constructor(onArea: (area: MapsArea, line: number) => void, options: ProcOptions = {}) {
    this.#onArea = onArea;
    this.#file = options.file;
    this.#lines = new ByteLines({
      region: (bytes, start, end) => this.#region(bytes, start, end),
      overlong: () => this.#fail("the line is longer than a line of maps can be", this.#line + 1),
    });
  }

  /** Reads the complete lines so far. */
  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  /** Reads the last line. */
  end(): void {
    this.#lines.end();
  }

  #region(bytes: Uint8Array, start: number, end: number): void {
    let p = start;
    while (p < end) {
      const newline = bytes.indexOf(10, p);
      this.#line += 1;
      const area = parseMapsLine(bytes, p, newline);
      if (typeof area === "string") this.#fail(`${area}: ${preview(bytes, p, newline)}`);
      const disorder = this.#order.check(area);
      if (disorder !== null) this.#fail(disorder);
      this.#onArea(area, this.#line);
      p = newline + 1;
    }
  }

  #fail(reason: string, line: number = this.#line): never {
    throw new InputError(this.#file, line, reason);
  }
}

/** The beginning of a line, for a message. */
export function preview(bytes: Uint8Array, start: number, end: number): string {
  return `"${quoteForMessage(decodeText(bytes.subarray(start, Math.min(end, start + 60))))}"`;
}

/** All areas of a maps file. Throws InputError as MapsReader does. */
export function parseMaps(content: Uint8Array | string, options: ProcOptions = {}): MapsArea[] {
  const areas: MapsArea[] = [];
  const reader = new MapsReader((area) => areas.push(area), options);
  reader.push(typeof content === "string" ? encodeText(content) : content);
  reader.end();
  return areas;
}

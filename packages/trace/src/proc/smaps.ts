/** /proc/PID/smaps (and smaps_rollup): read and written, byte for byte, whatever fields the kernel prints. */

import { parseVmFlags } from "@vma/core";
import { ByteLines } from "../byte-lines.js";
import { InputError } from "../input-error.js";
import { scanDecimal, VALUE } from "../scan-number.js";
import { decodeText, encodeText } from "../text.js";
import {
  AreaOrder,
  formatMapsLine,
  type MapsArea,
  type ProcOptions,
  parseMapsLine,
  preview,
} from "./maps.js";

/** One field that every area of a file has. */
export interface SmapsField {
  /** "Rss", "THPeligible", "VmFlags". */
  readonly name: string;
  /** "kB", "" for a bare number, "text" for anything else (VmFlags, Android's Name). */
  readonly unit: "kB" | "" | "text";
}

/** The fields of an area in order; areas of one kernel share one object. */
export type SmapsLayout = readonly SmapsField[];

/** What VmFlags says. */
export interface SmapsFlags {
  /** Codes as printed, separated by blanks: "rd wr mr mw me ac". */
  readonly text: string;
  /** VM_ bits 0 to 31 and 32 to 63, as the engine keeps them. */
  readonly flags: number;
  readonly flagsHigh: number;
  /** Codes that have no bit in the engine. */
  readonly unknown: readonly string[];
}

/** One area of smaps. */
export interface SmapsArea extends MapsArea {
  readonly layout: SmapsLayout;
  /**
   * One value for each field of the layout, in its unit. Sizes are in kB, as printed; text is what stands behind the
   * colon, blanks included (VmFlags apart).
   */
  readonly values: readonly (number | string)[];
  /** VmFlags, or null where the kernel prints none. Areas with equal flags share one object. */
  readonly vmFlags: SmapsFlags | null;
}

const FIELD_WIDTH = 16;
const VALUE_WIDTH = 8;
const MAX_SHARED = 10_000;
const VM_FLAGS = "VmFlags";

/** The value of a field, or undefined when the area has no such field. */
export function smapsValue(area: SmapsArea, name: string): number | string | undefined {
  const index = area.layout.findIndex((field) => field.name === name);
  const value = index < 0 ? undefined : area.values[index];
  return typeof value === "string" ? value.trim() : value;
}

function formatField(field: SmapsField, value: number | string): string {
  const name = `${field.name}:`;
  if (field.name === VM_FLAGS) return `${name} ${value === "" ? "" : `${value} `}`;
  if (field.unit === "text") return name + value;
  const number = name.padEnd(FIELD_WIDTH) + String(value).padStart(VALUE_WIDTH);
  return field.unit === "kB" ? `${number} kB` : number;
}

/** The lines of one area, each with its newline. Encode with encodeText. */
export function formatSmapsArea(area: SmapsArea): string {
  let text = `${formatMapsLine(area)}\n`;
  area.layout.forEach((field, index) => {
    text += `${formatField(field, area.values[index] ?? 0)}\n`;
  });
  return text;
}

/** A whole smaps file, in pieces of one area. */
export function* formatSmaps(areas: Iterable<SmapsArea>): Generator<Uint8Array> {
  for (const area of areas) yield encodeText(formatSmapsArea(area));
}

interface OpenArea {
  readonly head: MapsArea;
  readonly line: number;
  fields: SmapsField[];
  values: (number | string)[];
  vmFlags: SmapsFlags | null;
}

/**
 * Reads smaps as a stream: push chunks, then end. Memory does not grow with the number of areas. Throws InputError
 * (file, line, reason) for anything that is not a line of smaps, and for areas that overlap or are out of order.
 */
export class SmapsReader {
  readonly #onArea: (area: SmapsArea, line: number) => void;
  readonly #file: string | undefined;
  readonly #order = new AreaOrder();
  readonly #lines: ByteLines;
  readonly #flags: Map<string, SmapsFlags> = new Map();
  #line = 0;
  #open: OpenArea | null = null;
  /** Layout of the last area; `#layoutBytes` are its field names with their colons. */
  #layout: SmapsLayout = [];
  #layoutBytes: Uint8Array[] = [];

  constructor(onArea: (area: SmapsArea, line: number) => void, options: ProcOptions = {}) {
    this.#onArea = onArea;
    this.#file = options.file;
    this.#lines = new ByteLines({
      region: (bytes, start, end) => this.#region(bytes, start, end),
      overlong: () => this.#fail("the line is longer than a line of smaps can be", this.#line + 1),
    });
  }

  /** Reads the complete lines so far. */
  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  /** Reads the last line and hands out the last area. */
  end(): void {
    this.#lines.end();
    this.#finishArea();
  }

  #region(bytes: Uint8Array, start: number, end: number): void {
    let p = start;
    while (p < end) {
      const newline = bytes.indexOf(10, p);
      this.#line += 1;
      const c = bytes[p]!;
      // Addresses begin with a lower-case hexadecimal digit, field names with a capital letter.
      if (c >= 0x41 && c <= 0x5a) this.#readField(bytes, p, newline);
      else this.#readHead(bytes, p, newline);
      p = newline + 1;
    }
  }

  #readHead(bytes: Uint8Array, start: number, end: number): void {
    this.#finishArea();
    const head = parseMapsLine(bytes, start, end);
    if (typeof head === "string")
      this.#fail(`${head.replace("maps", "smaps")}: ${preview(bytes, start, end)}`);
    const disorder = this.#order.check(head);
    if (disorder !== null) this.#fail(disorder);
    this.#open = { head, line: this.#line, fields: [], values: [], vmFlags: null };
  }

  #readField(bytes: Uint8Array, start: number, end: number): void {
    const open = this.#open;
    if (open === null) this.#fail(`a field before the first area: ${preview(bytes, start, end)}`);
    const index = open.fields.length;
    let field = this.#layout[index];
    let p = start;
    const expected = this.#layoutBytes[index];
    if (field !== undefined && expected !== undefined) {
      while (p - start < expected.length && bytes[p] === expected[p - start]) p++;
      if (p - start < expected.length) field = undefined;
    } else field = undefined;
    if (field === undefined || field.unit === "text") {
      if (field === undefined || field.name !== VM_FLAGS) this.#readNewField(open, bytes, start, end);
      else this.#readFlags(open, field, decodeText(bytes.subarray(p, end)));
      return;
    }
    while (bytes[p] === 0x20) p++;
    p = scanDecimal(bytes, p);
    const behind = p < 0 ? -1 : field.unit === "kB" ? p + 3 : p;
    if (behind !== end) {
      this.#readNewField(open, bytes, start, end);
      return;
    }
    open.fields.push(field);
    open.values.push(VALUE[0]!);
  }

  /** A field that is not where it was in the area before, or that is text. */
  #readNewField(open: OpenArea, bytes: Uint8Array, start: number, end: number): void {
    const line = decodeText(bytes.subarray(start, end));
    const match = /^([A-Z][A-Za-z0-9_]*):(.*)$/s.exec(line);
    if (match === null) this.#fail(`not a field of smaps: ${preview(bytes, start, end)}`);
    if (open.fields.length > 200) this.#fail("the area has more than 200 fields");
    const name = match[1]!;
    const rest = match[2]!;
    if (name === VM_FLAGS) {
      this.#readFlags(open, { name, unit: "text" }, rest);
      return;
    }
    const number = /^ *(\d{1,15})( kB)?$/.exec(rest);
    if (number !== null) {
      open.fields.push({ name, unit: number[2] === undefined ? "" : "kB" });
      open.values.push(Number(number[1]));
      return;
    }
    open.fields.push({ name, unit: "text" });
    open.values.push(rest);
  }

  #readFlags(open: OpenArea, field: SmapsField, text: string): void {
    let flags = this.#flags.get(text);
    if (flags === undefined) {
      const trimmed = text.trim();
      flags = { text: trimmed, ...parseVmFlags(trimmed) };
      if (this.#flags.size < MAX_SHARED) this.#flags.set(text, flags);
    }
    open.vmFlags = flags;
    open.fields.push(field);
    open.values.push(flags.text);
  }

  #finishArea(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    if (!sameLayout(this.#layout, open.fields)) {
      this.#layout = open.fields;
      this.#layoutBytes = open.fields.map((field) => encodeText(`${field.name}:`));
    }
    const { head, values, vmFlags } = open;
    // Written out: a spread costs a third of the reading time.
    const { start, end, permissions, offset, device, inode, name } = head;
    const layout = this.#layout;
    this.#onArea(
      { start, end, permissions, offset, device, inode, name, layout, values, vmFlags },
      open.line,
    );
  }

  #fail(reason: string, line: number = this.#line): never {
    throw new InputError(this.#file, line, reason);
  }
}

function sameLayout(a: SmapsLayout, b: SmapsLayout): boolean {
  return (
    a.length === b.length &&
    a.every(
      (field, index) =>
        field === b[index] || (field.name === b[index]!.name && field.unit === b[index]!.unit),
    )
  );
}

/** All areas of a smaps file. Throws InputError as SmapsReader does. */
export function parseSmaps(content: Uint8Array | string, options: ProcOptions = {}): SmapsArea[] {
  const areas: SmapsArea[] = [];
  const reader = new SmapsReader((area) => areas.push(area), options);
  reader.push(typeof content === "string" ? encodeText(content) : content);
  reader.end();
  return areas;
}

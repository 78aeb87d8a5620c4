/** The fault reader: a bundle's fault file, perf script or ftrace text, told apart by the first line. */

import { ByteLines } from "../byte-lines.js";
import { InputError } from "../input-error.js";
import { preview } from "../proc/maps.js";
import { scanDecimal, scanFraction, scanHex, scanNumber, VALUE } from "../scan-number.js";
import { decodeText } from "../text.js";
import { parseFtraceLine } from "./ftrace.js";
import { parsePerfLine } from "./perf-trace.js";
import { type FaultHandler, FaultRecord, type FaultTotals, MapRecord, shiftTime } from "./record.js";

/** Text formats of fault traces. */
export type FaultFormat = "bundle" | "perf" | "ftrace";

export interface FaultOptions {
  /** Name for messages. */
  readonly file?: string;
  /** Told apart by the first line that is neither blank nor a comment, when not given. */
  readonly format?: FaultFormat;
  /** Added to every time: from the tracer's clock to the clock of the strace output. */
  readonly timeOffset?: { readonly seconds: number; readonly nanoseconds: number };
}

/**
 * Reads a fault trace as a stream: push chunks, then end. Records come in the order of the lines. Throws InputError
 * (file, line, reason) for anything that is not of the format.
 */
export class FaultReader {
  readonly totals: FaultTotals = { lines: 0, faults: 0, maps: 0, ignored: 0, lost: 0 };
  readonly #handler: FaultHandler;
  readonly #file: string | undefined;
  readonly #offset: { readonly seconds: number; readonly nanoseconds: number } | undefined;
  readonly #lines: ByteLines;
  readonly #fault = new FaultRecord();
  readonly #map = new MapRecord();
  #format: FaultFormat | null;

  constructor(handler: FaultHandler, options: FaultOptions = {}) {
    this.#handler = handler;
    this.#file = options.file;
    this.#format = options.format ?? null;
    this.#offset = options.timeOffset;
    this.#lines = new ByteLines({
      region: (bytes, start, end) => this.#region(bytes, start, end),
      overlong: () => {
        this.totals.lines += 1;
        this.#fail("the line is longer than a line of a fault trace can be");
      },
    });
  }

  /** The format, once known. */
  get format(): FaultFormat | null {
    return this.#format;
  }

  /** Reads the complete lines so far. */
  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  /** Reads the last line. */
  end(): FaultTotals {
    this.#lines.end();
    return this.totals;
  }

  #region(bytes: Uint8Array, start: number, end: number): void {
    let p = start;
    while (p < end) {
      const newline = bytes.indexOf(10, p);
      this.totals.lines += 1;
      this.#readLine(bytes, p, newline);
      p = newline + 1;
    }
  }

  #readLine(bytes: Uint8Array, start: number, end: number): void {
    if (this.#format === "bundle") {
      this.#readBundleLine(bytes, start, end);
      return;
    }
    const line = decodeText(bytes.subarray(start, end));
    if (this.#format === null) {
      this.#format = detectFormat(line);
      if (this.#format === "bundle") {
        this.#readBundleLine(bytes, start, end);
        return;
      }
      if (this.#format === null && (line.trim() === "" || line.startsWith("#"))) {
        this.totals.ignored += 1;
        return;
      }
    }
    const kind =
      this.#format === "ftrace"
        ? parseFtraceLine(line, this.#fault)
        : parsePerfLine(line, this.#fault, this.#map);
    if (kind === null) this.#fail(`not a line of a fault trace: ${preview(bytes, start, end)}`);
    if (kind === "fault") this.#emitFault();
    else if (kind === "map") this.#emitMap();
    else {
      this.totals.ignored += 1;
      if (typeof kind === "object") this.totals.lost += kind.lost;
    }
  }

  /** `F time pid tid address code u|k` or `M time pid tid start length offset permissions file`. */
  #readBundleLine(bytes: Uint8Array, start: number, end: number): void {
    const letter = bytes[start]!;
    if (start === end) {
      this.totals.ignored += 1;
      return;
    }
    if ((letter !== 0x46 /* F */ && letter !== 0x4d) /* M */ || bytes[start + 1] !== 0x20) {
      this.#fail(`not a line of a fault file: ${preview(bytes, start, end)}`);
    }
    const record = letter === 0x46 ? this.#fault : this.#map;
    let p = scanDecimal(bytes, start + 2);
    record.seconds = VALUE[0]!;
    if (p > 0 && bytes[p] === 0x2e /* . */) {
      p = scanFraction(bytes, p + 1);
      record.nanoseconds = VALUE[0]!;
    } else record.nanoseconds = 0;
    p = this.#number(bytes, p, end);
    record.pid = VALUE[0]!;
    p = this.#number(bytes, p, end);
    record.tid = VALUE[0]!;
    p = this.#number(bytes, p, end);
    if (letter === 0x46) this.#readFault(bytes, p, end);
    else this.#readMap(bytes, p, end);
  }

  #readFault(bytes: Uint8Array, position: number, end: number): void {
    const fault = this.#fault;
    fault.address = VALUE[0]!;
    let p = position + 1;
    if (bytes[p] === 0x3f /* ? */) {
      fault.errorCode = -1;
      p += 1;
    } else {
      p = scanHex(bytes, p);
      fault.errorCode = VALUE[0]!;
    }
    const side = p < 0 ? 0 : bytes[p + 1]!;
    if (p + 2 !== end || bytes[p] !== 0x20 || (side !== 0x75 /* u */ && side !== 0x6b) /* k */) {
      this.#fail("the page fault is cut short");
    }
    fault.fromKernel = side === 0x6b;
    this.#emitFault();
  }

  #readMap(bytes: Uint8Array, position: number, end: number): void {
    const map = this.#map;
    map.start = VALUE[0]!;
    let p = this.#number(bytes, position, end);
    map.length = VALUE[0]!;
    p = this.#number(bytes, p, end);
    map.offset = VALUE[0]!;
    map.permissions = decodeText(bytes.subarray(p + 1, p + 5));
    if (p + 6 > end || bytes[p + 5] !== 0x20) this.#fail("the mapping is cut short");
    map.file = decodeText(bytes.subarray(p + 6, end));
    this.#emitMap();
  }

  /** The number behind the blank at `position`, into VALUE. */
  #number(bytes: Uint8Array, position: number, end: number): number {
    const p = position < 0 || bytes[position] !== 0x20 ? -1 : scanNumber(bytes, position + 1);
    if (p < 0 || p > end) this.#fail("a number is missing");
    return p;
  }

  #emitFault(): void {
    this.totals.faults += 1;
    if (this.#offset !== undefined) shiftTime(this.#fault, this.#offset);
    this.#handler.fault(this.#fault);
  }

  #emitMap(): void {
    this.totals.maps += 1;
    if (this.#offset !== undefined) shiftTime(this.#map, this.#offset);
    this.#handler.map?.(this.#map);
  }

  #fail(reason: string): never {
    throw new InputError(this.#file, this.totals.lines, reason);
  }
}

function detectFormat(line: string): FaultFormat | null {
  if (/^[FM] \d/.test(line)) return "bundle";
  const scratch = new FaultRecord();
  if (line.startsWith("# tracer:") || parseFtraceLine(line, scratch) === "fault") return "ftrace";
  const perf = parsePerfLine(line, scratch, new MapRecord());
  return perf === null || (perf === "other" && (line.trim() === "" || line.startsWith("#"))) ? null : "perf";
}

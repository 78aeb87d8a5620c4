/** /proc/PID/numa_maps: read and written, byte for byte. The only place where /proc shows an area's memory policy. */

import { ByteLines } from "../byte-lines.js";
import { InputError } from "../input-error.js";
import { scanHex, VALUE } from "../scan-number.js";
import { decodeText, encodeText } from "../text.js";
import { formatAddress, type ProcOptions, preview } from "./maps.js";

/** One word behind the policy: a count ("anon", 3), a page size, or a bare word ("heap"). */
export interface NumaEntry {
  readonly name: string;
  /** null for a bare word: heap, stack, huge. */
  readonly value: number | null;
}

/** One line of numa_maps. */
export interface NumaArea {
  /** Address at which the area begins (bytes). numa_maps does not print where it ends. */
  readonly start: number;
  /** "default", "bind:0-1", "prefer (many):0". */
  readonly policy: string;
  /** The mapped file's path, escapes undone, or null. */
  readonly file: string | null;
  /** The other words in order: heap, stack, huge, anon, dirty, mapped, mapmax, active, N0, kernelpagesize_kB. */
  readonly entries: readonly NumaEntry[];
}

const ESCAPES: readonly (readonly [string, string])[] = [
  ["\\012", "\n"],
  ["\\011", "\t"],
  ["\\040", " "],
  ["\\075", "="],
];

/** Reads one line; returns the reason when it is none. */
function parseLine(bytes: Uint8Array, start: number, end: number): NumaArea | string {
  const p = scanHex(bytes, start);
  if (p < 0 || bytes[p] !== 0x20) return "not a line of numa_maps: no address";
  const address = VALUE[0]!;
  const words = decodeText(bytes.subarray(p + 1, end)).split(" ");
  // Two of the kernel's policy names hold a blank.
  let policy = words[0] ?? "";
  let next = 1;
  if ((policy === "prefer" && words[1]?.startsWith("(many)") === true) || policy === "weighted") {
    policy = `${policy} ${words[1] ?? ""}`;
    next = 2;
  }
  if (policy === "") return "not a line of numa_maps: no policy";
  let file: string | null = null;
  const entries: NumaEntry[] = [];
  for (; next < words.length; next++) {
    const word = words[next]!;
    const equals = word.indexOf("=");
    if (word.startsWith("file=") && file === null && entries.length === 0) {
      file = ESCAPES.reduce(
        (text, [escaped, character]) => text.replaceAll(escaped, character),
        word.slice(5),
      );
    } else if (equals < 0) {
      if (!/^[a-z]+$/.test(word)) return "not a line of numa_maps: an unknown word";
      entries.push({ name: word, value: null });
    } else {
      const value = word.slice(equals + 1);
      if (equals === 0 || !/^\d{1,15}$/.test(value)) return "not a line of numa_maps: a count is no number";
      entries.push({ name: word.slice(0, equals), value: Number(value) });
    }
  }
  return { start: address, policy, file, entries };
}

/** The line for `area`, without its newline. Encode with encodeText. */
export function formatNumaLine(area: NumaArea): string {
  let text = `${formatAddress(area.start)} ${area.policy}`;
  if (area.file !== null) {
    text += ` file=${ESCAPES.reduce((path, [escaped, character]) => path.replaceAll(character, escaped), area.file)}`;
  }
  for (const { name, value } of area.entries) text += value === null ? ` ${name}` : ` ${name}=${value}`;
  return text;
}

/** A whole numa_maps file. */
export function formatNumaMaps(areas: Iterable<NumaArea>): Uint8Array {
  let text = "";
  for (const area of areas) text += `${formatNumaLine(area)}\n`;
  return encodeText(text);
}

/** All areas of a numa_maps file. Throws InputError (file, line, reason) for anything else. */
export function parseNumaMaps(content: Uint8Array | string, options: ProcOptions = {}): NumaArea[] {
  const areas: NumaArea[] = [];
  let line = 0;
  let last = -1;
  const failure = (reason: string): InputError => new InputError(options.file, line, reason);
  const lines = new ByteLines({
    region(bytes, start, end): void {
      for (let p = start; p < end; ) {
        const newline = bytes.indexOf(10, p);
        line += 1;
        const area = parseLine(bytes, p, newline);
        if (typeof area === "string") throw failure(`${area}: ${preview(bytes, p, newline)}`);
        if (area.start <= last) throw failure(`the area at ${formatAddress(area.start)} is out of order`);
        last = area.start;
        areas.push(area);
        p = newline + 1;
      }
    },
    overlong(): void {
      line += 1;
      throw failure("the line is longer than a line of numa_maps can be");
    },
  });
  lines.push(typeof content === "string" ? encodeText(content) : content);
  lines.end();
  return areas;
}

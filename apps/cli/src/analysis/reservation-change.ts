/** Writing a trace anew so that its memory comes out of one reservation; one-reservation.ts says which lines. */

import { MAP_ANONYMOUS, MAP_FIXED, MAP_NORESERVE, MAP_PRIVATE } from "@vma/core";
import { AddedLines } from "./added-lines.js";
import type { PackedRanges, RangeSet } from "./range-set.js";

/** What a piece of the reservation is without rights. */
const RESERVED = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
/** A call to be written: numbers below are the recorded ones until they are placed. */
export interface NewCall {
  readonly name: string;
  /** Arguments; those that are addresses of moved memory are placed. */
  readonly args: readonly number[];
  /** "0", an errno's text, or an address. */
  readonly result: number | string;
}

/**
 * What becomes of a line: its addresses are placed; its mmap is committed inside the reservation; its munmap goes back
 * to it; or it is other calls, one a line. The first three need no memory of their own: a trace has millions of them.
 */
export type Edit = "place" | "commit" | "release" | readonly NewCall[];

/** A piece of the reservation without rights. Bytes, half-open. */
export function reserve(start: number, end: number): NewCall {
  return { name: "mmap", args: [start, end - start, 0, RESERVED, -1, 0], result: start };
}

const SIMPLE: readonly Edit[] = ["place", "commit", "release"];

/** Edits by line, a byte for most: a trace has a million lines. */
export class LineEdits {
  #kinds = new Uint8Array(1024);
  readonly #others: Map<number, readonly NewCall[]> = new Map();

  set(line: number, edit: Edit): void {
    if (line >= this.#kinds.length) {
      const kinds = new Uint8Array(Math.max(line + 1, this.#kinds.length * 2));
      kinds.set(this.#kinds);
      this.#kinds = kinds;
    }
    this.#kinds[line] = SIMPLE.indexOf(edit) + 1;
    if (typeof edit === "string") this.#others.delete(line);
    else this.#others.set(line, edit);
  }

  get(line: number): Edit | undefined {
    const kind = this.#kinds[line] ?? 0;
    return kind > 0 ? SIMPLE[kind - 1] : this.#others.get(line);
  }

  /** For each line that is added, the line it belongs to. */
  *added(): Generator<number> {
    for (const [line, calls] of this.#others) for (let more = calls.length; more > 1; more -= 1) yield line;
  }
}

/** mmap: length, rights and flags; descriptor and offset; result. */
const COMMITTED = /\bmmap\([^,]+, (.*)(, \S+, \S+\) += )(0x[0-9a-f]+)/;
/** munmap: address and length. */
const RELEASED = /\bmunmap\((0x[0-9a-f]+), (\S+)\) += 0\b/;
const PREFIX = /^(?:\[pid +\d+\] |\d+ +)?(?:[\d.:]+ )?/;

/** For each line that is written besides, the line of the recording it belongs to. */
function* addedLines(edits: LineEdits, first: ReadonlySet<number>): Generator<number> {
  yield* first;
  yield* edits.added();
}

/** Writes the lines anew. */
export class ReservationChange {
  changed = 0;
  readonly #edits: LineEdits;
  readonly #first: ReadonlySet<number>;
  readonly #placed: PackedRanges;
  readonly #others: RangeSet;
  readonly #added: AddedLines;
  #line = 0;

  constructor(edits: LineEdits, first: ReadonlySet<number>, placed: PackedRanges, others: RangeSet) {
    this.#edits = edits;
    this.#first = first;
    this.#placed = placed;
    this.#others = others;
    this.#added = new AddedLines(addedLines(edits, first));
  }

  /** Takes a line of the recording; returns the lines that take its place. */
  line(text: string): string {
    this.#line += 1;
    const edit = this.#edits.get(this.#line);
    if (edit === undefined) return text;
    this.changed += 1;
    const prefix = PREFIX.exec(text)?.[0] ?? "";
    const lines =
      typeof edit === "string"
        ? [this.#rewritten(edit, text)]
        : edit.map((call) => `${prefix}${this.#callText(call)}`);
    if (this.#first.has(this.#line)) {
      const { base, size } = this.#placed;
      lines.unshift(`${prefix}${this.#callText(reserve(base, base + size))}`);
    }
    return lines.join("\n");
  }

  #rewritten(edit: "place" | "commit" | "release", text: string): string {
    if (edit === "place") return text.replace(/0x[0-9a-f]{5,16}\b/g, (word) => this.#placeText(Number(word)));
    if (edit === "commit") {
      return text.replace(COMMITTED, (_, size: string, descriptor: string, result: string) => {
        const place = this.#placeText(Number(result));
        return `mmap(${place}, ${size}|${MAP_FIXED}${descriptor}${place}`;
      });
    }
    return text.replace(RELEASED, (_, start: string, length: string) => {
      const place = this.#placeText(Number(start));
      return `mmap(${place}, ${length}, 0, ${RESERVED}, -1, 0) = ${place}`;
    });
  }

  #placeText(value: number): string {
    return `0x${(this.#placed.place(value) ?? value).toString(16)}`;
  }

  #callText({ name, args, result }: NewCall): string {
    const words = args.map((value, index) =>
      value < 4096 || (index > 0 && index < 4) ? String(value) : this.#placeText(value),
    );
    return `${name}(${words.join(", ")}) = ${typeof result === "string" ? result : this.#placeText(result)}`;
  }

  /** Where a fault goes: to the place of the memory, and where that is open, to the old one as well. */
  faultsAt(address: number): readonly number[] {
    const place = this.#placed.place(address);
    if (place === null) return [address];
    return this.#others.has(address) ? [place, address] : [place];
  }

  /** Line of the changed trace for a line of the recording. */
  lineAfter(line: number): number {
    return this.#added.after(line);
  }

  /** Line of the recording that a line of the changed trace comes from. */
  lineBefore(line: number): number {
    return this.#added.before(line);
  }
}

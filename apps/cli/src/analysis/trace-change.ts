/** A recording with one change: the same trace with lines dropped, replaced or added, before it is replayed. */

import { MADV_GUARD_INSTALL, PAGE_SIZE, pageAlignUp } from "@vma/core";
import { encodeText, FaultReader, formatFault, type Recording } from "@vma/trace";

/** What becomes of a line: kept as it is, replaced (by several, with newlines between, as well), or dropped (null). */
export interface LineChange {
  /** Looks at a line without its newline. Lines come in order. */
  line(text: string): string | null;
  /** Lines changed or dropped so far. */
  readonly changed: number;
  /** Where a page fault at `address` goes; there when the change moves memory. */
  faultsAt?(address: number): readonly number[];
  /** Line of the changed trace for a line of the recording; there when the change adds lines. */
  lineAfter?(line: number): number;
}

const NEWLINE = 10;
/** Guards larger than this are reservations. */
const MAX_GUARD = 1024 * 1024;

/** Drops calls whose text matches. */
export class WithoutCalls implements LineChange {
  changed = 0;
  readonly #pattern: RegExp;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  line(text: string): string | null {
    if (!this.#pattern.test(text)) return text;
    this.changed += 1;
    return null;
  }
}

interface Reserved {
  readonly start: number;
  readonly end: number;
}

const MAP = /\bmmap\((?:NULL|0x[0-9a-f]+), (\d+), (PROT_NONE|0 \/\* PROT_NONE \*\/), .*\) += (0x[0-9a-f]+)/;
const PROTECT = /\bmprotect\((0x[0-9a-f]+), (\d+), (.*?)\) += 0\b/;

/** Whether the line maps anonymous memory without rights. */
function isReservation(text: string): boolean {
  return MAP.test(text) && /MAP_ANONYMOUS/.test(text);
}

/**
 * Thread stacks and the like are mapped without rights, and all but a guard at their lower end is then made writable.
 * Here they are mapped writable at once; the guard is a marker (MADV_GUARD_INSTALL) or nothing at all.
 *
 * A reservation is only known to be a stack once its mprotect comes, so the trace is looked at twice.
 */
export class GuardChange implements LineChange {
  changed = 0;
  readonly #install: boolean;
  /** Lines of mmap calls that turned out to be guarded memory. */
  readonly #stacks: ReadonlySet<number>;
  /** Lines of their mprotect calls, with the guard. */
  readonly #guards: ReadonlyMap<number, Reserved>;
  #line = 0;

  constructor(install: boolean, found: GuardSurvey) {
    this.#install = install;
    this.#stacks = found.stacks;
    this.#guards = found.guards;
  }

  line(text: string): string | null {
    this.#line += 1;
    if (this.#stacks.has(this.#line)) {
      return text.replace(/PROT_NONE|0 \/\* PROT_NONE \*\//, "PROT_READ|PROT_WRITE");
    }
    const guard = this.#guards.get(this.#line);
    if (guard === undefined) return text;
    this.changed += 1;
    if (!this.#install) return null;
    const length = guard.end - guard.start;
    const call = `madvise(0x${guard.start.toString(16)}, ${length}, ${MADV_GUARD_INSTALL}) = 0`;
    return text.replace(/mprotect\(.*?\) += 0\b/, call);
  }
}

/** The first look: which reservations are guarded memory. */
export class GuardSurvey implements LineChange {
  readonly changed = 0;
  readonly stacks: Set<number> = new Set();
  readonly guards: Map<number, Reserved> = new Map();
  readonly #open: Map<number, { readonly line: number; readonly end: number }> = new Map();
  #line = 0;

  line(text: string): string {
    this.#line += 1;
    const mapped = isReservation(text) ? MAP.exec(text) : null;
    if (mapped !== null) {
      const start = Number(mapped[3]);
      this.#open.set(start + pageAlignUp(Number(mapped[1])), { line: this.#line, end: start });
      return text;
    }
    const changed = PROTECT.exec(text);
    if (changed === null || !/PROT_WRITE/.test(changed[3] ?? "")) return text;
    const start = Number(changed[1]);
    const end = start + pageAlignUp(Number(changed[2]));
    const reservation = this.#open.get(end);
    if (reservation === undefined) return text;
    const guard = start - reservation.end;
    if (guard < PAGE_SIZE || guard > MAX_GUARD) return text;
    this.stacks.add(reservation.line);
    this.guards.set(this.#line, { start: reservation.end, end: start });
    this.#open.delete(end);
    return text;
  }
}

/** Chunks of whole lines, each line seen by `change`. A dropped line stays as an empty one, so that numbers hold. */
async function* changedTrace(
  chunks: AsyncIterable<Uint8Array>,
  change: LineChange,
): AsyncGenerator<Uint8Array> {
  let carry = Buffer.alloc(0);
  for await (const piece of chunks) {
    const chunk = Buffer.concat([carry, piece]);
    const last = chunk.lastIndexOf(NEWLINE);
    carry = chunk.subarray(last + 1);
    if (last < 0) continue;
    const lines = chunk.toString("latin1", 0, last).split("\n");
    yield Buffer.from(`${lines.map((line) => change.line(line) ?? "").join("\n")}\n`, "latin1");
  }
  if (carry.length > 0) yield Buffer.from(`${change.line(carry.toString("latin1")) ?? ""}\n`, "latin1");
}

/** Looks at every line of a recording's trace. */
export async function survey(recording: Recording, look: LineChange): Promise<void> {
  for await (const _ of changedTrace(recording.trace(), look));
}

/**
 * Page faults only: the kernel's own records of areas tell of what was, not of what would have been. In whatever format
 * they were, they come out as a bundle has them.
 */
async function* changedFaults(recording: Recording, change: LineChange | null): AsyncGenerator<Uint8Array> {
  let lines = "";
  const reader = new FaultReader(
    {
      fault: (record) => {
        const places = change?.faultsAt?.(record.address) ?? [record.address];
        for (const address of places) {
          record.address = address;
          lines += `${formatFault(record)}\n`;
        }
      },
    },
    { file: recording.faultsFile ?? recording.path },
  );
  const taken = (): Uint8Array => {
    const bytes = encodeText(lines);
    lines = "";
    return bytes;
  };
  for await (const chunk of recording.faults()) {
    reader.push(chunk);
    if (lines !== "") yield taken();
  }
  reader.end();
  if (lines !== "") yield taken();
}

/** The recording as it would be: its snapshots but those the replay starts from are left out, there is nothing to compare. */
export function changedRecording(recording: Recording, change: LineChange | null): Recording {
  const starts = recording.snapshots.filter((info) => info.kind === "start");
  const files = new Map(
    starts.map((info) => [{ ...info, line: change?.lineAfter?.(info.line) ?? info.line }, info]),
  );
  return {
    ...recording,
    snapshots: [...files.keys()],
    trace: () => (change === null ? recording.trace() : changedTrace(recording.trace(), change)),
    faults: () => changedFaults(recording, change),
    snapshot: (info) => recording.snapshot(files.get(info) ?? info),
  };
}

/** Calls of a trace by line number: a second look for the few lines that a report names. */

import { callText, type Recording, StraceReader } from "@vma/trace";
import { callKind } from "./call-kind.js";

/** One call: as text, and its kind. */
export interface NamedCall {
  readonly text: string;
  readonly kind: string;
}

/** The calls on these lines. Lines that hold no call are left out. */
export async function callsOnLines(
  recording: Recording,
  lines: ReadonlySet<number>,
): Promise<ReadonlyMap<number, NamedCall>> {
  const found = new Map<number, NamedCall>();
  if (lines.size === 0) return found;
  const reader = new StraceReader(
    {
      call: (record) => {
        if (lines.has(record.line))
          found.set(record.line, { text: callText(record), kind: callKind(record) });
        return undefined;
      },
    },
    { file: recording.traceFile },
  );
  for await (const chunk of recording.trace()) reader.push(chunk);
  reader.end();
  return found;
}

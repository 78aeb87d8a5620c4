/** Is what the engine shows after a step what the kernel showed? */

import type { CorpusArea, CorpusResult } from "./format.js";

/** Whether two answers of a call are the same. */
export function sameResult(a: CorpusResult, b: CorpusResult): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  if ("at" in a) return "at" in b && a.at === b.at && (a.bytes ?? 0) === (b.bytes ?? 0);
  return "brk" in b && a.brk === b.brk && (a.bytes ?? 0) === (b.bytes ?? 0);
}

/** Whether two areas are the same; a trailing name that is absent is null. */
export function sameArea(a: CorpusArea, b: CorpusArea): boolean {
  return (
    a[0] === b[0] &&
    a[1] === b[1] &&
    a[2] === b[2] &&
    a[3] === b[3] &&
    a[4] === b[4] &&
    a[5] === b[5] &&
    (a[6] ?? null) === (b[6] ?? null) &&
    a[7] === b[7]
  );
}

/** Whether two listings are the same. */
export function sameAreas(a: readonly CorpusArea[], b: readonly CorpusArea[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    if (!sameArea(a[i] as CorpusArea, b[i] as CorpusArea)) return false;
  }
  return true;
}

/** Whether two attachment counts are the same. */
export function sameAttachments(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

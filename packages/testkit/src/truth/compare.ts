/**
 * Comparing an outcome with the recorded one, field by field. What the rules cannot tell is left out by name
 * and counted, never guessed.
 */

import type { TruthOperation, TruthOutput } from "./format.js";

/** One field that differs. */
export interface Difference {
  /** Path in the output, such as `vmas[1].e`. */
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** Which engine's recording a line is of. */
export type TruthEngine = "6.12" | "legacy" | "legacy-mmap" | "6.18-early";

/**
 * The field the rules do not describe for this line, by name, or null: the iterator after shrink, after a direct
 * expansion, after a failed munmap and in the legacy files.
 */
export function notDescribed(engine: TruthEngine, op: TruthOperation, expected: TruthOutput): string | null {
  if (engine === "legacy" || engine === "legacy-mmap") return "iterator of the engine before the series";
  if (op === "shrink") return "iterator after shrink";
  if (op === "expand") return "iterator after a direct expansion";
  if (op === "munmap" && expected.ret !== 0) return "iterator after a failed munmap";
  return null;
}

function differ(found: Difference[], field: string, expected: unknown, got: unknown): void {
  if (expected === got) return;
  if (Array.isArray(expected) && Array.isArray(got)) {
    if (expected.every((item) => typeof item !== "object") && expected.join() !== got.join()) {
      found.push({ field, expected, got });
      return;
    }
    for (let i = 0; i < expected.length || i < got.length; i += 1) {
      differ(found, `${field}[${i}]`, expected[i], got[i]);
    }
    return;
  }
  if (isRecord(expected) && isRecord(got)) {
    for (const key in expected)
      differ(found, field === "" ? key : `${field}.${key}`, expected[key], got[key]);
    for (const key in got) {
      if (!(key in expected)) found.push({ field: `${field}.${key}`, expected: undefined, got: got[key] });
    }
    return;
  }
  found.push({ field, expected, got });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every field of `expected` that `got` does not have the same, and every one `got` has besides. */
export function compareOutput(expected: TruthOutput, got: TruthOutput, withIterator: boolean): Difference[] {
  const found: Difference[] = [];
  differ(
    found,
    "",
    withIterator ? expected : { ...expected, it: null },
    withIterator ? got : { ...got, it: null },
  );
  return found;
}

/** Compares what a joined line tells of each engine: the returned area, the areas and the count. */
export function compareResult(expected: TruthOutput, got: TruthOutput): Difference[] {
  const found: Difference[] = [];
  differ(found, "ret", expected.ret, got.ret);
  differ(found, "vmas", expected.vmas, got.vmas);
  differ(found, "cnt", expected.cnt, got.cnt);
  return found;
}

/** The areas an outcome marked for writing, sorted, as one text. */
export function markedAreas(output: TruthOutput): string {
  const marked = new Set<string>();
  for (const event of output.ev ?? []) if (event.startsWith("W:")) marked.add(event.slice(2));
  return [...marked].sort().join(" ");
}

// Says that a rare branch is taken by what a test does.
import { expect } from "vitest";
import { onMark } from "../../src/mark.js";

/** Runs `body` and expects it to take the branch that the mark names. Returns what it returns. */
export function hits<T>(name: string, body: () => T): T {
  const seen = new Set<string>();
  const before = onMark((mark) => seen.add(mark));
  try {
    return body();
  } finally {
    onMark(before);
    expect([...seen]).toContain(name);
  }
}

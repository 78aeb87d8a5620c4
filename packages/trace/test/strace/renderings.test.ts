/** The same program traced in five ways: each rendering means the same calls. */

import { describe, expect, it } from "vitest";
import { accountedLines, type PlainCall, readTrace, testData } from "../support/read-trace.js";

/** Calls without what differs between two runs: addresses, thread ids, segment ids and times. */
function shape({ calls }: { calls: PlainCall[] }): string[] {
  const ids = new Map<number, number>();
  const stable = (value: number): string => {
    if (Number.isNaN(value)) return "-";
    if (value < 2 ** 32) return String(value);
    // Large numbers are addresses: told apart by the order in which they appear.
    const known = ids.get(value) ?? ids.size;
    ids.set(value, known);
    return `#${known}`;
  };
  const byRun = new Set(["shmget", "shmat", "shmctl", "clone", "clone3", "vfork", "fork", "brk", "io_setup"]);
  return calls.map(({ name, args, result, text, fdPath }) => {
    const shown = byRun.has(name)
      ? []
      : args.map((arg) => (arg > 2 ** 40 && arg < 2 ** 48 ? "address" : stable(arg)));
    const outcome = typeof result === "number" && (result > 4096 || byRun.has(name)) ? "value" : result;
    return `${name}(${shown.join(", ")}) ${text ?? ""} ${fdPath ?? ""} = ${outcome}`;
  });
}

describe("renderings of one program", () => {
  const abbreviated = readTrace(testData("all-calls.abbrev.strace"));
  const verbose = readTrace(testData("all-calls.verbose.strace"));
  const raw = readTrace(testData("all-calls.raw.strace"));

  it("leave no line unparsed", () => {
    for (const name of ["abbrev", "verbose", "raw", "terminal", "everything"]) {
      const { totals } = readTrace(testData(`all-calls.${name}.strace`));
      expect(totals.firstUnparsed).toEqual([]);
      expect(accountedLines(totals)).toBe(totals.lines);
      expect(totals.used).toBeGreaterThan(100);
    }
  });

  it("say the same with names, with both, and with numbers only", () => {
    const expected = shape(abbreviated).sort();
    expect(shape(verbose).sort()).toEqual(expected);
    expect(shape(raw).sort()).toEqual(expected);
  });

  it("hold every call the reader knows of that strace can name", () => {
    const names = new Set(abbreviated.calls.map(({ name }) => name));
    for (const name of [
      "mmap",
      "mremap",
      "mbind",
      "io_setup",
      "mseal",
      "process_madvise",
      "pkey_mprotect",
      "openat2",
      "clone3",
    ]) {
      expect(names).toContain(name);
    }
  });

  it("know their clocks", () => {
    expect(abbreviated.timeKind).toBe("unix");
    expect(readTrace(testData("all-calls.terminal.strace")).timeKind).toBe("none");
    expect(readTrace(testData("all-calls.everything.strace")).timeKind).toBe("clock");
  });
});

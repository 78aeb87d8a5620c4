/** Line numbers before and after lines were added, against a trace written out line by line. */

import { describe, expect, it } from "vitest";
import { AddedLines } from "../src/analysis/added-lines.js";

/** For each line of the new trace, from its first, the line of the recording that it belongs to. */
function written(lines: number, added: readonly number[]): number[] {
  return Array.from({ length: lines }, (_, index) => index + 1).flatMap((line) => [
    line,
    ...added.filter((own) => own === line),
  ]);
}

describe("added lines", () => {
  it.each([
    { of: "none", added: [] },
    { of: "one behind the first line", added: [1] },
    { of: "some in no order, several of one line", added: [5, 2, 5, 9, 5, 2] },
    { of: "some of each line", added: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 1, 12] },
    { of: "some behind the last line alone", added: [12, 12, 12] },
  ])("are counted as they stand: $of", ({ added }) => {
    const trace = written(12, added);
    const numbers = new AddedLines(added);
    const all = trace.map((_, index) => index + 1);
    expect(all.map((line) => numbers.before(line))).toEqual(trace);
    for (let line = 1; line <= 12; line += 1) expect(numbers.after(line)).toBe(trace.indexOf(line) + 1);
  });

  it("leave alone what comes before the first line: a start from which no line has been read", () => {
    const numbers = new AddedLines([1, 1]);
    expect([numbers.after(0), numbers.before(0)]).toEqual([0, 0]);
  });
});

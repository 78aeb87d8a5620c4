/** Tables, amounts and escapes: what every text output is made of. */

import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { bytes, count, duration, percent } from "../src/output/amount.js";
import { safe, safeJson } from "../src/output/escape.js";
import { displayWidth, table } from "../src/output/table.js";
import { growth, sampleText } from "../src/output/text/watch.js";
import { Terminal } from "../src/terminal.js";

function terminalOf(columns: number): Terminal {
  const stream = { write: () => true, isTTY: true, columns };
  return new Terminal({ stdout: stream, stderr: stream, stdin: Readable.from([]), env: { NO_COLOR: "1" } });
}

describe("tables", () => {
  const columns = [
    { title: "n", align: "right" as const },
    { title: "name", shrinkTo: 6 },
    { title: "why", shrinkTo: 8 },
  ];
  const rows = [
    ["12,345", "a name that is long", "and a reason that is longer still"],
    ["1", "short", "x"],
  ];

  it("are as wide as they need to be when there is room", () => {
    expect(table(columns, rows, terminalOf(200)).split("\n")[1]).toBe(
      "12,345  a name that is long  and a reason that is longer still",
    );
  });

  it.each([60, 64, 70])("fit into %i columns", (width) => {
    const lines = table(columns, rows, terminalOf(width)).trimEnd().split("\n");
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    expect(lines.join("\n")).toContain(width < 62 ? "…" : "12,345");
  });

  it("count wide characters twice and colours not at all", () => {
    expect(displayWidth("\u{1F600}x")).toBe(3);
    expect(displayWidth(`${String.fromCharCode(27)}[31mred${String.fromCharCode(27)}[39m`)).toBe(3);
  });
});

describe("amounts", () => {
  it("never round something to nothing, or most to all", () => {
    expect(percent(1, 65530)).toBe("< 0.1 %");
    expect(percent(65529, 65530)).toBe("> 99.9 %");
    expect(percent(65530, 65530)).toBe("100.0 %");
    expect(percent(0, 65530)).toBe("0.0 %");
  });

  it("are easy to read", () => {
    expect([count(65530), bytes(4096), bytes(1536 * 1024), bytes(2 ** 47)]).toEqual([
      "65,530",
      "4 KiB",
      "1.5 MiB",
      "128 TiB",
    ]);
    expect([duration(3), duration(600), duration(86400 * 3)]).toEqual(["3.0 s", "10 min", "3 days"]);
  });
});

describe("escapes", () => {
  it("leave letters of every script and emoji alone", () => {
    expect(safe("grün 日本 \u{1F600}")).toBe("grün 日本 \u{1F600}");
  });

  it("make JSON printable without changing it", () => {
    const value = { text: "\u009b31m\u202e\u2028\u0007" };
    const text = safeJson(value);
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe("the line of --watch", () => {
  const at = (seconds: number, areas: number): { time: number; areas: number; limit: number } => ({
    time: Date.UTC(2026, 0, 1, 12) + seconds * 1000,
    areas,
    limit: 1000,
  });

  it("tells the rate and the time to the limit", () => {
    expect(growth([at(0, 100), at(10, 200)])).toBe(10);
    expect(sampleText([at(0, 100), at(10, 200)], terminalOf(80))).toBe(
      "12:00:10  200 areas (20.0 %)  +600 areas/min  limit in 80 s\n",
    );
  });

  it("promises nothing when nothing grows", () => {
    expect(sampleText([at(0, 200), at(10, 200)], terminalOf(80))).toContain("not growing");
    expect(sampleText([at(0, 900), at(10, 1000)], terminalOf(80))).toContain("the limit is reached");
    expect(sampleText([at(0, 200)], terminalOf(80))).toContain("rate from the next sample on");
  });
});

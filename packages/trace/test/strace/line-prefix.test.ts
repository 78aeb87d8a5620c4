/** What stands before a call: the same whatever the lines before it were. */

import { describe, expect, it } from "vitest";
import { PrefixReader } from "../../src/strace/line-prefix.js";
import { encodeText } from "../../src/text.js";

/** What one prefix tells: the text behind it, thread and time. */
function read(reader: PrefixReader, lines: readonly string[], index: number): unknown[] {
  const bytes = encodeText(`${lines.join("\n")}\n`);
  reader.attach(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  const start = encodeText(lines.slice(0, index).join("\n")).length + (index > 0 ? 1 : 0);
  const end = reader.read(bytes, start);
  const { pid, seconds, nanoseconds } = reader;
  return [lines[index]!.slice(end - start), pid, seconds, nanoseconds];
}

const ABSOLUTE = [
  "4711 1795380000.000111 brk(NULL) = 0x5000",
  "4711 1795380000.000112 brk(NULL) = 0x5000",
  "4711 1795380001.999999 brk(NULL) = 0x5000",
  "4712 1795380001.999999 brk(NULL) = 0x5000",
  "471 1795380001.999999 brk(NULL) = 0x5000",
  "1795380001.999999 brk(NULL) = 0x5000",
  "1795380001.888888 brk(NULL) = 0x5000",
  "1795380001.12345 brk(NULL) = 0x5000",
  "1795380001.123456789 brk(NULL) = 0x5000",
  "1795380001.12345x brk(NULL) = 0x5000",
  "1795380001.123456(brk(NULL) = 0x5000",
  "1795380001 brk(NULL) = 0x5000",
  "1795380002 brk(NULL) = 0x5000",
  "[pid  4711] 1795380001.000001 brk(NULL) = 0x5000",
  "[pid  4711] 1795380001.000002 [  12] brk(NULL) = 0x5000",
  "[pid  4711] 1795380001.000003 (+     0.000001) brk(NULL) = 0x5000",
  "[pid  4712] 1795380001.000003 brk(NULL) = 0x5000",
  "4711<a command> 1795380001.000004 brk(NULL) = 0x5000",
  "4711<a command whose name is very long> 1795380001.000004 brk(NULL) = 0x5000",
  "4711<a command whose name is very long> 1795380001.000005 brk(NULL) = 0x5000",
  "4711 1795380001.000006 ",
];

describe("the prefix of a line", () => {
  it("with a time since 1970 means the same behind every other line", () => {
    const last = ABSOLUTE.length;
    for (let before = 0; before < last; before++) {
      for (let index = 0; index < last; index++) {
        const reader = new PrefixReader();
        const lines = [ABSOLUTE[before]!, ABSOLUTE[index]!, " ".repeat(100)];
        read(reader, lines, 0);
        const [text, pid, seconds, nanoseconds] = read(reader, lines, 1);
        const alone = new PrefixReader();
        const expected = read(alone, [ABSOLUTE[index]!], 0);
        expect([text, pid]).toEqual(expected.slice(0, 2));
        // A line whose time is not understood leaves the clock where it is.
        if (alone.kind === "unix") expect([seconds, nanoseconds]).toEqual(expected.slice(2));
      }
    }
  });

  it("reads the same when the bytes end behind the line", () => {
    const reader = new PrefixReader();
    const lines = ABSOLUTE.slice(0, 2);
    expect(read(reader, lines, 0)).toEqual(["brk(NULL) = 0x5000", 4711, 1795380000, 111_000]);
    expect(read(reader, lines, 1)).toEqual(["brk(NULL) = 0x5000", 4711, 1795380000, 112_000]);
  });

  it("keeps the clock of lines without a time, with one of the day, and with the time between lines", () => {
    const reader = new PrefixReader();
    const lines = [
      "1795380000.5 a",
      "b",
      "23:59:59.000001 c",
      "00:00:01.000002 d",
      "1795380000.000003 e",
      "f",
    ];
    const filled = [...lines, " ".repeat(100)];
    const times = lines.map((_, index) => read(reader, filled, index).slice(1));
    expect(times).toEqual([
      [0, 1795380000, 500_000_000],
      [0, 1795380000, 500_000_000],
      [0, 86_399, 1000],
      [0, 86_401, 2000],
      [0, 1795380000, 3000],
      [0, 1795380000, 3000],
    ]);
  });
});

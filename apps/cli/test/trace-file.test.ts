/** Which lines of a trace are kept: those of the program, from its own execve or from the moment it was attached to. */

import { describe, expect, it } from "vitest";
import { linesFrom, traceLines } from "../src/recorder/trace-file.js";
import { scratch } from "./support/maps.js";

const files = scratch();

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("latin1");
}

/** The lines one a chunk, two a chunk and so on, as they may be cut. */
async function* inChunks(lines: readonly string[], size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < lines.length; at += size) yield Buffer.from(lines.slice(at, at + size).join(""));
}

describe("traceLines", () => {
  const launcher = [
    '7 1700000000.000001 execve("/bin/sh", ["sh"], 0x1) = 0\n',
    "7 1700000000.000002 brk(NULL) = 0x1000\n",
  ];
  const program = [
    '7 1700000000.000003 execve("/bin/true", ["true"], 0x1) = 0\n',
    "7 1700000000.000004 brk(NULL) = 0x2000\n",
    '7 1700000000.000005 execve("/bin/false", ["false"], 0x1) = 0\n',
  ];

  it("leave out the launcher, and a last line that was cut off", async () => {
    const path = files.write("launched", [...launcher, ...program, "7 17000"].join(""));
    expect(await textOf(traceLines(path, true))).toBe(program.join(""));
    expect(await textOf(traceLines(path, false))).toBe([...launcher, ...program].join(""));
  });

  it("leave nothing of a trace that ends in the launcher", async () => {
    expect(await textOf(traceLines(files.write("short", launcher.join("")), true))).toBe("");
  });
});

describe("linesFrom", () => {
  const lines = [
    "7 1700000000.999999 brk(NULL) = 0x1000\n",
    "+++ a line without a time +++\n",
    "7 1700000001.000000 brk(NULL) = 0x2000\n",
    "7 1700000000.999998 brk(NULL) = 0x3000\n",
  ];

  it.each([1, 2, 3, 4])("begin with the first line at the time, %d lines a chunk", async (size) => {
    const from = (time: bigint): Promise<string> => textOf(linesFrom(inChunks(lines, size), time));
    expect(await from(1_700_000_000_999_999_000n)).toBe(lines.join(""));
    expect(await from(1_700_000_000_999_999_001n)).toBe(lines.slice(2).join(""));
    expect(await from(1_700_000_001_000_000_000n)).toBe(lines.slice(2).join(""));
    expect(await from(1_700_000_001_000_000_001n)).toBe("");
  });
});

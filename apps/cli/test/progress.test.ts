/** Progress: lines, bytes and time left, on standard error, and only where that is a terminal. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { openRecording } from "../src/input/recording.js";
import { unpackedSize, watched } from "../src/input/watched.js";
import { Terminal } from "../src/terminal.js";
import { RW, scratch, smaps } from "./support/maps.js";

const files = scratch();
const line = "7 1700000000.000000 close(3) = 0 <0.00001>\n";

/** A terminal that keeps what is drawn. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly columns = 100;
  text = "";
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
  cursorTo(): void {}
  clearLine(): void {}
  moveCursor(): void {}
}

it("knows what a packed trace comes to", () => {
  const plain = files.write("plain", line.repeat(1000));
  const packed = files.write("packed.gz", gzipSync(line.repeat(1000)));
  expect(unpackedSize(plain)).toBe(line.length * 1000);
  expect(unpackedSize(packed)).toBe(line.length * 1000);
  expect(unpackedSize(join(files.path, "none"))).toBe(0);
  mkdirSync(join(files.path, "folder"));
  expect(unpackedSize(join(files.path, "folder"))).toBeGreaterThanOrEqual(0);
});

it("draws lines and bytes on a terminal, and hands on the same trace", async () => {
  const start = files.write("start.smaps", smaps([`10-20 rw-p ${RW}`]));
  const trace = files.write("trace.strace", line.repeat(30_000));
  const screen = new Screen();
  const surroundings = { stdout: new Screen(), stderr: screen, stdin: Readable.from([]), env: {} };
  const recording = await openRecording(trace, { start });
  let size = 0;
  for await (const chunk of watched(recording, new Terminal(surroundings)).trace()) size += chunk.length;
  expect(size).toBe(line.length * 30_000);
  expect(screen.text).toMatch(/[\d,]+ lines, [\d.]+ MiB/);
  const quiet = new Terminal({ ...surroundings, env: { TERM: "dumb" } });
  expect(watched(recording, quiet)).toBe(recording);
});

/**
 * Strategy: valid inputs (smaps, maps, a strace file with its map, a bundle's small files) are damaged: bytes flipped,
 * pieces cut out, doubled, swapped or replaced by rubbish, and given to the commands.
 * Invariants: a run ends with an exit status from the table; what ends in 2 says why in a few lines and writes no
 * result; nothing raw reaches the terminal. VMA_FUZZ_RUNS sets the number of runs, the seed is printed on failure.
 */

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NONE, RW, scratch, smaps } from "./support/maps.js";
import { vma } from "./support/run.js";

const runs = Number(process.env.VMA_FUZZ_RUNS ?? 150);
const files = scratch();
const threads = fileURLToPath(new URL("../../../examples/python-threads", import.meta.url));
const unzipped = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(join(threads, name))));

const map = new TextEncoder().encode(
  smaps([
    "55500-55510 r--p rd,mr,mw,me /usr/bin/demo@0",
    `55510-55520 rw-p ${RW} /usr/bin/demo@10`,
    `7f001-7f002 ---p ${NONE}`,
    `7f002-7f102 rw-p ${RW},nh`,
    `7f102-7f103 rw-p ${RW} [anon:name]`,
  ]),
);
const trace = unzipped("trace.strace.gz").subarray(0, 12_000);
const start = files.write("start.smaps", unzipped("smaps.start.19216.gz"));

/** One damage: where (0 to 1), how long, what kind, and bytes to put there. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 400 }),
  kind: fc.constantFrom("flip", "cut", "double", "insert", "truncate"),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        "\n",
        "ffffffffffffffff",
        "-",
        "\x1b[2J",
        "99999999999999999999",
        "VmFlags:",
        "(((",
        "<unfinished ...>",
        "\0",
      )
      .map((text) => new TextEncoder().encode(text)),
  ),
});
type Damage = { at: number; length: number; kind: string; bytes: Uint8Array };

function damaged(bytes: Uint8Array, list: readonly Damage[]): Uint8Array {
  let result = bytes;
  for (const { at, length, kind, bytes: extra } of list) {
    const place = Math.floor(at * result.length);
    const before = result.subarray(0, place);
    const piece = result.subarray(place, place + length);
    const rest = result.subarray(place + length);
    const parts =
      kind === "cut"
        ? [before, rest]
        : kind === "double"
          ? [before, piece, piece, rest]
          : kind === "insert"
            ? [before, extra, piece, rest]
            : kind === "truncate"
              ? [before]
              : [
                  before,
                  piece.map((byte, index) => byte ^ (extra[index % Math.max(1, extra.length)] ?? 1)),
                  rest,
                ];
    result = new Uint8Array(Buffer.concat(parts));
  }
  return result;
}

const STATUSES = [0, 1, 2, 3];
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

async function holds(args: readonly string[]): Promise<void> {
  const { code, out, err } = await vma(args);
  expect(STATUSES).toContain(code);
  expect(out + err).not.toMatch(RAW);
  if (code < 2) return;
  expect(out).toBe("");
  expect(err.split("\n").length).toBeLessThanOrEqual(4);
  expect(err.length).toBeLessThan(1000);
}

describe("damaged input", () => {
  const list = fc.array(damage, { minLength: 1, maxLength: 4 });
  const settings = { numRuns: runs, endOnFailure: true };

  it.each(["top", "why", "limits"])("never breaks %s", async (command) => {
    const file = join(files.path, `${command}.smaps`);
    await fc.assert(
      fc.asyncProperty(list, async (damages) => {
        files.write(`${command}.smaps`, damaged(map, damages));
        await holds([command, file]);
      }),
      settings,
    );
  });

  it("never breaks diff and report", async () => {
    const whole = files.write("whole.smaps", map);
    const file = join(files.path, "diff.smaps");
    await fc.assert(
      fc.asyncProperty(list, async (damages) => {
        files.write("diff.smaps", damaged(map, damages));
        await holds(["diff", whole, file]);
        await holds(["report", file, "-o", join(files.path, "fuzz.html")]);
      }),
      settings,
    );
  });

  it("never breaks replay: the trace", async () => {
    const file = join(files.path, "fuzz.strace");
    await fc.assert(
      fc.asyncProperty(list, async (damages) => {
        files.write("fuzz.strace", damaged(trace, damages));
        await holds(["replay", file, "--start", start, "--json"]);
      }),
      { ...settings, numRuns: Math.ceil(runs / 3) },
    );
  });

  it("never breaks replay: the map it starts from", async () => {
    const whole = files.write("whole.strace", trace);
    const bytes = readFileSync(start);
    await fc.assert(
      fc.asyncProperty(list, async (damages) => {
        files.write("fuzz.smaps", damaged(bytes, damages));
        await holds(["replay", whole, "--start", join(files.path, "fuzz.smaps"), "--json"]);
      }),
      { ...settings, numRuns: Math.ceil(runs / 3) },
    );
  });

  it("never breaks what is learnt from a recording", async () => {
    const copy = join(files.path, "recording");
    cpSync(threads, copy, { recursive: true });
    const command = fc.constantFrom(
      ["why"],
      ["ratchets"],
      ["limits"],
      ["replay", "--timeline"],
      ["whatif", "-c", "one-reservation"],
      ["whatif", "-c", "no-guards"],
    );
    await fc.assert(
      fc.asyncProperty(list, command, async (damages, [name = "", ...rest]) => {
        writeFileSync(join(copy, "trace.strace.gz"), gzipSync(damaged(trace, damages)));
        await holds([name, copy, ...rest]);
      }),
      { ...settings, numRuns: Math.ceil(runs / 3) },
    );
  });

  it("never breaks explain", async () => {
    const word = fc.constantFrom(
      "mmap",
      "munmap",
      "mprotect",
      "madvise",
      "3-5",
      "0-9",
      "5-3",
      "r--",
      "rw-",
      "dontdump",
      "file=F@3",
      "to",
      "-1",
      "x",
      "9999-10000",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 5 }),
        fc.stringMatching(/^[AB.*]{0,12}$/),
        async (words, drawing) => {
          await holds(["explain", "-m", drawing, words.join(" "), "--kernel", "6.18"]);
        },
      ),
      settings,
    );
  });
});

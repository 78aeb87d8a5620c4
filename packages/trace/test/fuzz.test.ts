/**
 * Strategy: real inputs of every format, mostly some lines of one, damaged in one to eight places (bytes changed, cut, doubled, spliced with other
 * inputs, numbers made huge), through every reader in chunks of random size, and through a whole replay.
 *
 * Invariants: nothing is thrown but InputError, with a one-line message without control characters; every line of a
 * trace is accounted for; no reader keeps more than its input; what was read from /proc text is written and read again
 * as the same; nothing hangs (a watchdog ends the process, naming the seed, when one input takes 30 seconds).
 *
 * VMA_SEED repeats a run, VMA_FUZZ_RUNS sets its length (default 1,500 inputs).
 */

import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { FaultReader } from "../src/faults/reader.js";
import { InputError } from "../src/input-error.js";
import { formatMaps, type MapsArea, MapsReader, parseMaps } from "../src/proc/maps.js";
import { formatNumaMaps, parseNumaMaps } from "../src/proc/numa-maps.js";
import { formatSmaps, parseSmaps, type SmapsArea, SmapsReader } from "../src/proc/smaps.js";
import { parseMeta, parseSnapshots, type SnapshotInfo } from "../src/recording/format.js";
import type { Recording } from "../src/recording/reader.js";
import { replay } from "../src/replay.js";
import { StraceReader } from "../src/strace/reader.js";
import { decodeText } from "../src/text.js";
import { accountedLines, testData } from "./support/read-trace.js";

const SEED = Number(process.env.VMA_SEED ?? Date.now() % 1_000_000_007);
const RUNS = Number(process.env.VMA_FUZZ_RUNS ?? 1500);

/** A small generator (mulberry32): the same numbers for the same seed everywhere. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** Counts inputs where another thread can see it: a loop without end cannot be interrupted from within. */
const heartbeat = new Int32Array(new SharedArrayBuffer(4));
const watchdog = new Worker(
  `const { workerData } = require("node:worker_threads");
   let last = -1;
   setInterval(() => {
     const now = Atomics.load(workerData.heartbeat, 0);
     if (now === last) {
       require("node:fs").writeSync(2, "fuzz seed " + workerData.seed + ": input " + now + " hangs\\n");
       process.kill(process.pid, "SIGABRT");
     }
     last = now;
   }, 30000);`,
  { eval: true, workerData: { heartbeat, seed: SEED } },
);
watchdog.unref();
afterAll(() => watchdog.terminate());

function example(name: string): Uint8Array {
  return gunzipSync(readFileSync(new URL(`../../../examples/${name}`, import.meta.url)));
}

function firstLines(bytes: Uint8Array, lines: number): Uint8Array {
  let end = 0;
  for (let i = 0; i < lines; i++) end = bytes.indexOf(10, end) + 1 || bytes.length;
  return new Uint8Array(bytes.subarray(0, end));
}

const TRACES = [
  firstLines(example("python-threads/trace.strace.gz"), 200),
  firstLines(example("bash-script/trace.strace.gz"), 200),
  ...["abbrev", "verbose", "raw", "terminal", "everything"].map((name) =>
    testData(`all-calls.${name}.strace`),
  ),
];
const SMAPS = [example("python-threads/smaps.start.19216.gz"), example("bash-script/smaps.end.19176.gz")];
const MAPS = SMAPS.map((smaps) => formatMaps(parseSmaps(smaps)));
const NUMA = [
  Buffer.from(
    "00400000 default file=/a\\040b mapped=6 N0=6 kernelpagesize_kB=4\n7f0000000000 prefer (many):0 stack anon=1\n",
  ),
];
const FAULTS = [
  firstLines(example("bash-script/faults.gz"), 100),
  testData("perf-script.txt"),
  testData("ftrace.txt"),
];
const JSONS = [
  readFileSync(new URL("../../../examples/bash-script/meta.json", import.meta.url)),
  readFileSync(new URL("../../../examples/bash-script/snaps.jsonl", import.meta.url)),
];
const TRICKS = [
  "/* ",
  " */",
  '"',
  "\\",
  "<",
  ">",
  " <unfinished ...>",
  "<... mmap resumed>",
  "0x",
  "|",
  "(",
  ")",
  "{",
  "[",
  "\n",
  "\0",
  "\u001b[2J",
  "-",
  "18446744073709551615",
  "ffffffffffffffff",
  "= -1 ",
  " = ",
  "[pid 1] ",
  "strace: Process 1 attached",
  "+++ superseded by execve in pid 1 +++",
  "é",
  "\xff",
];

function damage(random: Random, input: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let bytes = Buffer.from(input);
  for (let change = 1 + random.below(8); change > 0; change--) {
    const at = random.below(bytes.length + 1);
    const until = Math.min(bytes.length, at + 1 + random.below(60));
    const piece = bytes.subarray(at, until);
    const head = bytes.subarray(0, at);
    const tail = bytes.subarray(until);
    switch (random.below(7)) {
      case 0:
        bytes = Buffer.concat([
          head,
          Buffer.of(random.below(256)),
          bytes.subarray(Math.min(bytes.length, at + 1)),
        ]);
        break;
      case 1:
        bytes = Buffer.concat([head, tail]);
        break;
      case 2:
        bytes = Buffer.concat([head, piece, piece, tail]);
        break;
      case 3:
        bytes = Buffer.concat([head, Buffer.from(random.pick(TRICKS), "latin1"), bytes.subarray(at)]);
        break;
      case 4: {
        const other = Buffer.from(random.pick(others));
        const from = random.below(other.length);
        bytes = Buffer.concat([head, other.subarray(from, from + random.below(200)), tail]);
        break;
      }
      case 5:
        bytes = Buffer.from(
          bytes.toString("latin1").replace(/\d+/, "9".repeat(1 + random.below(30))),
          "latin1",
        );
        break;
      default:
        if (random.below(4) === 0) bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

/**
 * A run of lines out of an input, seldom the whole: a long run of the suite sees more different damage that way, and
 * a reader finds itself in the middle of things.
 */
function excerpt(random: Random, input: Uint8Array): Uint8Array {
  if (random.below(16) === 0) return input;
  const start = input.indexOf(10, random.below(input.length)) + 1;
  let end = start;
  for (let lines = 1 + random.below(40); lines > 0; lines--) end = input.indexOf(10, end) + 1 || input.length;
  return input.subarray(start, end);
}

function inChunks(random: Random, bytes: Uint8Array, push: (chunk: Uint8Array) => void): void {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(random.below(10) === 0 ? 10 : 5000);
    push(bytes.subarray(at, at + size));
    at += size;
  }
}

/** Runs `work`; true when it ended, false when the input was refused. Any other error fails the test. */
async function survives(input: Uint8Array, work: () => void | Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) {
      throw new Error(
        `seed ${SEED}: ${String(error)} for ${JSON.stringify(decodeText(input).slice(0, 2000))}`,
        { cause: error },
      );
    }
    expect(error.message).not.toMatch(/[\p{Cc}]/u);
    return false;
  }
}

function traceOnce(random: Random, bytes: Uint8Array): void {
  const reader = new StraceReader({
    call(record) {
      void [record.text, record.fdPath, record.resultPath, record.errorName];
      return random.below(20) === 0 ? "keep" : undefined;
    },
  });
  inChunks(random, bytes, (chunk) => reader.push(chunk));
  const totals = reader.end();
  expect(accountedLines(totals)).toBe(totals.lines);
  expect(totals.firstUnparsed.length).toBeLessThanOrEqual(20);
}

function mapsOnce(random: Random, bytes: Uint8Array): void {
  const areas: MapsArea[] = [];
  const reader = new MapsReader((area) => areas.push(area));
  inChunks(random, bytes, (chunk) => reader.push(chunk));
  reader.end();
  expect(parseMaps(formatMaps(areas))).toEqual(areas);
}

function smapsOnce(random: Random, bytes: Uint8Array): void {
  const areas: SmapsArea[] = [];
  const reader = new SmapsReader((area) => areas.push(area));
  inChunks(random, bytes, (chunk) => reader.push(chunk));
  reader.end();
  const written = Buffer.concat([...formatSmaps(areas)]);
  expect(Buffer.concat([...formatSmaps(parseSmaps(written))]).equals(written)).toBe(true);
}

function numaOnce(_random: Random, bytes: Uint8Array): void {
  const areas = parseNumaMaps(bytes);
  expect(parseNumaMaps(formatNumaMaps(areas))).toEqual(areas);
}

function faultsOnce(random: Random, bytes: Uint8Array): void {
  const reader = new FaultReader({ fault: () => {}, map: () => {} });
  inChunks(random, bytes, (chunk) => reader.push(chunk));
  const { lines, faults, maps, ignored } = reader.end();
  expect(faults + maps + ignored).toBe(lines);
}

async function replayOnce(random: Random, trace: Uint8Array): Promise<void> {
  const smaps = random.below(3) === 0 ? damage(random, SMAPS[0]!, SMAPS) : SMAPS[0]!;
  const faults = random.below(3) === 0 ? damage(random, FAULTS[0]!, FAULTS) : FAULTS[0]!;
  const tie = (kind: SnapshotInfo["kind"]): SnapshotInfo => ({
    file: kind,
    kind,
    pid: 0,
    tid: 0,
    line: 0,
    from: null,
    to: null,
    usable: true,
  });
  const recording: Recording = {
    path: "r",
    meta: parseMeta("{}", "m"),
    snapshots: [tie("start"), tie("end")],
    traceFile: "t",
    traceBytes: trace.length,
    hasFaults: random.below(2) === 0,
    faultsFile: "f",
    async *trace() {
      yield trace;
    },
    async *faults() {
      yield faults;
    },
    snapshot: async () => parseSmaps(smaps),
  };
  const report = await replay(recording);
  expect(["exact", "differs", "incomplete"]).toContain(report.verdict);
}

describe(`damaged input, seed ${SEED}`, () => {
  const cases: readonly (readonly [
    string,
    readonly Uint8Array[],
    (random: Random, bytes: Uint8Array) => void | Promise<void>,
    number,
  ])[] = [
    ["strace", TRACES, traceOnce, 0.4],
    ["maps", MAPS, mapsOnce, 0.1],
    ["smaps", SMAPS, smapsOnce, 0.1],
    ["numa_maps", NUMA, numaOnce, 0.1],
    ["faults", FAULTS, faultsOnce, 0.1],
    ["meta.json", JSONS, (_random, bytes): void => void parseMeta(decodeText(bytes), "m"), 0.05],
    ["snaps.jsonl", JSONS, (_random, bytes): void => void parseSnapshots(decodeText(bytes), "s"), 0.05],
    ["a replay", TRACES.slice(0, 4), replayOnce, 0.1],
  ];
  it.each(cases)(
    "%s",
    async (name, inputs, once, share) => {
      const random = new Random(SEED ^ name.length);
      let refused = 0;
      const runs = Math.ceil(RUNS * share);
      for (let run = 0; run < runs; run++) {
        Atomics.add(heartbeat, 0, 1);
        const input = damage(random, excerpt(random, random.pick(inputs)), inputs);
        if (!(await survives(input, () => once(random, input)))) refused += 1;
      }
      // Damage that never shows would not be damage.
      if (runs > 50 && name !== "strace" && name !== "a replay") expect(refused).toBeGreaterThan(0);
    },
    600_000,
  );
});

// Reading strace output: time for each line, and the most memory that takes.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Case, type Contender, Unavailable } from "../../run/case.js";
import { readNewlines, readWithReader, readWithRegex } from "../../trace/readers.js";
import { type Rendering, type TraceFile, traceFile } from "../../trace/trace-file.js";

function reading(name: string, rendering: Rendering, read: (file: TraceFile) => number): Contender {
  return {
    name,
    prepare(n) {
      const file = traceFile(n, rendering);
      return {
        round(clock) {
          clock.start();
          const sum = read(file);
          clock.stop(n);
          if (sum !== file.sum)
            throw new Error(`${name} came to ${sum}, the trace was written with ${file.sum}`);
          return sum;
        },
      };
    },
  };
}

function straceCase(name: string, title: string, rendering: Rendering): Case {
  return {
    suite: "trace",
    name,
    title,
    unit: "ns/op",
    contenders: [
      reading("reader", rendering, readWithReader),
      reading("regex per line", rendering, readWithRegex),
      reading("newline loop", rendering, readNewlines),
    ],
  };
}

export const straceDefault: Case = straceCase("strace-default", "a line of strace", "default");

export const straceVerbose: Case = straceCase(
  "strace-verbose",
  "a line of strace -f -ttt -T -y -X verbose",
  "verbose",
);

/** Beside the bundle, or where the build puts it when the sources themselves run. */
const READER_ALONE: readonly string[] = ["./reader-alone.js", "../../../dist/reader-alone.js"];

/** Calls and peak memory in MiB of a process of its own that reads the file. Throws Unavailable with the reason. */
function readAlone(path: string): { calls: number; peak: number } {
  if (process.platform !== "linux") throw new Unavailable("peak memory is read from /proc");
  const program = READER_ALONE.map((place) => fileURLToPath(new URL(place, import.meta.url))).find(
    existsSync,
  );
  if (program === undefined) throw new Unavailable("reader-alone.js is not built");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, path], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the reader's process failed: ${stderr.trim()}`);
  const [calls = 0, peak = 0] = stdout.split(" ").map(Number);
  return { calls, peak: peak / 1024 };
}

export const straceMemory: Case = {
  suite: "trace",
  name: "strace-memory",
  title: "most memory of a process that reads",
  unit: "MiB",
  contenders: [
    {
      name: "reader",
      prepare(n) {
        const file = traceFile(n, "default");
        readAlone(file.path);
        return {
          round(clock) {
            const { calls, peak } = readAlone(file.path);
            clock.amount(peak);
            return calls;
          },
        };
      },
    },
  ],
};

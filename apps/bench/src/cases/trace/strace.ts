// Reading strace output: time for each line, and the most memory that takes.
import { readFileSync, writeFileSync } from "node:fs";
import { type Case, type Contender, Unavailable } from "../../run/case.js";
import { bytesInUse } from "../../run/heap.js";
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
  "a line of strace -f -ttt -T -X verbose",
  "verbose",
);

/** Most memory of the process since the last call, in MiB, by the kernel's own account. */
function peakSinceLast(): number {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    writeFileSync("/proc/self/clear_refs", "5");
    return Number(peak?.[1]) / 1024;
  } catch {
    throw new Unavailable("needs /proc/self/clear_refs");
  }
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
        return {
          round(clock) {
            bytesInUse();
            peakSinceLast();
            const sum = readWithReader(file);
            clock.amount(peakSinceLast());
            return sum;
          },
        };
      },
    },
  ],
};

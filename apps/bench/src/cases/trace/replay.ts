// The replay of a trace, reader and engine together, against the reader alone.
import { parseSmaps, type Recording, replay } from "@vma/trace";
import type { Case, Subject } from "../../run/case.js";
import { readWithReader } from "../../trace/readers.js";
import { PID, readChunks, traceFile } from "../../trace/trace-file.js";

/** What the program has at its start: a stack. */
const START = [
  "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]",
  "Size:                132 kB",
  "VmFlags: rd wr mr mw me gd ac ",
  "",
].join("\n");

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The file as the reader alone gets it: a stream would be work that is not replay's. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  yield* readChunks(path);
}

/** The trace as a recording: a program that begins with its stack alone. */
async function recordingOf(path: string): Promise<Recording> {
  const areas = await parseSmaps(START);
  return {
    path,
    meta: {
      name: "bench",
      command: "",
      kernelRelease: "6.18.0",
      arch: "x86_64",
      pageSize: 4096,
      maxMapCount: 1_000_000,
      overcommit: 0,
      hugePages: "never",
      raw: {},
    },
    snapshots: [
      { file: "start", kind: "start", pid: PID, tid: PID, line: 1, from: null, to: null, usable: true },
    ],
    traceFile: path,
    traceBytes: 0,
    // Recorded, and there were none: otherwise every call is replayed twice, as if nothing or all had been written to.
    hasFaults: true,
    faultsFile: null,
    trace: () => chunksOf(path),
    faults: nothing,
    snapshot: async () => areas,
  };
}

/** A replay of the whole trace, which has to come out right. `events`: what the engine does is counted, too. */
async function replaySubject(n: number, events: boolean): Promise<Subject> {
  const recording = await recordingOf(traceFile(n, "verbose").path);
  return {
    async round(clock) {
      clock.start();
      const report = await replay(recording, { events });
      clock.stop(n);
      const { results, applied, unseeded } = report;
      if (results.exact !== results.total || unseeded > 0) {
        throw new Error(`${results.exact} of ${results.total} results agree, ${unseeded} calls had no start`);
      }
      return applied;
    },
  };
}

export const replayCase: Case = {
  suite: "trace",
  name: "replay",
  title: "reader and engine together, against the reader alone",
  unit: "ns/op",
  contenders: [
    {
      name: "reader",
      prepare(n) {
        const file = traceFile(n, "verbose");
        return {
          round(clock) {
            clock.start();
            readWithReader(file);
            clock.stop(n);
            return n;
          },
        };
      },
    },
    { name: "replay", prepare: (n) => replaySubject(n, false) },
    { name: "replay-events", prepare: (n) => replaySubject(n, true) },
  ],
};

/** Recordings: opened, refused with a clear reason, and written. */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatSnapshot, parseMeta, parseSnapshots } from "../../src/recording/format.js";
import { openBareTrace, openBundle } from "../../src/recording/reader.js";
import { BundleWriter } from "../../src/recording/writer.js";
import { replay } from "../../src/replay.js";
import { openSource, readSource } from "../../src/source.js";
import { StraceReader } from "../../src/strace/reader.js";
import { encodeText } from "../../src/text.js";
import { folderWith, META, smapsArea } from "../support/bundle.js";

const EXAMPLE = fileURLToPath(new URL("../../../../examples/bash-script", import.meta.url));
const START = smapsArea("7f0000000000-7f0000002000", "rw-p", "rd wr mr mw me ac");
const TRACE = "7 1795388257.1 brk(NULL) = 0x10000\n7 1795388257.2 munmap(0x7f0000000000, 4096) = 0\n";

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe("a bundle", () => {
  it("is opened without reading it", async () => {
    const recording = await openBundle(EXAMPLE);
    expect(recording.meta).toMatchObject({
      name: "bash-script",
      kernelRelease: "6.18.44",
      maxMapCount: 65530,
      hugePages: "madvise",
    });
    expect(recording.snapshots).toHaveLength(44);
    expect(recording.snapshots.filter(({ usable, kind }) => usable && kind !== "start")).toHaveLength(33);
    expect(recording.hasFaults).toBe(true);
    const { calls } = await readSource(recording.traceFile, new StraceReader({ call: () => undefined }));
    expect(calls.get("mmap")).toBeGreaterThan(100);
  });

  it("may be compressed or not", async () => {
    const files = { "meta.json": META, "trace.strace": TRACE };
    const plain = await openBundle(await folderWith(files));
    const zipped = await openBundle(
      await folderWith({ "meta.json": META, "trace.strace.gz": gzipSync(TRACE) }),
    );
    expect(await bytesOf(plain.trace())).toBe(TRACE);
    expect(await bytesOf(zipped.trace())).toBe(TRACE);
    expect(plain.snapshots).toEqual([]);
    expect(await bytesOf(plain.faults())).toBe("");
  });

  it("comes back as it was written", async () => {
    for (const compress of [true, false]) {
      const folder = join(await folderWith({}), "new", "bundle");
      const writer = new BundleWriter(folder, compress);
      await writer.begin();
      const when = { seconds: 1795388257, nanoseconds: 150_000_000 };
      await writer.addSnapshot(
        { kind: "start", pid: 7, tid: 7, line: 1, from: when, to: when, usable: true },
        encodeText(START),
      );
      await writer.addTrace(encodeText(TRACE));
      await writer.addFaults(encodeText(""));
      await writer.finish(JSON.parse(META) as Record<string, unknown>);
      const recording = await openBundle(folder);
      expect(recording.meta.name).toBe("made-up");
      expect(await bytesOf(recording.trace())).toBe(TRACE);
      expect(recording.snapshots).toMatchObject([
        { kind: "start", pid: 7, line: 1, from: when, usable: true },
      ]);
      expect(await recording.snapshot(recording.snapshots[0]!)).toMatchObject([
        { start: 0x7f0000000000, end: 0x7f0000002000 },
      ]);
      expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
    }
  });

  it("takes a trace in chunks, and no more of them than can be written", async () => {
    const folder = join(await folderWith({}), "chunks");
    const writer = new BundleWriter(folder, false);
    await writer.begin();
    let taken = 0;
    const chunk = encodeText(TRACE.repeat(500));
    await writer.addTrace(
      (async function* () {
        for (; taken < 40; taken += 1) {
          // What was taken long ago is on its way to the disk.
          if (taken === 30) expect((await stat(join(folder, ".trace.strace.part"))).size).toBeGreaterThan(0);
          yield chunk;
        }
      })(),
    );
    await writer.finish(JSON.parse(META) as Record<string, unknown>);
    expect(taken).toBe(40);
    expect(await bytesOf((await openBundle(folder)).trace())).toBe(TRACE.repeat(500 * 40));
  });

  it("is no recording before it is finished, and leaves nothing when it is abandoned", async () => {
    const above = await folderWith({});
    const folder = join(above, "deep", "bundle");
    const writer = new BundleWriter(folder);
    await writer.begin();
    await writer.addTrace(encodeText(TRACE));
    await expect(openBundle(folder)).rejects.toThrow("has no meta.json");
    await expect(
      writer.addFaults(
        (async function* () {
          yield encodeText("F");
          throw new Error("the source broke");
        })(),
      ),
    ).rejects.toThrow("the source broke");
    expect(await readdir(folder)).toEqual(["trace.strace.gz"]);
    await writer.abandon();
    expect(await readdir(above)).toEqual([]);
  });

  it("says so where no folder can be made", async () => {
    const folder = await folderWith({ file: "" });
    await expect(new BundleWriter(join(folder, "file", "below")).begin()).rejects.toThrow("ENOTDIR");
    await expect(new BundleWriter(join(folder, "file")).begin()).rejects.toThrow("EEXIST");
  });

  // /proc is such a folder, and only Linux has it.
  it.skipIf(process.platform !== "linux")(
    "does not try forever where a folder takes no folders",
    async () => {
      await expect(new BundleWriter("/proc/bundle/deep").begin()).rejects.toThrow("ENOENT");
    },
  );

  it("abandoned, leaves a folder that was there, and what others put into it", async () => {
    const folder = await folderWith({ mine: "text" });
    const writer = new BundleWriter(folder);
    await writer.begin();
    await writer.addTrace(encodeText(TRACE));
    await writer.abandon();
    expect(await readdir(folder)).toEqual(["mine"]);
  });
});

describe("what is wrong is said with file, line and reason", () => {
  const good = { "meta.json": META, "trace.strace": TRACE };
  const failing = async (files: Record<string, string | Uint8Array>): Promise<string> => {
    const folder = await folderWith(files);
    const error = await openBundle(folder)
      .then((recording) => replay(recording))
      .then(
        () => new Error("nothing was wrong"),
        (caught: Error) => caught,
      );
    expect(error.name).toBe("InputError");
    return error.message.replaceAll(folder, "B");
  };

  it("missing and foreign things", async () => {
    expect(await failing({})).toBe("B: is no recording: it has neither meta.json nor trace.strace");
    expect(await failing({ "trace.strace": TRACE })).toBe("B: has no meta.json");
    expect(await failing({ "meta.json": META })).toBe("B: has no trace.strace or trace.strace.gz");
    expect(await failing({ ...good, "meta.json": "{" })).toBe('B/meta.json: not JSON: "{"');
    expect(await failing({ ...good, "meta.json": "[1]" })).toBe("B/meta.json: not a JSON object");
    expect(await failing({ ...good, "meta.json": '{"arch":"aarch64"}' })).toBe(
      "B/meta.json: recorded on aarch64; only x86_64 is modelled",
    );
    expect(await failing({ ...good, "meta.json": '{"page_size":16384}' })).toBe(
      "B/meta.json: page_size is not 4096 bytes",
    );
    expect(await failing({ ...good, "meta.json": '{"kernel_release":"bsd"}' })).toMatch(/^B: .*"bsd"/);
  });

  it("snapshots", async () => {
    const line = (change: object): string =>
      `${JSON.stringify({ file: "smaps.start.7", kind: "start", pid: 7, line: 1, time: 1.5, ...change })}\n`;
    const smaps = { ...good, "smaps.start.7": START };
    expect(await failing({ ...smaps, "snaps.jsonl": `${line({})}nonsense\n` })).toBe(
      'B/snaps.jsonl:2: not JSON: "nonsense"',
    );
    expect(await failing({ ...smaps, "snaps.jsonl": line({ file: "../../etc/passwd" }) })).toBe(
      'B/snaps.jsonl:1: "file" is not a plain file name',
    );
    expect(await failing({ ...smaps, "snaps.jsonl": line({ kind: "late" }) })).toBe(
      'B/snaps.jsonl:1: "kind" is not start, pre, mid or end',
    );
    expect(await failing({ ...smaps, "snaps.jsonl": line({ pid: "7" }) })).toBe(
      'B/snaps.jsonl:1: "pid" is not a number',
    );
    expect(await failing({ ...good, "snaps.jsonl": line({}) })).toBe(
      "B/smaps.start.7: no such file, although snaps.jsonl names it",
    );
    const end = line({ kind: "end", file: "smaps.start.7" });
    expect(await failing({ ...good, "smaps.start.7": START + START, "snaps.jsonl": end })).toBe(
      "B/smaps.start.7:5: the area 7f0000000000-7f0000002000 is out of order, behind 7f0000000000-7f0000002000".replace(
        "is out of order, behind",
        "overlaps the one before,",
      ),
    );
    expect(await failing({ ...good, "smaps.start.7": "", "snaps.jsonl": end })).toBe(
      "B/smaps.start.7: holds no areas",
    );
  });

  it("damaged files", async () => {
    const zipped = gzipSync(TRACE.repeat(1000));
    expect(await failing({ "meta.json": META, "trace.strace.gz": zipped.subarray(0, 100) })).toBe(
      "B/trace.strace.gz: the gzip data is cut short",
    );
    const spoilt = Uint8Array.from(zipped);
    spoilt.fill(0xff, 20, 60);
    expect(await failing({ "meta.json": META, "trace.strace.gz": spoilt })).toBe(
      "B/trace.strace.gz: the gzip data is damaged",
    );
    expect(await failing({ ...good, "trace.strace": "" })).toBe("B/trace.strace: is empty");
    expect(
      await failing({
        ...good,
        "trace.strace": Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
      }),
    ).toMatch(/^B\/trace.strace:1: (binary data|not a line of strace): "/);
    expect(await failing({ ...good, "trace.strace": `${"x".repeat(10 * 1024 * 1024)}\n` })).toBe(
      "B/trace.strace:1: the line is longer than 1048576 bytes; strace prints no such line",
    );
    expect(await failing({ ...good, faults: "rubbish\n" })).toBe(
      'B/faults:1: not a line of a fault trace: "rubbish"',
    );
    expect(
      await failing({ ...good, "trace.strace": "7 mmap(NULL, 4096, 0x3, 0x22, -1, 0) = 0xffff9c8e0000\n" }),
    ).toBe(
      "B/trace.strace:1: address 0xffff9c8e0000 is above x86-64's user memory: another architecture's trace",
    );
    expect(
      await failing({ ...good, "trace.strace": "7 brk(NULL) = 0x10000\n", faults: "F 1.5 7 7 0x1000 7 u\n" }),
    ).toBe("B/trace.strace: the page faults cannot be placed: the trace has no -ttt time stamps");
  });

  it("files that are none", async () => {
    const folder = await folderWith({ "a/b": "" });
    await expect(bytesOf(openSource(join(folder, "missing")))).rejects.toThrow("missing: no such file");
    await expect(bytesOf(openSource(join(folder, "a")))).rejects.toThrow("a: is a folder, not a file");
    await expect(openBareTrace(join(folder, "none"), { start: "x" })).rejects.toThrow("none: no such file");
  });
});

describe("the small files", () => {
  it("meta.json has defaults", () => {
    expect(parseMeta("{}", "m")).toMatchObject({
      name: "",
      kernelRelease: "",
      arch: "x86_64",
      pageSize: 4096,
      maxMapCount: null,
      hugePages: null,
    });
  });

  it("snaps.jsonl comes back", async () => {
    const text = await readFile(join(EXAMPLE, "snaps.jsonl"), "utf8");
    const snapshots = parseSnapshots(text, "s");
    expect(parseSnapshots(snapshots.map((info) => `${formatSnapshot(info)}\n`).join(""), "s")).toEqual(
      snapshots,
    );
    expect(snapshots[2]).toMatchObject({
      to: { seconds: 1795380220, nanoseconds: 522_247_000 },
      kind: "start",
    });
  });
});

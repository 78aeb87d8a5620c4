/** Page faults and mappings out of three formats. */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type FaultOptions, FaultReader } from "../../src/faults/reader.js";
import { FaultRecord, formatFault, formatMap, shiftTime } from "../../src/faults/record.js";
import { encodeText } from "../../src/text.js";
import { testData } from "../support/read-trace.js";

function read(
  content: Uint8Array | string,
  options: FaultOptions = {},
): { lines: string[]; reader: FaultReader } {
  const lines: string[] = [];
  const reader = new FaultReader(
    { fault: (record) => lines.push(formatFault(record)), map: (record) => lines.push(formatMap(record)) },
    options,
  );
  reader.push(typeof content === "string" ? encodeText(content) : content);
  reader.end();
  return { lines, reader };
}

describe("a bundle's fault file", () => {
  it("comes back byte for byte", () => {
    const text = gunzipSync(
      readFileSync(new URL("../../../../examples/bash-script/faults.gz", import.meta.url)),
    ).toString();
    const { lines, reader } = read(text);
    expect(`${lines.join("\n")}\n`).toBe(text);
    expect(reader.totals).toMatchObject({ faults: 2072, maps: 374, ignored: 0 });
  });

  it("is refused with line and reason", () => {
    const good = "F 1795380220.143023732 19174 19174 0x7f49bf417a10 3 k\n";
    const fails = (line: string, reason: string): void =>
      expect(() => read(good + line, { file: "f" })).toThrow(reason);
    fails("G 1 2 3\n", 'f:2: not a line of a fault file: "G 1 2 3"');
    fails("F 1795380220.1 19174\n", "f:2: a number is missing");
    fails("F 1795380220.1 1 1 0x7f 3\n", "f:2: the page fault is cut short");
    fails("F 1795380220.1 1 1 0x7f 3 x\n", "f:2: the page fault is cut short");
    fails("M 1795380220.1 1 1 0x7f000 0x1000 0 rw-p\n", "f:2: the mapping is cut short");
  });

  it("keeps names with blanks, and faults of which reads and writes are not told apart", () => {
    const text =
      "M 1.000000005 1 2 0x7f000 0x1000 0 rw-s /memfd:a b (deleted)\nF 2.000000000 1 2 0x7f001 ? u";
    const { lines } = read(text);
    expect(lines.join("\n")).toBe(text);
    expect(new FaultRecord().write).toBe(false);
  });
});

describe("perf script", () => {
  it("gives faults, mappings and lost events", () => {
    const { lines, reader } = read(testData("perf-script.txt"));
    expect(reader.format).toBe("perf");
    expect(reader.totals.lines).toBe(60);
    expect(lines).toContain(
      "M 2888.417912635 24650 24650 0x7fffe2510000 0x21000 0x7ffffffde000 rw-p [stack]",
    );
    expect(lines).toContain("F 2888.417939745 24650 24650 0x561a3a65c1e0 2 k");
    expect(read("1/1 1.5: PERF_RECORD_LOST lost 12\n").reader.totals.lost).toBe(12);
  });

  it("is read with its default columns, with and without a CPU, and from the software event", () => {
    const forms = [
      "            true 24650 [001]  2888.418170:   exceptions:page_fault_user: address=0x7efecc792d40 ip=0x7efecc7ada13 error_code=0x6",
      "Web Content 9 12/24650 [001]  2888.418170: exceptions:page_fault_user: address=0x7efecc792d40 ip=f error_code=0x6",
      "12/24650 2888.418170000: exceptions:page_fault_user: address=0x7efecc792d40 ip=0x1 error_code=0x6",
    ];
    for (const form of forms) {
      expect(read(`${form}\n`).lines[0]).toMatch(/^F 2888\.418170000 (0|12) 24650 0x7efecc792d40 6 u$/);
    }
    expect(read("24770/24770  2890.499207691: page-faults:     558ed97101e0\n").lines).toEqual([
      "F 2890.499207691 24770 24770 0x558ed97101e0 ? u",
    ]);
  });

  it("passes over faults of the kernel's own memory", () => {
    expect(
      read("1/1 2.5: exceptions:page_fault_kernel: address=__per_cpu_end ip=x error_code=0x2\n").reader
        .totals,
    ).toMatchObject({
      faults: 0,
      ignored: 1,
    });
  });

  it("moves to another clock", () => {
    const timeOffset = { seconds: 1795380000, nanoseconds: 999_999_999 };
    expect(read("1/1 2.500000002: page-faults: 1000\n", { timeOffset }).lines).toEqual([
      "F 1795380003.500000001 1 1 0x1000 ? u",
    ]);
    const back = { seconds: 5, nanoseconds: 0 };
    shiftTime(back, { seconds: -1, nanoseconds: -1 });
    expect(back).toEqual({ seconds: 3, nanoseconds: 999_999_999 });
  });
});

describe("ftrace", () => {
  it("gives faults, with the process where it is recorded", () => {
    const { lines, reader } = read(testData("ftrace.txt"));
    expect(reader.format).toBe("ftrace");
    expect(reader.totals.faults).toBeGreaterThan(20);
    expect(lines.at(-1)).toBe("F 2890.205065000 24745 24745 0x560779121200 7 u");
    expect(
      read(
        "            bash-24745   [001] d....  2890.179127: page_fault_user: address=0x7ffff5ffb3a8 ip=0x1 error_code=0x7\n",
      ).lines,
    ).toEqual(["F 2890.179127000 0 24745 0x7ffff5ffb3a8 7 u"]);
  });
});

describe("anything else", () => {
  it("is refused", () => {
    expect(() => read("\0\0\0\n", { file: "x" })).toThrow(
      'x:1: not a line of a fault trace: "\\x00\\x00\\x00"',
    );
  });

  it("takes no longer for a line made to confuse", () => {
    for (const unit of ["1/", "-1 ", "[1] ", "1.1: ", "address=0x1 ", "(1) ", "a-1 [1] "]) {
      expect(() => read(`${unit.repeat(20_000)}\n`)).toThrow();
    }
  });
});

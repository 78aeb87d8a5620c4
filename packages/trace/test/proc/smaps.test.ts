/** smaps: byte-exact both ways for whatever fields a kernel prints. */

import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatSmaps, parseSmaps, SmapsReader, smapsValue } from "../../src/proc/smaps.js";
import { encodeText } from "../../src/text.js";

const OLD_KERNEL = `00400000-004ef000 r-xp 00000000 08:01 1572896                            /bin/bash
Size:                956 kB
Rss:                 728 kB
Pss:                 364 kB
Shared_Clean:        728 kB
Referenced:          728 kB
Anonymous:             0 kB
KernelPageSize:        4 kB
MMUPageSize:           4 kB
Locked:                0 kB
VmFlags: rd ex mr mw me dw 
006ef000-006f0000 r--p 000ef000 08:01 1572896                            /bin/bash
Size:                  4 kB
Rss:                   4 kB
Pss:                   4 kB
Shared_Clean:          0 kB
Referenced:            4 kB
Anonymous:             4 kB
KernelPageSize:        4 kB
MMUPageSize:           4 kB
Locked:                0 kB
VmFlags: rd mr mw me dw ac sd 
`;

const NEW_KERNEL = `7f12b0000000-7f12b0021000 rw-p 00000000 00:00 0                          [anon:arena]
Name:           [anon:arena]
Size:           100000000 kB
Rss:                   0 kB
THPeligible:           0
ProtectionKey:         0
VmFlags: rd wr mr mw me nr lf sl 
`;

function joined(pieces: Iterable<Uint8Array>): string {
  return Buffer.concat([...pieces]).toString();
}

describe("smaps", () => {
  it("come back byte for byte, old fields and new ones", () => {
    for (const text of [OLD_KERNEL, NEW_KERNEL, OLD_KERNEL + NEW_KERNEL]) {
      expect(joined(formatSmaps(parseSmaps(text)))).toBe(text);
    }
  });

  it("come back byte for byte from real programs", () => {
    const folder = new URL("../../../../examples/python-threads/", import.meta.url);
    const files = readdirSync(folder).filter((name) => name.startsWith("smaps."));
    expect(files.length).toBeGreaterThan(10);
    for (const name of files) {
      const text = gunzipSync(readFileSync(new URL(name, folder))).toString();
      expect(joined(formatSmaps(parseSmaps(text)))).toBe(text);
    }
  });

  it("tell values, and flags as the engine keeps them", () => {
    const [first, second] = parseSmaps(OLD_KERNEL);
    expect(smapsValue(first!, "Rss")).toBe(728);
    expect(smapsValue(first!, "Swap")).toBeUndefined();
    expect(first!.vmFlags).toEqual({ text: "rd ex mr mw me dw", flags: 0x75, flagsHigh: 0, unknown: ["dw"] });
    expect(second!.layout).toBe(first!.layout);
    const [area] = parseSmaps(NEW_KERNEL);
    expect(smapsValue(area!, "Size")).toBe(100000000);
    expect(smapsValue(area!, "Name")).toBe("[anon:arena]");
    expect(area!.vmFlags!.flagsHigh).not.toBe(0);
  });

  it("may be plain maps, without fields", () => {
    const [area] = parseSmaps("00400000-00401000 r-xp 00000000 08:02 17 \n");
    expect(area).toMatchObject({ vmFlags: null, values: [] });
  });

  it("do not depend on where chunks end", () => {
    const whole = parseSmaps(OLD_KERNEL + NEW_KERNEL);
    for (const size of [1, 5, 64, 333]) {
      const areas: unknown[] = [];
      const reader = new SmapsReader((area) => areas.push(area));
      const bytes = encodeText(OLD_KERNEL + NEW_KERNEL);
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      reader.end();
      expect(areas).toEqual(whole);
    }
  });

  it("are refused with line and reason", () => {
    const fails = (text: string, reason: string | RegExp): void =>
      expect(() => parseSmaps(text, { file: "s" })).toThrow(reason);
    fails("Size: 4 kB\n", "s:1: a field before the first area");
    fails("00400000-00401000 r-xp 00000000 08:02 17 \nsize 4\n", /^s:2: not a line of smaps/);
    fails("00400000-00401000 r-xp 00000000 08:02 17 \nSize 4\n", 's:2: not a field of smaps: "Size 4"');
    fails(OLD_KERNEL + OLD_KERNEL, "s:23: the area 00400000-004ef000 is out of order");
    fails(
      OLD_KERNEL.replace("006ef000-", "004ee000-"),
      "s:12: the area 004ee000-006f0000 overlaps the one before, 00400000-004ef000",
    );
    fails(
      `00400000-00401000 r-xp 00000000 08:02 17 \n${"Field: 1 kB\n".repeat(300)}`,
      /more than 200 fields/,
    );
  });
});

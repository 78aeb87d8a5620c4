/** numa_maps: byte-exact both ways. */

import { describe, expect, it } from "vitest";
import { formatNumaMaps, parseNumaMaps } from "../../src/proc/numa-maps.js";

const TEXT = `00400000 default file=/usr/bin/a\\040b\\075c mapped=6 active=3 N0=6 kernelpagesize_kB=4
01dbb000 default heap anon=24 dirty=24 N0=24 kernelpagesize_kB=4
7f12b0000000 bind:0-1
7f12b0021000 prefer (many):0 anon=1 dirty=1 N0=1 kernelpagesize_kB=4
7f12b0031000 weighted interleave:0 huge anon=1 N0=1 kernelpagesize_kB=2048
7ffc1e900000 interleave:0 stack anon=5 dirty=5 N0=5 kernelpagesize_kB=4
`;

describe("numa_maps", () => {
  it("come back byte for byte", () => {
    expect(Buffer.from(formatNumaMaps(parseNumaMaps(TEXT))).toString()).toBe(TEXT);
  });

  it("tell policy, file and counts", () => {
    const areas = parseNumaMaps(TEXT);
    expect(areas[0]).toMatchObject({ start: 0x400000, policy: "default", file: "/usr/bin/a b=c" });
    expect(areas[1]!.entries[0]).toEqual({ name: "heap", value: null });
    expect(areas.map(({ policy }) => policy)).toEqual([
      "default",
      "default",
      "bind:0-1",
      "prefer (many):0",
      "weighted interleave:0",
      "interleave:0",
    ]);
    expect(areas[5]!.entries).toContainEqual({ name: "N0", value: 5 });
  });

  it("are refused with line and reason", () => {
    expect(() => parseNumaMaps("hello\n", { file: "n" })).toThrow(
      'n:1: not a line of numa_maps: no address: "hello"',
    );
    expect(() => parseNumaMaps("00400000 \n")).toThrow("no policy");
    expect(() => parseNumaMaps("00400000 default anon=x\n")).toThrow("a count is no number");
    expect(() => parseNumaMaps("00400000 default WHAT\n")).toThrow("an unknown word");
    expect(() => parseNumaMaps("00400000 default\n00300000 default\n")).toThrow(
      "input:2: the area at 00300000 is out of order",
    );
  });
});

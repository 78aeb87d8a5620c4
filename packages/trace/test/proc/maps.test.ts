/** maps: byte-exact both ways, and clear about what is wrong. */

import { describe, expect, it } from "vitest";
import { InputError } from "../../src/input-error.js";
import { formatAddress, formatMaps, MapsReader, parseMaps } from "../../src/proc/maps.js";
import { encodeText } from "../../src/text.js";

const TEXT = `00400000-00452000 r-xp 00000000 08:02 173521                             /usr/bin/dbus-daemon
00e03000-00e24000 rw-p 00000000 00:00 0                                  [heap]
7f0000000000-7f0000021000 rw-p 00000000 00:00 0 
7f0000021000-7f0000022000 r--s 123456789000 fd:11 18446744073709551615   /dev/shm/a b\\012c (deleted)
7f0000022000-7f0000023000 rw-p 00000000 00:00 0                          [anon:my name]
7ffc1e900000-7ffc1e921000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

describe("maps", () => {
  it("come back byte for byte", () => {
    expect(formatMaps(parseMaps(TEXT))).toEqual(encodeText(TEXT));
  });

  it("are read field by field", () => {
    const areas = parseMaps(TEXT);
    expect(areas[3]).toEqual({
      start: 0x7f0000021000,
      end: 0x7f0000022000,
      permissions: "r--s",
      offset: 0x123456789000,
      device: "fd:11",
      inode: 18446744073709551615n,
      name: "/dev/shm/a b\nc (deleted)",
    });
    expect(areas[2]!.name).toBe("");
    expect(areas[6]!.end).toBe(2 ** 64 - 0x9ff000);
  });

  it("keep bytes of names that are not UTF-8", () => {
    const line = [
      ...encodeText("00400000-00401000 r-xp 00000000 08:02 17                                 /tmp/"),
      0xff,
      0xc3,
      10,
    ];
    expect([...formatMaps(parseMaps(Uint8Array.from(line)))]).toEqual(line);
  });

  it("print addresses with at least eight digits", () => {
    expect(formatAddress(0x1000)).toBe("00001000");
    expect(formatAddress(2 ** 64 - 4096)).toBe("fffffffffffff000");
  });

  it("are streamed: 65,530 areas in small chunks", () => {
    let areas = 0;
    let last = 0;
    const reader = new MapsReader(({ end }) => {
      areas += 1;
      last = end;
    });
    let chunk = "";
    for (let i = 0; i < 65_530; i++) {
      const start = 0x7f0000000000 + i * 8192;
      chunk += `${start.toString(16)}-${(start + 4096).toString(16)} rw-p 00000000 00:00 0 \n`;
      if (chunk.length > 5000) {
        reader.push(encodeText(chunk));
        chunk = "";
      }
    }
    reader.push(encodeText(chunk));
    reader.end();
    expect([areas, last]).toEqual([65_530, 0x7f0000000000 + 65_529 * 8192 + 4096]);
  });
});

describe("a file that is no maps file", () => {
  const fails = (text: string, message: string): void => {
    expect(() => parseMaps(text, { file: "m" })).toThrow(
      new InputError("m", Number(/:(\d+):/.exec(message)![1]), message.replace(/^m:\d+: /, "")),
    );
  };

  it("is refused with line and reason", () => {
    const good = "00400000-00452000 r-xp 00000000 08:02 1 \n";
    fails("hello\n", 'm:1: not a line of maps: no address range: "hello"');
    fails(
      `${good}00452000-00453000 rwzp 0 0:0 0 \n`,
      'm:2: not a line of maps: no permissions: "00452000-00453000 rwzp 0 0:0 0 "',
    );
    fails(
      "00400000-00400000 r-xp 0 0:0 0 \n",
      'm:1: the area is empty or ends before it begins: "00400000-00400000 r-xp 0 0:0 0 "',
    );
    fails(
      "00400001-00402000 r-xp 0 0:0 0 \n",
      'm:1: the area\'s bounds are not page aligned: "00400001-00402000 r-xp 0 0:0 0 "',
    );
    fails(
      `${good}00451000-00453000 r-xp 0 0:0 0 \n`,
      "m:2: the area 00451000-00453000 overlaps the one before, 00400000-00452000",
    );
    fails(
      `${good}00300000-00301000 r-xp 0 0:0 0 \n`,
      "m:2: the area 00300000-00301000 is out of order, behind 00400000-00452000",
    );
  });

  it("never reaches the terminal raw", () => {
    expect(() => parseMaps("\u001b[2J\n")).toThrow('"\\x1b[2J"');
  });
});

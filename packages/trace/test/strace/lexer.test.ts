/** Scanning: numbers, expressions and the text that is stepped over. */

import { describe, expect, it } from "vitest";
import { scanHex, scanNumber, sixDigits, VALUE } from "../../src/scan-number.js";
import { FlagMemo } from "../../src/strace/flag-memo.js";
import {
  scanExpression,
  skipAnnotation,
  skipComment,
  skipDescription,
  skipQuoted,
  skipValue,
} from "../../src/strace/lexer.js";
import { encodeText } from "../../src/text.js";

type Scan = (bytes: Uint8Array, position: number) => number;

/** Scans all of `text`; returns the value, or "stops at n". */
function scanned(scan: Scan, text: string): number | string {
  const end = scan(encodeText(`${text}\n`), 0);
  return end === text.length ? VALUE[0]! : `stops at ${end}`;
}

function skipped(skip: Scan, text: string): string | null {
  const end = skip(encodeText(`${text}\n`), 0);
  return end < 0 ? null : text.slice(0, end);
}

describe("numbers", () => {
  it("are hexadecimal up to 16 digits, exact where a number can be", () => {
    for (const value of [
      0n,
      9n,
      0xabcdefn,
      0xfffffffn,
      0x10000000n,
      0x7f55b37d2000n,
      0xffffffffffffen,
      0xffffffffffffff00n,
      2n ** 64n - 4096n,
    ]) {
      expect(scanned(scanHex, value.toString(16))).toBe(Number(value));
      expect(scanned(scanNumber, `0x${value.toString(16)}`)).toBe(Number(value));
    }
    expect(scanned(scanHex, "10000000000000000")).toBe("stops at -1");
    expect(scanned(scanHex, "g")).toBe("stops at -1");
  });

  it("are decimal, negative and octal", () => {
    for (const value of [0, 7, 10, 4096, 123456789, 1234567890, 2 ** 53 - 1, -1, -100]) {
      expect(scanned(scanNumber, String(value))).toBe(value);
    }
    expect(scanned(scanNumber, "0644")).toBe(0o644);
    expect(scanned(scanNumber, "0648")).toBe("stops at -1");
    expect(scanned(scanNumber, "-")).toBe("stops at -1");
    expect(scanned(scanNumber, "-0x10")).toBe("stops at -1");
    expect(scanned(scanNumber, "0x")).toBe("stops at -1");
  });
});

describe("expressions", () => {
  it("join names and numbers", () => {
    expect(scanned(scanExpression, "PROT_READ|PROT_WRITE")).toBe(3);
    expect(scanned(scanExpression, "MAP_PRIVATE|0x8000000")).toBe(0x8000002);
    expect(scanned(scanExpression, "CLONE_CLEAR_SIGHAND|CLONE_IO|SIGCHLD")).toBe(
      0x100000000 + 0x80000000 + 17,
    );
    expect(scanned(scanExpression, "0x200 /* IPC_CREAT */|0600")).toBe(0x200 | 0o600);
    expect(scanned(scanExpression, "1<<3")).toBe(8);
    expect(scanned(scanExpression, "NULL")).toBe(0);
  });

  it("refuse names that are only alike", () => {
    for (const text of [
      "PROT_REA",
      "PROT_READX",
      "prot_read",
      "PROT_READ|",
      "|PROT_READ",
      "0x1 /* open",
      "",
    ]) {
      expect(scanned(scanExpression, text)).not.toBe(1);
      expect(typeof scanned(scanExpression, text)).toBe("string");
    }
  });
});

describe("text that is stepped over", () => {
  it("ends where it should", () => {
    expect(skipped(skipComment, "/* a /* b */ c */ d")).toBe("/* a /* b */ c */");
    expect(skipped(skipComment, "/* a /* b */")).toBeNull();
    expect(skipped(skipQuoted, '"a\\"b", c')).toBe('"a\\"b"');
    expect(skipped(skipQuoted, '"abc"..., d')).toBe('"abc"...');
    expect(skipped(skipQuoted, '"abc\\')).toBeNull();
    expect(skipped(skipAnnotation, "</a\\76b>x>")).toBe("</a\\76b>");
    expect(skipped(skipAnnotation, "</dev/null<char 1:3>>, 1")).toBe("</dev/null<char 1:3>>");
    expect(skipped(skipAnnotation, '<UNIX:[1->2,"/x"]>)')).toBe('<UNIX:[1->2,"/x"]>');
    expect(skipped(skipAnnotation, "</a")).toBeNull();
    expect(skipped(skipValue, '{a=[1, 2], b="},", c={}}, next')).toBe('{a=[1, 2], b="},", c={}}');
    expect(skipped(skipValue, "3</x> <unfinished ...>")).toBe("3</x>");
    expect(skipped(skipValue, "[1, 2")).toBeNull();
  });
});

describe("annotations that are skipped in words", () => {
  const annotations = [
    "</usr/lib/x86_64-linux-gnu/libc.so.6>",
    "</a>",
    "</>",
    "</dev/null<char 1:3>>",
    "</a\\76b\\>c>",
    "</tmp/x (deleted)>(deleted)",
    "<socket:[123]>",
    '<UNIX:[1->2,"/x"]>',
    "</cut short",
    "</cut short\\",
    "<",
    `</${"long/".repeat(50)}>`,
    "</\x8a\xbc\xbe\xdc\x0b\x3d\x3f\x5d>",
  ];

  it("end where they end byte by byte, wherever they begin", () => {
    for (const annotation of annotations) {
      for (let before = 0; before < 8; before++) {
        for (const behind of ["\n", ", 0) = 5\n"]) {
          const text = `${"3".repeat(before)}${annotation}${behind}`;
          const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
          const view = new DataView(bytes.buffer);
          expect(skipDescription(bytes, before, view)).toBe(skipAnnotation(bytes, before));
        }
      }
    }
  });
});

describe("six digits in two words", () => {
  const read = (text: string): number => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return sixDigits(new DataView(bytes.buffer), 0);
  };

  it("are read as a number", () => {
    for (const number of [0, 1, 9, 10, 99, 123456, 987654, 999999, 100000, 900009]) {
      expect(read(String(number).padStart(6, "0"))).toBe(number);
    }
  });

  it("are refused when one of them is none", () => {
    for (let at = 0; at < 6; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const isDigit = byte >= 0x30 && byte <= 0x39;
        const text = `${"9".repeat(at)}${String.fromCharCode(byte)}${"9".repeat(5 - at)}`;
        expect(read(text) >= 0).toBe(isDigit);
      }
    }
  });
});

describe("the flag memo", () => {
  it("changes no result, whatever it has seen before", () => {
    const memo = new FlagMemo(2);
    const texts = [
      "PROT_READ",
      "PROT_READ|PROT_WRITE",
      "PROT_READ|PROT_EXEC",
      "PROT_NONE",
      "0x3 /* PROT_READ|PROT_WRITE */",
      "PROT_READX",
      "7",
      "MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK",
      "PROT_WRITE",
    ];
    for (let round = 0; round < 3; round++) {
      for (const text of texts) {
        for (const delimiter of [", 1", ")", " <unfinished ...>", "x"]) {
          const bytes = encodeText(`${text}${delimiter}${" ".repeat(100)}\n`);
          memo.attach(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
          const end = memo.scan(bytes, 0, round % 2);
          const value = VALUE[0];
          expect([end, end < 0 ? 0 : value]).toEqual([scanExpression(bytes, 0), end < 0 ? 0 : VALUE[0]]);
        }
      }
    }
  });

  it("takes nothing for the same but the same, whatever stands in comments", () => {
    const memo = new FlagMemo(1);
    // As doubles: NaN, a zero, a zero below zero, the smallest number there is.
    const odd = ["\xff".repeat(16), "\0".repeat(16), `${"\0".repeat(15)}\x80`, `\x01${"\0".repeat(15)}`];
    const texts = odd.flatMap((comment) => [
      `0x1 /* ${comment} */,`,
      `0x2 /* ${comment} */,`,
      `0x2 /*${comment} */,`,
    ]);
    for (let round = 0; round < 2; round++) {
      for (const text of texts) {
        const bytes = Uint8Array.from(`${text}${" ".repeat(100)}\n`, (character) => character.charCodeAt(0));
        memo.attach(new DataView(bytes.buffer));
        const end = memo.scan(bytes, 0, 0);
        const value = VALUE[0];
        expect([end, value]).toEqual([scanExpression(bytes, 0), VALUE[0]]);
      }
    }
  });

  it("reads up to the very end of the bytes", () => {
    const memo = new FlagMemo(1);
    const bytes = encodeText("PROT_READ)\n");
    memo.attach(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
    for (let i = 0; i < 3; i++) expect(memo.scan(bytes, 0, 0)).toBe(9);
  });
});

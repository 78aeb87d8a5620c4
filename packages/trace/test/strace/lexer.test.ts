/** Scanning: numbers, expressions and the text that is stepped over. */

import { describe, expect, it } from "vitest";
import { scanHex, scanNumber, VALUE } from "../../src/scan-number.js";
import { FlagMemo } from "../../src/strace/flag-memo.js";
import {
  scanExpression,
  skipAnnotation,
  skipComment,
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
          memo.attach(bytes);
          const end = memo.scan(bytes, 0, round % 2);
          const value = VALUE[0];
          expect([end, end < 0 ? 0 : value]).toEqual([scanExpression(bytes, 0), end < 0 ? 0 : VALUE[0]]);
        }
      }
    }
  });

  it("reads up to the very end of the bytes", () => {
    const memo = new FlagMemo(1);
    const bytes = encodeText("PROT_READ)\n");
    memo.attach(bytes);
    for (let i = 0; i < 3; i++) expect(memo.scan(bytes, 0, 0)).toBe(9);
  });
});

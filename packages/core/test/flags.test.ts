// VmFlags: every letter is read and written, in the kernel's order, in two 32-bit words.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  FLAG_LETTERS,
  formatPermissions,
  formatVmFlags,
  parseVmFlags,
  VM_LOCKONFAULT,
  VM_MAYSHARE,
  VM_MERGEABLE,
  VM_READ,
  VM_SHARED,
  VM_WRITE,
  VMH_SEALED,
} from "../src/abi/flags.js";

describe("flag letters", () => {
  it("have one bit each, all different, and stand in bit order", () => {
    const position = (word: string, bit: number): number => Math.log2(bit >>> 0) + (word === "high" ? 32 : 0);
    const positions = FLAG_LETTERS.map(({ word, bit }) => position(word, bit));
    expect(positions.every(Number.isInteger)).toBe(true);
    expect([...positions].sort((a, b) => a - b)).toEqual(positions);
    expect(new Set(positions).size).toBe(FLAG_LETTERS.length);
    expect(new Set(FLAG_LETTERS.map(({ code }) => code)).size).toBe(FLAG_LETTERS.length);
  });

  it("come back from text as they went in, for any combination", () => {
    fc.assert(
      fc.property(fc.subarray([...FLAG_LETTERS]), (letters) => {
        const text = letters.map(({ code }) => code).join(" ");
        const { flags, flagsHigh, unknown } = parseVmFlags(text);
        expect(unknown).toEqual([]);
        expect(flags).toBe(flags | 0);
        expect(formatVmFlags(flags, flagsHigh)).toBe(text);
      }),
    );
  });

  it("read 6.1's ?? as lock-on-fault and keep what they do not know apart", () => {
    expect(parseVmFlags("rd ?? zz mg sl")).toEqual({
      flags: VM_READ | VM_LOCKONFAULT | VM_MERGEABLE,
      flagsHigh: VMH_SEALED,
      unknown: ["zz"],
    });
  });
});

describe("permissions", () => {
  it("print s for memory that may be shared, even where it is not shared now", () => {
    expect(formatPermissions(VM_READ | VM_WRITE)).toBe("rw-p");
    expect(formatPermissions(VM_READ | VM_MAYSHARE)).toBe("r--s");
    expect(formatPermissions(VM_SHARED)).toBe("---p");
  });
});

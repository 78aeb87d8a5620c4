// Reasons in words: each code has a sentence, flags name what differs, and touching areas are explained in full.
import { describe, expect, it } from "vitest";
import { VM_ACCOUNT, VM_MAYREAD, VM_NORESERVE, VM_READ, VM_WRITE } from "../src/abi/flags.js";
import { PAGE_SIZE } from "../src/abi/page.js";
import { profile } from "../src/abi/profile.js";
import { apartReasons, explainReasons, flagDifference } from "../src/explain/why.js";
import { REASON_CODES, reasonCodes } from "../src/merge/reason.js";
import { AnonVma } from "../src/object/anon-vma.js";
import { Vma } from "../src/object/vma.js";

const FLAGS = VM_READ | VM_WRITE | VM_MAYREAD;

function pair(): [Vma, Vma] {
  return [
    new Vma(1, 4 * PAGE_SIZE, 8 * PAGE_SIZE, 4, FLAGS, 0),
    new Vma(2, 8 * PAGE_SIZE, 9 * PAGE_SIZE, 8, FLAGS, 0),
  ];
}

describe("explainReasons", () => {
  it("has a sentence of its own for every code", () => {
    const [lower, upper] = pair();
    const all = Object.values(REASON_CODES).reduce((bits, bit) => bits | bit, 0);
    const details = explainReasons(all, lower, upper);
    expect(details.map(({ code }) => code)).toEqual(Object.keys(REASON_CODES));
    expect(new Set(details.map(({ sentence }) => sentence)).size).toBe(details.length);
  });

  it("names the flags and the call that puts them right", () => {
    const [lower, upper] = pair();
    lower.flags |= VM_ACCOUNT;
    upper.flags |= VM_NORESERVE;
    const [detail] = explainReasons(REASON_CODES.flags, lower, upper);
    expect(detail).toMatchObject({ code: "flags", lower: "ac", upper: "nr" });
    expect(detail?.sentence).toContain("MAP_NORESERVE");
    expect(detail?.remedy).toContain("MAP_NORESERVE");
  });
});

describe("apartReasons", () => {
  it("finds nothing between two areas that would merge", () => {
    const [lower, upper] = pair();
    expect(apartReasons(profile("6.18"), lower, upper)).toBe(0);
  });

  it("finds different anonymous objects where nothing is visible", () => {
    const [lower, upper] = pair();
    for (const area of [lower, upper]) {
      area.anonVma = new AnonVma(area.id);
      area.anonChain = area.anonVma.singular;
    }
    expect(reasonCodes(apartReasons(profile("6.18"), lower, upper))).toEqual(["anon-different"]);
  });

  it("depends on the kernel for written beside never written", () => {
    const [lower, upper] = pair();
    lower.anonVma = new AnonVma(1);
    lower.anonChain = lower.anonVma.singular;
    expect(reasonCodes(apartReasons(profile("6.12"), lower, upper))).toEqual(["anon-unwritten"]);
    expect(apartReasons(profile("6.18"), lower, upper)).toBe(0);
  });
});

describe("flagDifference", () => {
  it("lists both sides in the kernel's order and leaves out what is ignored", () => {
    const lower = { flags: VM_READ | VM_ACCOUNT, flagsHigh: 0 };
    const upper = { flags: VM_WRITE, flagsHigh: 0 };
    expect(flagDifference(lower, upper)).toEqual({ onlyLower: ["rd", "ac"], onlyUpper: ["wr"] });
    expect(flagDifference(lower, upper, VM_ACCOUNT)).toEqual({ onlyLower: ["rd"], onlyUpper: ["wr"] });
  });
});

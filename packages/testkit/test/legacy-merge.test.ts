// The engine before the series: each numbered case, told by number.
import { describe, it } from "vitest";
import { LegacyDriver } from "../src/driver/legacy.js";
import type { LegacyCloseRule } from "../src/model/legacy-merge.js";
import { expectScenario } from "../src/scenario/run.js";
import { readScenario } from "../src/scenario/scenario.js";

function onLegacy(
  given: string,
  words: string[],
  when: string,
  then: string,
  rule: LegacyCloseRule = "fixed",
): void {
  const text = `given\n0123456789\n${given}\n${words.join("\n")}\nwhen\n${when}\nthen\n${then}`;
  expectScenario(readScenario(text), new LegacyDriver(rule));
}

describe("cases", () => {
  it.each([
    [1, "PPP..NNN", [], "new 3-5 rw-", "PPPPPPPP", "P", "P N"],
    [2, "PPP..NNN", ["N r--"], "new 3-5 rw-", "PPPPPNNN", "P", "P"],
    [3, "PPP..NNN", ["P r--"], "new 3-5 rw-", "PPPNNNNN", "N", "N"],
    [4, "VVVVNN", ["V r--"], "merge V 2-4 rw-", "VVNNNN", "N", "N V"],
    [5, "PPVVVV", ["V r--"], "merge V 2-4 rw-", "PPPPVV", "P", "P V"],
    [6, "PPVVNN", ["V r--"], "merge V 2-4 rw-", "PPPPPP", "P", "P N V"],
    [7, "PPVVNN", ["V r--", "N r-x"], "merge V 2-4 rw-", "PPPPNN", "P", "P V"],
    [8, "PPVVNN", ["V r--", "P r-x"], "merge V 2-4 rw-", "PPNNNN", "N", "N V"],
    [0, "PPVVNN", ["V r--"], "merge V 2-4 rwx", "PPVVNN", "none", "nothing"],
  ])("%i", (number, given, words, when, after, returned, marked) => {
    onLegacy(
      given,
      words,
      when,
      `0123456789\n${after}\nreturns ${returned}\ncase ${number}\nmarked ${marked}`,
    );
  });

  it("two that fit the range and not one another: case 2, case 7", () => {
    onLegacy("PPP..NNN", ["P anon=A", "N anon=B"], "new 3-5 rw-", "0123456789\nPPPPPNNN\ncase 2");
    onLegacy("PPVVNN", ["P anon=A", "V r--", "N anon=B"], "merge V 2-4 rw-", "0123456789\nPPPPNN\ncase 7");
  });
});

describe("close hooks over its ages", () => {
  it("never: an area with a hook takes part in nothing", () => {
    onLegacy("PPP..", ["P close"], "new 3-5 rw-", "0123456789\nPPP\ncase 0", "never");
    onLegacy("PPP..", ["P close"], "new 3-5 rw-", "0123456789\nPPPPP\ncase 2", "fixed");
  });

  it("case 7 deleted such an area, and was then refused, after marking", () => {
    const words = ["V r-- close"];
    const deleted = "0123456789\nPPPP\nreturns P\ncase 7\nclosed nothing";
    onLegacy("PPVV", words, "merge V 2-4 rw-", deleted, "case7-bug");
    const refused = "0123456789\nPPVV\nreturns none\ncase 7\nmarked P V";
    onLegacy("PPVV", words, "merge V 2-4 rw-", refused, "fixed");
  });
});

describe("mmap's own growth", () => {
  it("the area above was asked first, and alone grew over memory that was never written below", () => {
    onLegacy("PPP..NNN", ["N anon=A"], "map 3-5 rw-", "0123456789\nPPPNNNNN\nreturns N\ncase 3");
  });

  it("a forked area below was compared with the object of the one above", () => {
    const words = ["P anon=A chain=AX", "N anon=A"];
    onLegacy("PPP..NNN", words, "map 3-5 rw-", "0123456789\nPPPPPPPP\nreturns P\ncase 1");
  });
});

describe("failures", () => {
  it("a failed merge is no merge, and the clone is undone", () => {
    const words = ["V r--", "N anon=A"];
    onLegacy(
      "PPVVNN",
      words,
      "merge V 2-4 rw-\nfail 2",
      "0123456789\nPPVVNN\nP anon=none chain=none\nreturns none\ncase 6",
    );
    onLegacy(
      "PPVVNN",
      words,
      "merge V 2-4 rw-\nfail 1",
      "0123456789\nPPVVNN\nP anon=none\nreturns none\ncase 6",
    );
  });

  it("modify hid it and went on to the split", () => {
    onLegacy(
      "PPVVVV",
      ["V r--"],
      "modify V 2-4 rw-\nfail 1",
      "0123456789\nPPVVaa\nV rw-\na r--\nreturns V\ncase 5",
    );
  });
});

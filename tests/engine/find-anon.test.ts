// region/find-anon.ts: whose anonymous object an area may share at its first write.
import { EngineDriver, readScenario } from "@vma/testkit";
import { expect, it } from "vitest";

/** The object V would share. */
function shared(row: string, ...words: string[]): string | null {
  const text = `given\n0123456789\n${row}\n${words.join("\n")}\nwhen\nwrite V\nthen\n`;
  return new EngineDriver().start(readScenario(text).given).reusableAnon("V");
}

it.each([
  ["the one above", "VVNN", ["N anon=A"], "A"],
  ["the one below", "PPVV", ["P anon=A"], "A"],
  ["the one above before the one below", "PPVVNN", ["P anon=A", "N anon=B"], "B"],
  ["the one below when the one above has none", "PPVVNN", ["P anon=A"], "A"],
  ["one with other permissions", "PPVV", ["P r-x -me anon=A"], "A"],
  ["one with another name", "PPVV", ["P anon=A name=heap"], "A"],
  ["none across a hole", "PP.VV", ["P anon=A"], null],
  ["none of a locked area", "PPVV", ["P rw- lo anon=A"], null],
  ["none that came through a fork", "PPVV", ["P anon=A chain=XA"], null],
  ["none where the offsets do not continue", "PPVV", ["P anon=A @7"], null],
  ["none of another file", "PPVV", ["P anon=A file=F"], null],
  ["none of another policy", "PPVV", ["P anon=A policy=bind:0"], null],
])("%s", (_, row, words, expected) => {
  expect(shared(row, ...words)).toBe(expected);
});

// Coverage marks, heard while a body runs.
import { describe, expect, it } from "vitest";
import { collectMarks, hits, type OnMark } from "../src/marks.js";

let listener: ((name: string) => void) | undefined;
const listen: OnMark = (next) => {
  const before = listener;
  listener = next;
  return before;
};

describe("marks", () => {
  it("are collected with how often they were passed, and only while the body runs", () => {
    const passed = collectMarks(listen, () => {
      listener?.("a");
      listener?.("a");
      listener?.("b");
    });
    expect(passed).toEqual(
      new Map([
        ["a", 2],
        ["b", 1],
      ]),
    );
    expect(listener).toBeUndefined();
  });

  it("a mark that was not passed is an error that names those that were", () => {
    hits(listen, "a", () => listener?.("a"));
    expect(() => hits(listen, "c", () => listener?.("a"))).toThrow('the mark "c" was not passed, only a');
    expect(() => hits(listen, "c", () => {})).toThrow('the mark "c" was not passed');
  });
});

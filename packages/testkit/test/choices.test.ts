// Every combination once, in order, whatever the questions depend on.
import { describe, expect, it } from "vitest";
import { Choices, exhaust } from "../src/choices.js";

describe("Choices", () => {
  it("visits every combination once, the last question changing fastest", () => {
    const seen: string[] = [];
    expect(exhaust((choices) => seen.push(`${choices.range(1, 2)}${choices.pick(["a", "b", "c"])}`))).toBe(6);
    expect(seen).toEqual(["1a", "1b", "1c", "2a", "2b", "2c"]);
  });

  it("follows questions that depend on answers", () => {
    const seen: number[][] = [];
    exhaust((choices) => seen.push(choices.flag() ? [1, choices.index(3)] : [0]));
    expect(seen).toEqual([[0], [1, 0], [1, 1], [1, 2]]);
  });

  it("gives every subset", () => {
    const seen = new Set<string>();
    expect(exhaust((choices) => seen.add(choices.subset([1, 2, 3]).join("")))).toBe(8);
    expect(seen).toEqual(new Set(["", "1", "2", "3", "12", "13", "23", "123"]));
  });

  it("asks nothing: one combination", () => {
    expect(exhaust(() => {})).toBe(1);
  });

  it("refuses a question without answers and a body that changes its questions", () => {
    expect(() => new Choices().index(0)).toThrow(RangeError);
    let turn = 0;
    expect(() =>
      exhaust((choices) => {
        turn += 1;
        choices.index(turn === 1 ? 2 : 3);
      }),
    ).toThrow("the body is not fixed");
  });
});

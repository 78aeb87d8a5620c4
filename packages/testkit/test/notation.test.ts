// Ruler pictures, read and drawn.
import { describe, expect, it } from "vitest";
import { areaRow, letterOf, picture, readRow, readRuler, ruler } from "../src/scenario/notation.js";

describe("reading", () => {
  it("a row: letters are areas, dots are holes", () => {
    expect(readRow("PPP..NN")).toEqual([
      { name: "P", start: 0, end: 3 },
      { name: "N", start: 5, end: 7 },
    ]);
    expect(readRow("AAB")).toEqual([
      { name: "A", start: 0, end: 2 },
      { name: "B", start: 2, end: 3 },
    ]);
    expect(readRow("...   ")).toEqual([]);
  });

  it("a letter that comes twice, a character that is none, a row too long", () => {
    expect(() => readRow("P.P")).toThrow("comes twice");
    expect(() => readRow("P*P")).toThrow('"*"');
    expect(() => readRow("P".repeat(5000))).toThrow("too wide");
  });

  it("a ruler counts its columns", () => {
    expect(readRuler("012345678901")).toBe(12);
    expect(() => readRuler("0124")).toThrow("no ruler");
    expect(ruler(4, 8)).toBe("8901");
  });
});

describe("drawing", () => {
  it("a row reads back", () => {
    const areas = readRow("..PPP.NN");
    expect(areaRow(areas, 0, 8)).toBe("..PPP.NN");
    expect(areaRow(areas, 3, 7)).toBe("PP.N");
  });

  it("areas the engine made have small letters", () => {
    expect([letterOf("n1"), letterOf("n26"), letterOf("n27"), letterOf("V")]).toEqual(["a", "z", "?", "V"]);
  });

  it("rows with labels and marks on one ruler, which says where it starts", () => {
    const areas = [{ name: "P", start: 12, end: 14 }];
    expect(
      picture([
        { label: "given", areas, mark: { start: 14, end: 16 } },
        { label: "then", areas },
      ]),
    ).toBe(["      012345  from page 10", "given ..PP..", "          **", "then  ..PP.."].join("\n"));
  });

  it("areas far apart are told with their pages", () => {
    const areas = [
      { name: "P", start: 0, end: 2 },
      { name: "N", start: 1000, end: 1001 },
    ];
    expect(picture([{ areas }])).toBe("P 0-2  N 1000-1001");
    expect(picture([{ areas: [] }])).toBe("(nothing is mapped)");
  });
});

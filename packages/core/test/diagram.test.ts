// Ruler pictures of areas.
import { describe, expect, it } from "vitest";
import { PAGE_SIZE } from "../src/abi/page.js";
import { drawAreas, MAX_PICTURE_PAGES } from "../src/explain/diagram.js";

const at = (start: number, end: number): { start: number; end: number } => ({
  start: start * PAGE_SIZE,
  end: end * PAGE_SIZE,
});

describe("drawAreas", () => {
  it("draws one letter a page and dots for holes", () => {
    const picture = drawAreas([at(8, 11), at(11, 12), at(14, 20)], 8 * PAGE_SIZE, 16 * PAGE_SIZE);
    expect(picture).toEqual({ ruler: "89012345", areas: "AAAB..CC", firstPage: 8 });
  });

  it("cuts areas at the window and takes the caller's letters", () => {
    const picture = drawAreas(
      [at(0, 4), at(4, 9)],
      2 * PAGE_SIZE,
      6 * PAGE_SIZE,
      (_area, index) => "PV"[index] ?? "?",
    );
    expect(picture.areas).toBe("PPVV");
  });

  it("refuses a window that is too wide or not whole pages", () => {
    expect(() => drawAreas([], 0, (MAX_PICTURE_PAGES + 1) * PAGE_SIZE)).toThrow(RangeError);
    expect(() => drawAreas([], 0, 100)).toThrow(RangeError);
  });
});

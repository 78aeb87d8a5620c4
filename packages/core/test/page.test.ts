// Page arithmetic: exact wherever addresses are.
import { describe, expect, it } from "vitest";
import { isPageAligned, PAGE_SIZE, pageAlignDown, pageAlignUp, TASK_SIZE, toPages } from "../src/abi/page.js";

describe("pages", () => {
  it("round bytes up and down to a boundary", () => {
    expect(pageAlignUp(0)).toBe(0);
    expect(pageAlignUp(1)).toBe(PAGE_SIZE);
    expect(pageAlignUp(PAGE_SIZE)).toBe(PAGE_SIZE);
    expect(pageAlignDown(PAGE_SIZE - 1)).toBe(0);
    expect(pageAlignDown(2 * PAGE_SIZE + 7)).toBe(2 * PAGE_SIZE);
  });

  it("are exact for page multiples up to 2^64", () => {
    const top = 2 ** 64 - PAGE_SIZE;
    expect(isPageAligned(top)).toBe(true);
    expect(toPages(top)).toBe(2 ** 52 - 1);
    expect(toPages(top) * PAGE_SIZE).toBe(top);
    expect(pageAlignUp(top)).toBe(top);
  });

  it("know where user memory ends", () => {
    expect(TASK_SIZE).toBe(0x7ffffffff000);
    expect(isPageAligned(TASK_SIZE)).toBe(true);
  });
});

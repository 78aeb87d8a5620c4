// Who set what last, across overwriting, unmapping and moving.
import { describe, expect, it } from "vitest";
import { AttributeHistory } from "../src/explain/history.js";

describe("AttributeHistory", () => {
  it("answers with the last call on the field, else with the mapping", () => {
    const history = new AttributeHistory<string>();
    history.mapped(0x1000, 0x5000, "mmap #1");
    history.set("advice", 0x2000, 0x3000, "madvise #2");
    expect(history.originOf("advice", 0x2000)).toBe("madvise #2");
    expect(history.originOf("advice", 0x3000)).toBe("mmap #1");
    expect(history.originOf("access", 0x2000)).toBe("mmap #1");
    expect(history.originOf("access", 0x5000)).toBeUndefined();
  });

  it("forgets all of it when the range is mapped anew", () => {
    const history = new AttributeHistory<number>();
    history.mapped(0, 0x4000, 1);
    history.set("lock", 0, 0x4000, 2);
    history.mapped(0x1000, 0x2000, 3);
    expect(history.originOf("lock", 0)).toBe(2);
    expect(history.originOf("lock", 0x1000)).toBe(3);
    history.forget(0, 0x1000);
    expect(history.originOf("lock", 0)).toBeUndefined();
  });

  it("is copied with what it knows, and the copies go their own ways", () => {
    const history = new AttributeHistory<number>();
    history.mapped(0, 0x4000, 1);
    history.set("access", 0x1000, 0x2000, 2);
    const copy = history.clone();
    copy.set("access", 0, 0x4000, 3);
    history.forget(0x3000, 0x4000);
    expect([0, 0x1000, 0x3000].map((at) => history.originOf("access", at))).toEqual([1, 2, undefined]);
    expect([0, 0x1000, 0x3000].map((at) => copy.originOf("access", at))).toEqual([3, 3, 3]);
    expect(copy.originOf("mapping", 0x3000)).toBe(1);
  });

  it("takes what it knows along when memory moves", () => {
    const history = new AttributeHistory<number>();
    history.mapped(0, 0x4000, 1);
    history.set("access", 0x1000, 0x2000, 2);
    history.move(0x1000, 0x3000, 0x10000);
    expect(history.originOf("access", 0x10000)).toBe(2);
    expect(history.originOf("access", 0x11000)).toBe(1);
    expect(history.originOf("mapping", 0x1000)).toBeUndefined();
    expect(history.originOf("mapping", 0)).toBe(1);
  });
});

// iterator.ts: where the position is after each move and write.
import { type AreaIterator, PAGE_SIZE, profile } from "@vma/core/engine";
import { PLAIN, Stage } from "@vma/testkit";
import { describe, expect, it } from "vitest";

function staged(): Stage {
  const stage = new Stage({ profile: profile("6.12") });
  stage.place({ ...PLAIN, name: "A", start: 2, end: 4, pgoff: 2 });
  stage.place({ ...PLAIN, name: "B", start: 6, end: 7, pgoff: 6 });
  return stage;
}

const position = ({ index, end, status }: AreaIterator): [number, number, string] => [
  index / PAGE_SIZE,
  end / PAGE_SIZE,
  status,
];

describe("moves", () => {
  it("find goes to the area at an address or the first above, and says when there is none", () => {
    const stage = staged();
    const { iterator } = stage;
    expect(stage.nameOf(iterator.find(0))).toBe("A");
    expect(position(iterator)).toEqual([2, 4, "active"]);
    expect(stage.nameOf(iterator.next())).toBe("B");
    expect(iterator.next()).toBeNull();
    expect(iterator.status).toBe("overflow");
  });

  it("findBefore stops at the limit and stands on the hole", () => {
    const { iterator } = staged();
    expect(iterator.findBefore(4 * PAGE_SIZE, 6 * PAGE_SIZE)).toBeNull();
    expect(position(iterator)).toEqual([4, 6, "active"]);
    expect(iterator.findBefore(4 * PAGE_SIZE, 7 * PAGE_SIZE)?.start).toBe(6 * PAGE_SIZE);
  });

  it("load stands on the area or the hole that holds an address", () => {
    const { iterator } = staged();
    expect(iterator.load(3 * PAGE_SIZE)?.start).toBe(2 * PAGE_SIZE);
    expect(iterator.load(5 * PAGE_SIZE)).toBeNull();
    expect(position(iterator)).toEqual([4, 6, "active"]);
  });

  it("areaBelow and areaStartingAt look without moving", () => {
    const stage = staged();
    const { iterator } = stage;
    iterator.reset(PAGE_SIZE);
    expect(stage.nameOf(iterator.areaBelow(6 * PAGE_SIZE))).toBe("A");
    expect(stage.nameOf(iterator.areaStartingAt(6 * PAGE_SIZE))).toBe("B");
    expect(iterator.areaStartingAt(3 * PAGE_SIZE)).toBeNull();
    expect(position(iterator)).toEqual([1, 1, "start"]);
  });
});

describe("writes", () => {
  it("configure states a range and keeps the status", () => {
    const { iterator } = staged();
    iterator.reset(0);
    iterator.configure(PAGE_SIZE, 2 * PAGE_SIZE);
    expect(position(iterator)).toEqual([1, 2, "start"]);
  });

  it("clear stands on the hole as wide as it has become", () => {
    const { iterator } = staged();
    iterator.clear(2 * PAGE_SIZE, 4 * PAGE_SIZE);
    expect(position(iterator)).toEqual([0, 6, "active"]);
  });

  it("when the last area is cleared the iterator has not walked", () => {
    const { iterator } = staged();
    iterator.clear(0, 10 * PAGE_SIZE);
    expect(position(iterator)).toEqual([0, 0, "start"]);
  });
});

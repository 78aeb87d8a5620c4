// The engine before the series against the one after it, over the whole enumerated space: what differs is exactly
// what the table of differences lists, as often as it says.
import { addTables, compareBeforeAfter, examplePicture, SPACE_POINTS, space } from "@vma/testkit";
import { describe, expect, it } from "vitest";

const shards = [1, 2, 3].map((index) => compareBeforeAfter({ shard: { index, count: 3 } }));
const table = addTables(shards);

describe("before and after the series", () => {
  it("compares every scenario that both engines can run", () => {
    expect(table.scenarios).toBe(110_639);
  });

  it("finds no difference that is not listed", () => {
    expect(table.unlisted.map(examplePicture)).toEqual([]);
  });

  it.each([
    ["1", { new: 1416, mmap: 988 }],
    ["2", { existing: 259, modify: 8 }],
    ["3", { existing: 1697, modify: 4 }],
    ["4", { existing: 736, modify: 24 }],
    ["5", { existing: 1696, modify: 32 }],
    ["6", { existing: 4256, modify: 42 }],
    ["7a", { mmap: 40 }],
    ["7b", { mmap: 40 }],
    ["7c", { mmap: 40 }],
    ["8", { modify: 479 }],
    ["failure", { mmap: 24, modify: 8 }],
  ])("finds class %s as often as it was recorded", (id, entries) => {
    const row = table.rows.find((listed) => listed.id === id);
    expect(row?.entries).toEqual(entries);
    expect(row?.example).not.toBeNull();
  });

  it("every class is listed here", () => {
    expect(table.rows).toHaveLength(11);
  });

  it("draws an example on one ruler", () => {
    const example = table.rows.find(({ id }) => id === "4")?.example;
    expect(example === null || example === undefined ? "" : examplePicture(example)).toBe(
      [
        "existing V 19-23 rw-",
        "       01234567890123456  from page 10",
        "given  ......PPPVVVVNNNN",
        "                ****",
        "before ......PPPPPPPPPPP",
        "after  ......PPPVVVVNNNN",
        "P rw-",
        "V r-- close",
        "N rw-",
        "before returns P (case 6)",
        "after returns none",
      ].join("\n"),
    );
  });
});

it("the space has as many points as it says", () => {
  let points = 0;
  for (const _ of space()) points += 1;
  expect(points).toBe(SPACE_POINTS);
});

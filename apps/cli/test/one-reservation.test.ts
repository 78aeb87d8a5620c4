/** whatif --change one-reservation: on small traces whose answer can be counted by hand, and on a recorded program. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PackedRanges, RangeSet } from "../src/analysis/range-set.js";
import { RW, scratch, smaps } from "./support/maps.js";
import { vma } from "./support/run.js";

const files = scratch();
const start = files.write("start.smaps", smaps([`10-20 rw-p ${RW}`]));

interface Numbers {
  readonly atEnd: number;
  readonly mostAreas: number;
}
interface Answer {
  readonly changedLines: number;
  readonly before: Numbers;
  readonly after: Numbers;
  readonly firstFailure: unknown;
}

/** Replays calls "CALL(...) = RESULT" of one process; one with a pid in front belongs to that one. */
async function whatIf(calls: readonly string[]): Promise<Answer> {
  const text = calls.map((call, index) => {
    const [, pid = "7", what = ""] = /^(?:(\d+) )?(.*)$/.exec(call) ?? [];
    return `${pid} 1700000000.${String(index * 1000).padStart(6, "0")} ${what} <0.000010>\n`;
  });
  const trace = files.write("t.strace", text.join(""));
  const { out, err, code } = await vma([
    "whatif",
    trace,
    "--start",
    start,
    "-c",
    "one-reservation",
    "--json",
  ]);
  expect({ err, code }).toEqual({ err: "", code: 0 });
  return (JSON.parse(out) as { changes: [Answer] }).changes[0];
}

const map = (
  at: string,
  pages: number,
  rest = "PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0",
): string => `mmap(NULL, ${pages * 4096}, ${rest}) = 0x${at}000`;

describe("one reservation", () => {
  it("brings together what lay apart", async () => {
    const answer = await whatIf([map("7f100", 4), map("7f200", 4), map("7f300", 4)]);
    // The start's area and three; then the start's and one: nothing of the reservation is left over.
    expect(answer).toMatchObject({
      changedLines: 3,
      before: { atEnd: 4 },
      after: { atEnd: 2 },
      firstFailure: null,
    });
  });

  it("keeps apart what the program asked for differently, and what it gives back as a piece without rights", async () => {
    const answer = await whatIf([
      map("7f100", 4),
      map("7f200", 4, "PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0"),
      map("7f300", 4),
      "munmap(0x7f301000, 4096) = 0",
    ]);
    // rw, r, rw, the piece that was given back, rw, and the start's.
    expect(answer).toMatchObject({ before: { atEnd: 5 }, after: { atEnd: 6 } });
  });

  it("moves later calls along: rights, advice, names, growth and shrinking", async () => {
    const answer = await whatIf([
      map("7f100", 4),
      map("7f200", 4),
      "mprotect(0x7f200000, 16384, PROT_READ) = 0",
      "madvise(0x7f100000, 16384, MADV_DONTDUMP) = 0",
      "mremap(0x7f100000, 16384, 32768, MREMAP_MAYMOVE) = 0x7f100000",
      "mremap(0x7f200000, 16384, 8192, MREMAP_MAYMOVE) = 0x7f200000",
      "mremap(0x7f200000, 8192, 12288, MREMAP_MAYMOVE) = 0x7f400000",
    ]);
    // As recorded: three. Inside the reservation: written, given back, read-only; and the start's.
    expect(answer).toMatchObject({ before: { atEnd: 3 }, after: { atEnd: 4 }, firstFailure: null });
  });

  it("leaves files, stacks and what the program placed itself where they are", async () => {
    const answer = await whatIf([
      map("7f100", 4, "PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0"),
      "mmap(0x7f300000, 16384, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0) = 0x7f300000",
      "munmap(0x7f300000, 16384) = 0",
      map("7f500", 4, "PROT_READ, MAP_SHARED|MAP_ANONYMOUS, -1, 0"),
    ]);
    expect(answer).toMatchObject({ changedLines: 0, before: { atEnd: 3 }, after: { atEnd: 3 } });
  });

  it("follows a call that is printed in two parts, and a range that is partly elsewhere", async () => {
    const answer = await whatIf([
      "mmap(NULL, 16384, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>",
      "<... mmap resumed>) = 0x7f100000",
      map("7f200", 1),
      "mmap(0x7f201000, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0) = 0x7f201000",
      "mprotect(0x7f200000, 8192, PROT_READ) = 0",
      "munmap(0x7f200000, 8192) = 0",
    ]);
    // What was partly elsewhere is gone from both places: the piece in use, the one given back, and the start's.
    expect(answer).toMatchObject({
      changedLines: 2,
      before: { atEnd: 2 },
      after: { atEnd: 3 },
      firstFailure: null,
    });
  });

  it("gives a forked child its parent's reservation", async () => {
    const answer = await whatIf([
      map("7f100", 4),
      "fork() = 8",
      `8 ${map("7f200", 4)}`,
      "8 munmap(0x7f100000, 16384) = 0",
      map("7f200", 4),
    ]);
    expect(answer).toMatchObject({ changedLines: 3, firstFailure: null });
    // Parent: the start's and one. Child: the start's, a piece without rights and one with.
    expect(answer.after.atEnd).toBe(5);
  });

  it("replays a recorded program with page faults and threads, and no call of it fails", async () => {
    const threads = join(fileURLToPath(new URL("../../../examples", import.meta.url)), "python-threads");
    const { code, out } = await vma(["whatif", threads, "-c", "one-reservation", "--json"]);
    expect(code).toBe(0);
    const [answer] = (JSON.parse(out) as { changes: [Answer] }).changes;
    expect(answer.changedLines).toBeGreaterThan(10);
    expect(answer.firstFailure).toBeNull();
    // What is given back and lies between pieces in use is an area where there was a hole.
    expect(answer.after.mostAreas).not.toBe(answer.before.mostAreas);
    expect(Math.abs(answer.after.mostAreas - answer.before.mostAreas)).toBeLessThan(10);
  });
});

describe("range sets", () => {
  it("hold what a set of single units holds", () => {
    let seed = 1;
    const below = (limit: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor(seed / 65536) % limit;
    };
    const units = new Set<number>();
    const set = new RangeSet();
    for (let step = 0; step < 2000; step += 1) {
      const from = below(40);
      const to = from + below(12);
      const adds = below(2) === 0;
      for (let unit = from; unit < to; unit += 1) {
        if (adds) units.add(unit);
        else units.delete(unit);
      }
      if (adds) set.add(from, to);
      else set.remove(from, to);
      const held = Array.from({ length: 52 }, (_, unit) => unit).filter((unit) => set.has(unit));
      expect(held).toEqual([...units].sort((a, b) => a - b));
      const edges = [...set.ranges()].flat();
      expect(edges.every((edge, index) => index === 0 || edge > (edges[index - 1] as number))).toBe(true);
    }
  });

  it("are packed in their order", () => {
    const set = new RangeSet();
    set.add(10, 12);
    set.add(20, 25);
    const packed = new PackedRanges(set, 1000);
    expect([10, 11, 12, 19, 20, 24, 25].map((address) => packed.place(address))).toEqual([
      1000,
      1001,
      null,
      null,
      1002,
      1006,
      null,
    ]);
    expect(packed.size).toBe(7);
  });
});

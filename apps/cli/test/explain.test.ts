/** explain: calls on drawn maps, kernel by kernel. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RW, scratch, smaps } from "./support/maps.js";
import { vma } from "./support/run.js";

const files = scratch();

async function after(args: readonly string[]): Promise<string[]> {
  const { out } = await vma(["explain", ...args]);
  return [...out.matchAll(/^\s+after\s+(\S+)$/gm)].map((match) => match[1] as string);
}

describe("vma explain", () => {
  it("fills the marked hole and makes three one", async () => {
    const { code, out } = await vma(["explain", "-m", "PPP**NNN", "mmap rw-"]);
    expect(code).toBe(0);
    expect(out).toContain("before  PPP..NNN");
    expect(out).toContain("after   PPPPPPPP");
    expect(out).toContain("new-both");
    expect(out.startsWith("Linux 6.1, 6.12, 6.18\n")).toBe(true);
  });

  it("tells kernels apart that do not agree", async () => {
    const { out } = await vma(["explain", "-m", "PPP**NNN", "-w", "N=written", "mmap rw-"]);
    expect(out).toMatch(/^Linux 6\.1$/m);
    expect(out).toMatch(/^Linux 6\.12, 6\.18$/m);
  });

  it("names each reason of a refusal", async () => {
    const { out } = await vma([
      "explain",
      "-m",
      "PPP**NNN",
      "-w",
      "P=dd",
      "-w",
      "N=r--",
      "mmap rw-",
      "--kernel",
      "6.18",
    ]);
    expect(out).toContain("no merge for 3-5");
    expect(out).toMatch(/below \(P\): flags: .*only one is kept out of core dumps/);
    expect(out).toMatch(/above \(N\): flags: .*their permissions differ/);
  });

  it("draws the areas before and after as a picture, kernels that agree once", async () => {
    const path = join(files.path, "picture.svg");
    const args = ["-m", "PPP**NNN", "-w", "N=written", "mmap rw-", "mprotect 0-1 r--", "--svg", path];
    const { code } = await vma(["explain", ...args]);
    expect(code).toBe(0);
    const svg = readFileSync(path, "utf8");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(svg.match(/>Linux [\d., ]+</g)).toEqual([">Linux 6.1<", ">Linux 6.12, 6.18<"]);
    expect(svg.match(/<rect /g)).toHaveLength(2 + 2 + 2 + 3 + (2 + 1 + 1 + 2));
    expect(svg).toContain("no merge for 0-1: below: no-neighbour; above: ");
    expect(svg).not.toContain("NaN");
  });

  it("draws drawings only", async () => {
    const path = join(files.path, "none.svg");
    const real = files.write("here.smaps", smaps([`1000-1010 rw-p ${RW}`]));
    const { code, err } = await vma(["explain", "-m", real, "munmap 0x1000000-0x1001000", "--svg", path]);
    expect(code).toBe(2);
    expect(err).toContain("--svg draws drawings");
    expect(existsSync(path)).toBe(false);
  });

  it("carries out several calls one after another", async () => {
    const rows = await after([
      "-m",
      "AAAAAAAA",
      "madvise 2-4 dontdump",
      "madvise 2-4 DODUMP",
      "munmap 3-4",
      "--kernel",
      "6.18",
    ]);
    expect(rows).toHaveLength(3);
    expect(new Set(rows[0])).toHaveProperty("size", 3);
    expect(new Set(rows[1])).toHaveProperty("size", 1);
    expect(rows[2]).toMatch(/^(.)\1\1\.(.)\2{3}$/);
  });

  it("takes files, offsets and a real map", async () => {
    const merged = await after([
      "-m",
      "PPP***",
      "-w",
      "P=file=F,at=0,r--",
      "mmap r-- file=F@3",
      "--kernel",
      "6.12",
    ]);
    expect(merged).toEqual(["PPPPPP"]);
    const apart = await after([
      "-m",
      "PPP***",
      "-w",
      "P=file=F,at=0,r--",
      "mmap r-- file=F@7",
      "--kernel",
      "6.12",
    ]);
    expect(apart).toEqual(["PPPaaa"]);
    const map = files.write("map.smaps", smaps([`1000-1010 rw-p ${RW}`]));
    const { out } = await vma([
      "explain",
      "-m",
      map,
      "mprotect 1004000-1008000 r--",
      "--kernel",
      "6.18",
      "--json",
    ]);
    const { kernels } = JSON.parse(out) as { kernels: { calls: { result: string; after: unknown[] }[] }[] };
    expect(kernels[0]?.calls[0]).toMatchObject({ result: "ok", after: [{}, {}, {}] });
  });

  it.each([
    [["-m", "PPP**NNN", "frobnicate"], /not a call/],
    [["-m", "PPPNNN.", "mmap"], /no range/],
    [["-m", "PP.PP", "munmap 0-1"], /two places/],
    [["-m", "PP**", "-w", "Q=r--", "mmap"], /has no Q/],
    [["-m", "PP**", "-w", "P=shiny", "mmap"], /means nothing/],
    [["-m", "PP**", "mprotect"], /rights/],
    [["-m", "PP**", "madvise nonsense"], /not an advice/],
    [["-m", "PP**", "munmap 2-2"], /empty/],
    [["-m", `${"P".repeat(200)}.`, "munmap 0-1"], /wide/],
  ])("says what is wrong with %j", async (args, message) => {
    const { code, out, err } = await vma(["explain", ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});

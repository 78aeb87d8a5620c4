// Every case runs at a small size, so that no benchmark rots; contenders must come to the same results, as in a real
// run. Nothing here looks at a time.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASES, findCase } from "../src/cases.js";
import { type Case, type Contender, Unavailable } from "../src/run/case.js";
import { Clock } from "../src/run/clock.js";
import { KEYS_BY_NAME, type Keys } from "../src/run/keys.js";

const SMALL = 120;
const cacheBefore = process.env.XDG_CACHE_HOME;
const cache = mkdtempSync(join(tmpdir(), "vma-bench-test-"));

beforeAll(() => {
  process.env.XDG_CACHE_HOME = cache;
});

afterAll(() => {
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheBefore;
  rmSync(cache, { recursive: true, force: true });
});

/** Checksum of two rounds, which must be the same; null where the contender cannot run. */
async function checksumOf(
  contender: Contender,
  keys: Keys = KEYS_BY_NAME.addresses,
): Promise<{ sum: number } | { why: string }> {
  try {
    const subject = await contender.prepare(SMALL, keys);
    try {
      const clock = new Clock();
      const sum = await subject.round(clock);
      expect(clock.read().operations).toBeGreaterThan(0);
      expect(await subject.round(new Clock())).toBe(sum);
      return { sum };
    } finally {
      await subject.close?.();
    }
  } catch (error) {
    if (error instanceof Unavailable) return { why: error.message };
    throw error;
  }
}

function label({ suite, name }: Case): string {
  return `${suite} ${name}`;
}

describe("every case", () => {
  it.each(CASES.map((subject) => [label(subject), subject] as const))("%s", async (_, subject) => {
    const sums = new Map<string, number>();
    const missing: string[] = [];
    for (const contender of subject.contenders) {
      const outcome = await checksumOf(contender);
      if ("sum" in outcome) sums.set(contender.name, outcome.sum);
      else missing.push(`${contender.name}: ${outcome.why}`);
    }
    if (subject.name === "strace-memory" && sums.size === 0) {
      // Measures a process of the built program, which a bare vitest run may not have.
      expect(missing).toEqual([expect.stringContaining("reader: ")]);
      return;
    }
    expect(new Set(sums.values()).size, `${JSON.stringify([...sums])}, missing ${missing.join("; ")}`).toBe(
      1,
    );
    // Only what the machine cannot give may be missing: ours never.
    expect([...sums.keys()][0]).toBe(subject.contenders[0]?.name);
  });

  it("has a name of its own in its suite, and is found by it", () => {
    expect(new Set(CASES.map(label)).size).toBe(CASES.length);
    for (const subject of CASES) expect(findCase(subject.suite, subject.name)).toBe(subject);
    expect(() => findCase("maple", "no-such-case")).toThrow(RangeError);
  });
});

describe("small keys", () => {
  const ranges = CASES.filter(({ suite }) => suite === "maple");
  it.each(ranges.map((subject) => [subject.name, subject] as const))("%s", async (_, { contenders }) => {
    const sums = await Promise.all(contenders.map((one) => checksumOf(one, KEYS_BY_NAME.small)));
    for (const sum of sums) expect(sum).toEqual(sums[0]);
  });
});

describe("the running kernel", () => {
  it("does to a stream of calls what the engine does", async (context) => {
    const subject = findCase("kernel", "mix");
    const [engine, kernel] = subject.contenders as [Contender, Contender];
    const real = await checksumOf(kernel);
    if ("why" in real) context.skip(`no kernel to compare with here: ${real.why}`);
    else expect(await checksumOf(engine)).toEqual(real);
  });
});

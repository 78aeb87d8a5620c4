// Close hooks over history: every combination of hooks on P, V and N, by geometry, under every rule set.
//
// Invariants: no area with a hook is deleted without it under `never` and `series`; under `fixed` and `case7-bug`
// the engine does what the old one did, deletions without the hook included, and those are the old cases 6, 7 and 8
// and no others; with hooks that go with the file, as in a kernel, only `case7-bug` leaks, and only in case 7.
import {
  AddressSpace,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  SharedMemorySegment,
} from "@vma/core";
import { type CloseRule, type KernelProfile, profile } from "@vma/core/engine";
import {
  type AreaSpec,
  Choices,
  EngineDriver,
  type Given,
  LegacyDriver,
  NO_FAULTS,
  type Operation,
  type Outcome,
  PLAIN,
  readAttributes,
  readOperation,
  type Session,
} from "@vma/testkit";
import { describe, expect, it } from "vitest";

const RULES: readonly CloseRule[] = ["never", "case7-bug", "fixed", "series"];

function under(closeRule: CloseRule): KernelProfile {
  return { ...profile("6.12"), name: `6.12 with close rule ${closeRule}`, closeRule };
}

interface Case {
  readonly given: Given;
  readonly operation: Operation;
  readonly geometry: string;
  /** Letters of the areas that have a hook. */
  readonly hooks: string;
  /** Whether all areas that are there have the same hooks, as areas of one file have. */
  readonly uniform: boolean;
}

/** Every case: P and N absent, fitting or different, hooks on each or none, a new range or a part of V. */
function cases(): Case[] {
  const found: Case[] = [];
  for (const choices = new Choices(); choices.next(); ) {
    const geometry = choices.pick(["new", "left part", "right part", "full", "middle"]);
    const areas: AreaSpec[] = [];
    const place = (name: string, start: number, end: number, words: string): void => {
      areas.push({
        name,
        start,
        end,
        ...readAttributes(words.split(" "), { ...PLAIN, file: "F", pgoff: start }),
      });
    };
    const side = (): string | null => choices.pick([null, "rw-", "rw- close", "r-x", "r-x close"]);
    const below = side();
    const own = geometry === "new" ? null : choices.pick(["r--", "r-- close"]);
    const above = side();
    if (below !== null) place("P", 0, 3, below);
    if (own !== null) place("V", 3, 7, own);
    if (above !== null) place("N", own === null ? 5 : 7, 9, above);
    const range = { new: "3-5", "left part": "3-5", "right part": "5-7", full: "3-7", middle: "4-6" }[
      geometry
    ];
    const words = own === null ? `new ${range} rw- file=F` : `merge V ${range} rw-`;
    found.push({
      given: { areas, maxMaps: null },
      operation: readOperation(words),
      geometry,
      hooks: areas.map(({ name, close }) => (close ? name : "")).join(""),
      uniform: areas.every(({ close }) => close === areas[0]?.close),
    });
  }
  return found;
}

interface Ran {
  readonly session: Session;
  readonly outcome: Outcome;
  /** Areas with a hook that are gone without its having been called. */
  readonly leaked: readonly string[];
}

function run(session: Session, { given, operation }: Case): Ran {
  const outcome = session.apply(operation, NO_FAULTS);
  const left = new Set(session.areas().map(({ name }) => name));
  const leaked = given.areas
    .filter(({ name, close }) => close && !left.has(name) && !(outcome.closed ?? []).includes(name))
    .map(({ name }) => name);
  return { session, outcome, leaked };
}

const all = cases();

it("the cases are 5 x 5 for a new range and 5 x 2 x 5 for each part of an area", () => {
  expect(all).toHaveLength(25 + 4 * 50);
});

describe.each(RULES)("under %s", (rule) => {
  const engine = new EngineDriver(under(rule));

  if (rule !== "series") {
    const legacy = new LegacyDriver(rule);
    it("the engine leaves the areas that the old one left, in every case", () => {
      for (const one of all) {
        const now = run(engine.start(one.given), one);
        const then = run(legacy.start(one.given), one);
        expect({ ...one, areas: now.session.areas() }).toEqual({ ...one, areas: then.session.areas() });
        expect(now.outcome.returned).toBe(then.outcome.returned);
      }
    });
  }

  it("deletions without the hook are exactly the known ones", () => {
    const leaks: Record<string, number> = {};
    for (const one of all) {
      const { leaked } = run(engine.start(one.given), one);
      if (leaked.length === 0) continue;
      const old = rule === "series" ? null : run(new LegacyDriver(rule).start(one.given), one).outcome.case;
      const key = `case ${old}, ${one.geometry}: ${leaked.join("")}`;
      leaks[key] = (leaks[key] ?? 0) + 1;
    }
    const cases6and8 = { "case 6, full: V": 2, "case 8, full: V": 3 };
    const known: Record<CloseRule, Record<string, number>> = {
      never: {},
      "case7-bug": { ...cases6and8, "case 7, full: V": 8 },
      fixed: cases6and8,
      series: {},
    };
    expect(leaks).toEqual(known[rule]);
  });

  it("where hooks go with the file, as in a kernel", () => {
    const leaked = all.filter((one) => one.uniform && run(engine.start(one.given), one).leaked.length > 0);
    const geometries = leaked.map(({ geometry, hooks }) => `${geometry} ${hooks}`).sort();
    expect(geometries).toEqual(rule === "case7-bug" ? ["full PV", "full PVN", "full PVN"] : []);
  });
});

describe("never", () => {
  it("an area with a hook takes part in nothing", () => {
    for (const one of all) {
      const { session } = run(new EngineDriver(under("never")).start(one.given), one);
      for (const area of one.given.areas) if (area.close) expect(session.areas()).toContainEqual(area);
    }
  });
});

describe("series", () => {
  it("a hook costs exactly the merges that would delete its area, and a smaller one is made where there is one", () => {
    for (const one of all) {
      const hooked = run(new EngineDriver(under("series")).start(one.given), one).outcome.returned;
      const bare = { ...one.given, areas: one.given.areas.map((area) => ({ ...area, close: false })) };
      const free = run(new EngineDriver(under("series")).start(bare), one);
      const gone = one.given.areas.filter(
        ({ name }) => !free.session.areas().some((area) => area.name === name),
      );
      const refused = gone.some(({ name, close }) => name === "V" && close);
      expect([one, hooked]).toEqual([one, refused ? "none" : free.outcome.returned]);
    }
  });
});

describe("the reproducer of a shared memory segment whose attach count stays too high", () => {
  const PAGE = 4096;

  /** Attach three pages, take all access from the middle one, make the first two write-only, detach. */
  function nattchAfter(rule: CloseRule): number {
    const space = new AddressSpace({ kernel: under(rule) });
    const segment = new SharedMemorySegment("/SYSV00000000", 3, 1);
    const at = space.shmat(segment, 0, 0);
    expect(segment.nattch).toBe(1);
    expect(space.mprotect(at + PAGE, PAGE, PROT_NONE)).toBe(0);
    expect(space.mprotect(at, 2 * PAGE, PROT_WRITE)).toBe(0);
    expect(space.shmdt(at)).toBe(0);
    expect([...space.areas()]).toEqual([]);
    expect(space.validate()).toEqual([]);
    return segment.nattch;
  }

  it.each([
    ["never", 0],
    ["case7-bug", 1],
    ["fixed", 0],
    ["series", 0],
  ] as const)("under %s %i attaches are left", (rule, left) => {
    expect(nattchAfter(rule)).toBe(left);
  });

  it("memory without hooks merges under every rule", () => {
    for (const rule of RULES) {
      const space = new AddressSpace({ kernel: under(rule) });
      const flags = MAP_PRIVATE | MAP_ANONYMOUS;
      const at = space.mmap({ address: 0, length: 3 * PAGE, prot: PROT_READ | PROT_WRITE, flags });
      expect(space.mprotect(at + PAGE, PAGE, PROT_NONE)).toBe(0);
      expect(space.mprotect(at + PAGE, PAGE, PROT_READ | PROT_WRITE)).toBe(0);
      expect(space.mapCount).toBe(1);
    }
  });
});

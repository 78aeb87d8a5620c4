// Every fallible step of every entry point fails once, over every class of scenario.
//
// Strategy: run an operation without a fault, count its fallible steps, then run it again from the start once for
// each step, with that step finding no memory; then run it a third time on what the failure left behind.
// Invariants: after a failure every area, chain, reference and counter is as before (where the kernel splits first and
// fails later, every page is); nothing is leaked; validate() is clean; the repeated call does what the first would have.
import {
  type AreaSpec,
  Choices,
  EngineDriver,
  type EngineSession,
  failEachStep,
  type Given,
  NO_FAULTS,
  type Operation,
  operationLine,
  PageModel,
  PLAIN,
  readAttributes,
  readOperation,
} from "@vma/testkit";
import { describe, expect, it } from "vitest";

const driver = new EngineDriver();

interface FaultCase {
  readonly given: Given;
  readonly operation: Operation;
}

/** What an area may be: plain, written, of a file, with a policy, hooks and everything. */
const KINDS = [
  "",
  "anon=A",
  "file=F",
  "file=F policy=bind:0 anon=A open close maysplit",
  "policy=bind:0 chain=XA anon=A",
];

/** Neighbourhoods of pages 3 to 7 around a new range, or around V, for each entry point. */
function engineCases(): FaultCase[] {
  const lines = {
    new: ["new 3-7 rw-", "new 3-7 rw- expand-only", "new 3-7 rw- give-up", "map 3-7 rw-", "map 3-5 rw-"],
    changed: ["merge V 3-7 rw-", "merge V 3-5 rw-", "merge V 5-7 rw-", "merge V 3-7 rw- give-up"],
    modified: [
      "modify V 3-7 rw-",
      "modify V 3-5 rw-",
      "modify V 5-7 rw-",
      "modify V 4-6 rw-",
      "modify V 4-6 r-x",
    ],
    other: ["extend V 2", "extend V 1", "shrink V 3-5", "shrink V 5-7", "split V 5 below", "split V 5 above"],
    far: ["copy V 20 4", "copy V 9 4", "unmap 4-6", "unmap 0-10", "unmap 1-5", "unmap 5-9", "expand V 3-9"],
  };
  const found: FaultCase[] = [];
  for (const choices = new Choices(); choices.next(); ) {
    const entry = choices.pick(["new", "changed", "modified", "other", "far"] as const);
    const line = choices.pick(lines[entry]);
    const kind = choices.pick(KINDS);
    const areas: AreaSpec[] = [];
    const place = (name: string, start: number, end: number, words: string): void => {
      const said = words.split(" ").filter((word) => word !== "");
      areas.push({ name, start, end, ...readAttributes(said, { ...PLAIN, pgoff: start }) });
    };
    // Neighbours may never have been written to, which is what makes the engine clone a chain.
    const side = (): string | null =>
      choices.pick([null, kind, kind.replace(/ ?(anon|chain)=\w+/g, "").trim()]);
    const [below, above] = [side(), side()];
    if (below !== null) place("P", 0, 3, below);
    if (entry !== "new") place("V", 3, 7, entry === "other" || entry === "far" ? kind : `r-- ${kind}`);
    if (above !== null) place("N", entry === "other" || entry === "far" ? 9 : 7, 11, above);
    const shared = kind.replace(/open|close|maysplit/g, "").trim();
    const words = /^(new|map)/.test(line) ? `${line} ${shared.replace(/ ?(anon|chain)=\w+/g, "")}` : line;
    if (line.startsWith("copy V 9") && above !== null) continue;
    found.push({ given: { areas, maxMaps: null }, operation: readOperation(words.trim()) });
  }
  return found;
}

/** The areas without the names of those made on the way, which depend on how often it was tried. */
function unnamed(areas: readonly AreaSpec[]): unknown[] {
  return areas.map(({ name, ...rest }) => ({ ...rest, name: /^[a-z]/.test(name) ? "made" : name }));
}

/** What the host holds for areas that were not there at the start; all zero when nothing is leaked. */
function leaks(session: EngineSession, given: Given): unknown[] {
  const { host, cast } = session.stage;
  const count = (areas: readonly AreaSpec[], holds: (area: AreaSpec) => boolean): number =>
    areas.filter(holds).length;
  const more = (holds: (area: AreaSpec) => boolean): number =>
    count(session.areas(), holds) - count(given.areas, holds);
  return [
    ["areas", host.areasHeld - more(() => true)],
    ["files", host.filesHeld.get(cast.file("F")) - more(({ file }) => file === "F")],
    ["policies", host.policiesHeld.get(cast.policy("bind:0")) - more(({ policy }) => policy !== null)],
  ].filter(([, held]) => held !== 0);
}

const failed = (returned: string | null): boolean => returned === "none" || /^E[A-Z]+$/.test(returned ?? "");
/** Entry points that split before they can fail. */
const SPLITS_FIRST: ReadonlySet<string> = new Set(["modify", "unmap"]);

describe("the engine's entry points", () => {
  const cases = engineCases();
  const byKind = new Map<string, FaultCase[]>();
  for (const one of cases) byKind.set(one.operation.kind, [...(byKind.get(one.operation.kind) ?? []), one]);
  const counted: Record<string, number> = {};

  it.each([...byKind.keys()])("%s", (kind) => {
    for (const { given, operation } of byKind.get(kind) ?? []) {
      const whole = driver.start(given);
      const first = whole.apply(operation, NO_FAULTS);
      if (whole.stage.host.steps.length === 0) continue;
      const where = (step: number): string =>
        `${operationLine(operation)}, step ${step}: ${JSON.stringify(given.areas)}`;
      const steps = failEachStep((plan, step) => {
        const session = driver.start(given);
        const outcome = session.apply(operation, plan);
        const { hit } = session.stage.host;
        if (hit === null) return false;
        expect(session.validate(), where(step)).toEqual([]);
        if (failed(outcome.returned)) {
          const pages = PageModel.of(given.areas).firstDifference(session.areas());
          expect(pages, where(step)).toBeNull();
          if (!SPLITS_FIRST.has(kind)) expect(session.areas(), where(step)).toEqual(given.areas);
        }
        if (kind !== "map") expect(leaks(session, given), where(step)).toEqual([]);
        if (!failed(outcome.returned)) return true;
        const again = session.apply(operation, NO_FAULTS);
        expect(failed(again.returned), where(step)).toBe(failed(first.returned));
        const wholePages = PageModel.of(whole.areas());
        expect(wholePages.firstDifference(session.areas()), where(step)).toBeNull();
        if (!SPLITS_FIRST.has(kind))
          expect(unnamed(session.areas()), where(step)).toEqual(unnamed(whole.areas()));
        expect(session.validate(), where(step)).toEqual([]);
        return true;
      });
      counted[kind] = (counted[kind] ?? 0) + steps;
    }
    expect(counted[kind]).toBeGreaterThan(20);
  });

  it("every entry point was there, with all kinds of failing step between them", () => {
    expect([...byKind.keys()].sort()).toEqual(
      ["copy", "expand", "extend", "map", "merge", "modify", "new", "shrink", "split", "unmap"].sort(),
    );
    const reached = new Set<string>();
    for (const { given, operation } of cases) {
      const session = driver.start(given);
      session.apply(operation, NO_FAULTS);
      for (const step of session.stage.host.steps) reached.add(step);
    }
    expect([...reached].sort()).toEqual(["clear", "clone", "detach", "dup", "policy", "prealloc"]);
  });
});

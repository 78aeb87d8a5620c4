// The page-by-page model against the engine, over random calls.
//
// Strategy: a random small address space and up to 20 calls on it, each made on the engine and, page by page, on the
// model. The seed is printed by fast-check when it fails; the failing calls are printed as a scenario to paste.
// Invariants: after every call both have the same pages mapped as the same, and the engine's state is sound.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallSequence, callSequence, mergeAttempt, resolve } from "../src/arbitrary.js";
import type { Session } from "../src/driver/driver.js";
import { EngineDriver } from "../src/driver/engine.js";
import { NO_FAULTS } from "../src/host/fault-plan.js";
import { PageModel, pageOf } from "../src/model/pages.js";
import { type AreaSpec, PLAIN, readAttributes, ScenarioError } from "../src/scenario/area.js";
import { type Operation, operationLine } from "../src/scenario/operation.js";
import type { Scenario } from "../src/scenario/scenario.js";
import { pasteable, sequence } from "../src/scenario/shrink.js";

/** What the operation does to pages, given where its area stood. */
function applyToPages(model: PageModel, operation: Operation, areas: readonly AreaSpec[]): void {
  const here = "area" in operation ? areas.find(({ name }) => name === operation.area) : undefined;
  switch (operation.kind) {
    case "map":
      model.map(
        operation.start,
        operation.end,
        readAttributes(operation.words, { ...PLAIN, pgoff: operation.start }),
      );
      break;
    case "unmap":
      model.unmap(operation.start, operation.end);
      break;
    case "modify":
      model.change(operation.start, operation.end, (page) => readAttributes(operation.words, page));
      break;
    case "extend":
      if (here !== undefined) model.map(here.end, here.end + operation.pages, pageOf(here, here.end));
      break;
    case "shrink":
      if (here !== undefined) model.unmap(operation.end, here.end);
      break;
    default:
      break;
  }
}

/** Plays operations on a new engine session; what went wrong first, or null. */
function trouble(given: Scenario["given"], operations: Iterable<Operation>, session: Session): string | null {
  const model = PageModel.of(given.areas);
  for (const operation of operations) {
    const before = session.areas();
    const outcome = session.apply(operation, NO_FAULTS);
    const [faults, line] = [session.validate(), operationLine(operation)];
    if (faults.length > 0) return `${line}: ${faults.join("; ")}`;
    if (outcome.returned === "none" || /^E[A-Z]+$/.test(outcome.returned ?? "")) continue;
    applyToPages(model, operation, before);
    const difference = model.firstDifference(session.areas());
    if (difference !== null) return `${line}: ${JSON.stringify(difference)}`;
  }
  return null;
}

function* resolved({ calls }: CallSequence, session: Session): Generator<Operation> {
  for (const call of calls) {
    const operation = resolve(call, session.areas());
    if (operation !== null) yield operation;
  }
}

describe("pages", () => {
  it("stay what the calls made them, whatever merges and splits", () => {
    fc.assert(
      fc.property(callSequence(), (one) => {
        const session = new EngineDriver().start(one.given);
        const made: Operation[] = [];
        const recorded = (function* (): Generator<Operation> {
          for (const operation of resolved(one, session)) {
            made.push(operation);
            yield operation;
          }
        })();
        const what = trouble(one.given, recorded, session);
        if (what === null) return;
        const fails = (candidate: Scenario): boolean =>
          trouble(
            candidate.given,
            candidate.steps[0]?.operations ?? [],
            new EngineDriver().start(candidate.given),
          ) !== null;
        throw new Error(`${what}\n${pasteable(sequence("found at random", one.given, made), fails)}`);
      }),
      { numRuns: 400 },
    );
  });

  it("a merge attempt changes no page but those it was about", () => {
    fc.assert(
      fc.property(mergeAttempt(), ({ given, steps }) => {
        const session = new EngineDriver().start(given);
        for (const operation of steps[0]?.operations ?? []) {
          session.apply(operation, NO_FAULTS);
          if (!("start" in operation)) continue;
          const [before, after] = [PageModel.of(given.areas), PageModel.of(session.areas())];
          before.unmap(operation.start, operation.end);
          after.unmap(operation.start, operation.end);
          expect(after.mapped()).toEqual(before.mapped());
        }
        expect(session.validate()).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it("a wrong engine is found, and the shortest way to it is printed", () => {
    // An engine whose unmap forgets the last page.
    const wrong = (given: Scenario["given"]): Session => {
      const session = new EngineDriver().start(given);
      const apply: Session["apply"] = (operation, plan) => {
        const short = operation.kind === "unmap" && operation.end - operation.start > 1;
        return session.apply(short ? { ...operation, end: operation.end - 1 } : operation, plan);
      };
      return { apply, areas: () => session.areas(), validate: () => session.validate() };
    };
    const fails = ({ given, steps }: Scenario): boolean => {
      try {
        return trouble(given, steps[0]?.operations ?? [], wrong(given)) !== null;
      } catch (error) {
        if (error instanceof ScenarioError) return false;
        throw error;
      }
    };
    /** What the calls are on an engine that is right. */
    const meant = (one: CallSequence): Scenario => {
      const session = new EngineDriver().start(one.given);
      const operations: Operation[] = [];
      for (const operation of resolved(one, session)) {
        operations.push(operation);
        session.apply(operation, NO_FAULTS);
      }
      return sequence("short", one.given, operations);
    };
    const [example] = fc.sample(
      callSequence({ kinds: ["unmap", "map"] })
        .map(meant)
        .filter(fails),
      { numRuns: 1, seed: 7 },
    );
    expect(example).toBeDefined();
    if (example === undefined) return;
    const text = pasteable(example, fails);
    expect(text.split("\n").length).toBeLessThanOrEqual(9);
    expect(text).toContain("unmap");
  });
});

/** Runs scenarios on the page-by-page model: no merges, no areas, only what each page is. */

import type { FaultPlan } from "../host/fault-plan.js";
import { PageModel, pageOf, samePage } from "../model/pages.js";
import { type AreaSpec, PLAIN, readAttributes, ScenarioError } from "../scenario/area.js";
import type { Operation, OperationKind } from "../scenario/operation.js";
import type { Given, Scenario } from "../scenario/scenario.js";
import { type Driver, type KnownGap, NO_OUTCOME, type Outcome, type Session } from "./driver.js";

/** What an operation does to areas but not to pages, or only if a merge happens, is no business of the model. */
const HAS: ReadonlySet<OperationKind> = new Set([
  "map",
  "modify",
  "shrink",
  "split",
  "unmap",
  "write",
  "extend",
]);

interface Place {
  start: number;
  end: number;
}

class ModelSession implements Session {
  readonly #pages: PageModel;
  /** Where the areas of the scenario were; kept only to know what a letter means. */
  readonly #places: Map<string, Place> = new Map();

  constructor(given: Given) {
    this.#pages = PageModel.of(given.areas);
    for (const { name, start, end } of given.areas) this.#places.set(name, { start, end });
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (place === undefined) throw new ScenarioError(`the model knows no area ${name}`);
    return place;
  }

  apply(operation: Operation, _plan: FaultPlan): Outcome {
    const pages = this.#pages;
    switch (operation.kind) {
      case "map": {
        const { start, end } = operation;
        pages.map(start, end, readAttributes(operation.words, { ...PLAIN, pgoff: start }));
        break;
      }
      case "modify":
        pages.change(operation.start, operation.end, (page) => {
          const { flags, flagsHigh, file, policy, uffd, anonName, pgoff } = readAttributes(
            operation.words,
            page,
          );
          return { flags, flagsHigh, file, policy, uffd, anonName, pgoff };
        });
        break;
      case "extend": {
        const place = this.#place(operation.area);
        const last = pages.get(place.end - 1);
        if (last === undefined) throw new ScenarioError(`area ${operation.area} is not mapped`);
        pages.map(place.end, place.end + operation.pages, { ...last, pgoff: last.pgoff + 1 });
        place.end += operation.pages;
        break;
      }
      case "shrink": {
        const place = this.#place(operation.area);
        pages.unmap(place.start, operation.start);
        pages.unmap(operation.end, place.end);
        place.start = operation.start;
        place.end = operation.end;
        break;
      }
      case "unmap":
        pages.unmap(operation.start, operation.end);
        break;
      default:
        break;
    }
    return NO_OUTCOME;
  }

  areas(): AreaSpec[] {
    const runs: AreaSpec[] = [];
    for (const page of this.#pages.mapped()) {
      const here = this.#pages.get(page);
      if (here === undefined) continue;
      const run = runs.at(-1);
      if (run !== undefined && run.end === page && samePage(pageOf(run, page), here)) {
        runs[runs.length - 1] = { ...run, end: page + 1 };
      } else {
        runs.push({ ...PLAIN, ...here, name: "?", start: page, end: page + 1 });
      }
    }
    return runs;
  }

  validate(): string[] {
    return [];
  }
}

/** The page-by-page model. It cannot fail and cannot be told of hooks, anonymous objects or merges. */
export class ModelDriver implements Driver {
  readonly name = "model";
  readonly sees = "pages";
  readonly knownGaps: readonly KnownGap[];

  constructor(knownGaps: readonly KnownGap[] = []) {
    this.knownGaps = knownGaps;
  }

  cannot(scenario: Scenario): string | null {
    if (scenario.given.maxMaps !== null) return "it has no limit on areas";
    for (const { operations, fail, outcome: wanted } of scenario.steps) {
      if (fail !== null) return "it cannot fail";
      if (wanted.returns === "none") return "it knows no refusals";
      if (wanted.returns !== null && /^E[A-Z]+$/.test(wanted.returns)) return "it cannot fail";
      for (const [index, { kind }] of operations.entries()) {
        if (!HAS.has(kind)) return `it knows no ${kind}`;
        // What a letter covers is known until something may have moved it.
        if (index > 0 && (kind === "extend" || kind === "shrink")) return "it does not follow areas";
      }
    }
    return null;
  }

  start(given: Given): Session {
    return new ModelSession(given);
  }
}

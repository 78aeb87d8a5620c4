/** Runs scenarios on the engine before the series: what it had is run, what it had not is told as such. */

import { PAGE_SIZE, profile } from "@vma/core/engine";
import type { FaultPlan } from "../host/fault-plan.js";
import type { Stage } from "../host/stage.js";
import {
  type LegacyCloseRule,
  type LegacyOutcome,
  legacyExtend,
  legacyMapRange,
  legacyMerge,
  legacyModify,
} from "../model/legacy-merge.js";
import type { AreaSpec } from "../scenario/area.js";
import type { Operation, OperationKind } from "../scenario/operation.js";
import type { Given, Scenario } from "../scenario/scenario.js";
import type { Driver, KnownGap, Outcome, Session } from "./driver.js";
import {
  carryOutUnmerged,
  change,
  expectFree,
  faultsOf,
  outcomeOf,
  placeNew,
  proposeChange,
  proposeNew,
  stageOf,
  told,
} from "./staged.js";

const HAS: ReadonlySet<OperationKind> = new Set([
  "new",
  "map",
  "merge",
  "modify",
  "extend",
  "shrink",
  "split",
  "unmap",
  "write",
]);

class LegacySession implements Session {
  readonly #stage: Stage;
  readonly #rule: LegacyCloseRule;

  constructor(given: Given, rule: LegacyCloseRule) {
    this.#stage = stageOf(given, profile("6.12"));
    this.#rule = rule;
  }

  apply(operation: Operation, plan: FaultPlan): Outcome {
    this.#stage.host.restart(plan);
    const [returned, number] = this.#carryOut(operation);
    return outcomeOf(this.#stage, returned, { case: number });
  }

  #merged(outcome: LegacyOutcome): [string, number] {
    return [this.#stage.nameOf(outcome.area) ?? "none", outcome.case];
  }

  #carryOut(operation: Operation): [string, number | null] {
    const stage = this.#stage;
    const { request } = stage;
    switch (operation.kind) {
      case "new":
        proposeNew(stage, operation.start, operation.end, operation.words, operation.modes);
        return this.#merged(legacyMerge(request, this.#rule));
      case "map":
        return this.#map(operation);
      case "merge": {
        const { start, end, words, modes } = operation;
        proposeChange(stage, stage.area(operation.area), start, end, words, modes);
        return this.#merged(legacyMerge(request, this.#rule));
      }
      case "modify": {
        const { start, end, words, modes } = operation;
        const wanted = proposeChange(stage, stage.area(operation.area), start, end, words, modes);
        const modified = legacyModify(request, this.#rule);
        if (modified.area === null) return [told(modified.error), modified.case];
        change(stage, modified.area, wanted);
        return [stage.host.nameOf(modified.area), modified.case];
      }
      case "extend": {
        const vma = stage.area(operation.area);
        expectFree(stage, vma.end / PAGE_SIZE, vma.end / PAGE_SIZE + operation.pages);
        return this.#merged(legacyExtend(request, vma, operation.pages * PAGE_SIZE, this.#rule));
      }
      default: {
        const returned = carryOutUnmerged(stage, operation);
        if (returned === null)
          throw new Error(`the engine before the series is not asked to ${operation.kind}`);
        return [returned, null];
      }
    }
  }

  #map(operation: Operation & { kind: "new" | "map" }): [string, number] {
    const stage = this.#stage;
    const wanted = proposeNew(stage, operation.start, operation.end, operation.words, operation.modes);
    const merged = legacyMapRange(stage.request);
    if (merged.area !== null) return this.#merged(merged);
    return [placeNew(stage, operation.start, operation.end, wanted), merged.case];
  }

  areas(): AreaSpec[] {
    return this.#stage.areas();
  }

  validate(): string[] {
    return faultsOf(this.#stage);
  }
}

/** The engine before the series, under one of its rules for close hooks. */
export class LegacyDriver implements Driver {
  readonly name: string;
  readonly sees = "areas";
  readonly knownGaps: readonly KnownGap[];
  readonly #rule: LegacyCloseRule;

  constructor(rule: LegacyCloseRule = "fixed", knownGaps: readonly KnownGap[] = []) {
    this.name = `legacy ${rule}`;
    this.#rule = rule;
    this.knownGaps = knownGaps;
  }

  cannot(scenario: Scenario): string | null {
    for (const { operations, outcome: wanted } of scenario.steps) {
      for (const operation of operations) {
        if (!HAS.has(operation.kind)) return `it had no ${operation.kind} of its own`;
        if ("modes" in operation && operation.modes.expandOnly) return "it had no expand-only mode";
        if ("modes" in operation && operation.modes.giveUp) return "it had no give-up mode";
      }
      if (wanted.events !== null) return "its order of events is its own";
    }
    return null;
  }

  start(given: Given): Session {
    return new LegacySession(given, this.#rule);
  }
}

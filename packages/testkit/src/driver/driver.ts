/**
 * The contract of whatever runs scenarios: an engine, a model, a kernel. One set of scenarios runs on all of them.
 *
 * A driver says which scenarios it cannot run and why (told as such, never passed in silence), and which it runs and
 * gets wrong, its known gaps: those must fail, and one that passes fails the run.
 */

import type { FaultPlan } from "../host/fault-plan.js";
import type { AreaSpec } from "../scenario/area.js";
import type { Operation } from "../scenario/operation.js";
import type { Given, Scenario } from "../scenario/scenario.js";

/** What an operation came to. What a driver has no notion of is null. */
export interface Outcome {
  /** Name of the returned area, `none`, `ok`, or the name of an errno. */
  readonly returned: string | null;
  readonly state: string | null;
  /** Numbered case of the engine before the series; 0 none. */
  readonly case: number | null;
  /** Areas marked for writing, in order, each once. */
  readonly marked: readonly string[] | null;
  /** Areas whose close hook was called, in order. */
  readonly closed: readonly string[] | null;
  readonly events: readonly string[] | null;
  readonly warned: readonly string[] | null;
}

/** An outcome a driver has no notion of at all. */
export const NO_OUTCOME: Outcome = {
  returned: null,
  state: null,
  case: null,
  marked: null,
  closed: null,
  events: null,
  warned: null,
};

/** One scenario under way. */
export interface Session {
  /** Carries out one operation. Throws ScenarioError when it names an area that is not there. */
  apply(operation: Operation, plan: FaultPlan): Outcome;
  /** What stands there now, in address order. A driver that sees only pages gives runs of equal pages. */
  areas(): AreaSpec[];
  /** Every broken rule of the driver's own state; empty when it is sound. */
  validate(): string[];
}

/** A scenario a driver is known to get wrong. */
export interface KnownGap {
  /** Name of the scenario. */
  readonly scenario: string;
  readonly why: string;
}

export interface Driver {
  readonly name: string;
  /** Whether it knows areas by name, areas without names, or only what each page is. */
  readonly sees: "areas" | "ranges" | "pages";
  readonly knownGaps: readonly KnownGap[];
  /** Why it cannot run the scenario, or null when it can. */
  cannot(scenario: Scenario): string | null;
  start(given: Given): Session;
}

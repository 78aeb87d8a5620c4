/** Making a failing scenario small: fewer operations, fewer areas, fewer words, as long as it still fails. */

import { type AreaSpec, PLAIN, ScenarioError } from "./area.js";
import type { Operation } from "./operation.js";
import { printScenario } from "./print.js";
import { NOTHING_EXPECTED, type Scenario, type Step } from "./scenario.js";

/** Answers whether a candidate still fails. One that cannot even be run does not count. */
export type StillFails = (candidate: Scenario) => boolean;

function without<T>(list: readonly T[], index: number): T[] {
  return [...list.slice(0, index), ...list.slice(index + 1)];
}

function withStep(scenario: Scenario, index: number, step: Step): Scenario {
  return { ...scenario, steps: scenario.steps.map((old, i) => (i === index ? step : old)) };
}

function* fewerSteps(scenario: Scenario): Generator<Scenario> {
  for (let i = scenario.steps.length - 1; i >= 0 && scenario.steps.length > 1; i -= 1) {
    yield { ...scenario, steps: without(scenario.steps, i) };
  }
}

function* fewerOperations(scenario: Scenario): Generator<Scenario> {
  for (const [i, step] of scenario.steps.entries()) {
    for (let size = step.operations.length >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at + size <= step.operations.length; at += size) {
        const operations = [...step.operations.slice(0, at), ...step.operations.slice(at + size)];
        if (operations.length > 0) yield withStep(scenario, i, { ...step, operations });
      }
    }
  }
}

function* fewerAreas(scenario: Scenario): Generator<Scenario> {
  const { areas } = scenario.given;
  for (let i = areas.length - 1; i >= 0; i -= 1) {
    yield { ...scenario, given: { ...scenario.given, areas: without(areas, i) } };
  }
}

/** Plainer areas: each attribute in turn as it is in plain memory. */
function* plainerAreas(scenario: Scenario): Generator<Scenario> {
  const { areas } = scenario.given;
  for (const [i, area] of areas.entries()) {
    const put = (plainer: AreaSpec): Scenario => ({
      ...scenario,
      given: { ...scenario.given, areas: areas.map((old, j) => (j === i ? plainer : old)) },
    });
    for (const [key, value] of Object.entries(PLAIN)) {
      if (area[key as keyof typeof PLAIN] !== value) yield put({ ...area, [key]: value });
    }
    if (area.pgoff !== area.start) yield put({ ...area, pgoff: area.start });
  }
}

function* fewerWords(scenario: Scenario): Generator<Scenario> {
  for (const [i, step] of scenario.steps.entries()) {
    for (const [j, operation] of step.operations.entries()) {
      if (!("words" in operation)) continue;
      for (let k = operation.words.length - 1; k >= 0; k -= 1) {
        const shorter: Operation = { ...operation, words: without(operation.words, k) };
        const operations = step.operations.map((old, n) => (n === j ? shorter : old));
        yield withStep(scenario, i, { ...step, operations });
      }
    }
  }
}

function* simpler(scenario: Scenario): Generator<Scenario> {
  yield* fewerSteps(scenario);
  yield* fewerOperations(scenario);
  yield* fewerAreas(scenario);
  if (scenario.given.maxMaps !== null) yield { ...scenario, given: { ...scenario.given, maxMaps: null } };
  yield* plainerAreas(scenario);
  yield* fewerWords(scenario);
}

function fails(candidate: Scenario, stillFails: StillFails): boolean {
  try {
    return stillFails(candidate);
  } catch (error) {
    // A candidate that names an area it no longer has is no smaller failure, only a broken scenario.
    if (error instanceof ScenarioError) return false;
    throw error;
  }
}

/**
 * The smallest scenario reached by taking things away one at a time that still fails. `limit` bounds the candidates
 * tried. The result is as given when nothing can go.
 */
export function shrinkScenario(scenario: Scenario, stillFails: StillFails, limit: number = 5000): Scenario {
  let best = scenario;
  let tried = 0;
  let progress = true;
  while (progress) {
    progress = false;
    for (const candidate of simpler(best)) {
      tried += 1;
      if (tried > limit) return best;
      if (!fails(candidate, stillFails)) continue;
      best = candidate;
      progress = true;
      break;
    }
  }
  return best;
}

/** A scenario of operations only, for call sequences: what must hold is asked from outside. */
export function sequence(name: string, given: Scenario["given"], operations: readonly Operation[]): Scenario {
  return { name, given, steps: [{ operations, fail: null, outcome: NOTHING_EXPECTED }] };
}

/** Shrinks and prints: text ready to be pasted as a test. */
export function pasteable(scenario: Scenario, stillFails: StillFails): string {
  return printScenario(shrinkScenario(scenario, stillFails));
}

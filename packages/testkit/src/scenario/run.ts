/** Running scenarios on drivers, and telling what did not come out as expected. */

import type { Driver, Outcome, Session } from "../driver/driver.js";
import { failStep, NO_FAULTS } from "../host/fault-plan.js";
import { pageOf, samePage } from "../model/pages.js";
import { type AreaSpec, attributeWords, readAttributes, ScenarioError } from "./area.js";
import { picture } from "./notation.js";
import { operationLine } from "./operation.js";
import type { AreaClaim, Expectation, Scenario, Step } from "./scenario.js";

/** How one scenario fared on one driver. */
export type Verdict =
  /** As expected. */
  | "pass"
  /** Not as expected. */
  | "fail"
  /** The driver says that it cannot run it, and why. */
  | "cannot"
  /** Not as expected, as the driver said. */
  | "known-gap"
  /** As expected although the driver said otherwise: the gap is closed and must go from its list. */
  | "gap-closed";

export interface ScenarioResult {
  readonly scenario: string;
  readonly driver: string;
  readonly verdict: Verdict;
  /** One sentence a difference, with pictures where they help; or why it cannot be run. */
  readonly findings: readonly string[];
}

/** Whether a result lets the run pass. */
export function isGood(result: ScenarioResult): boolean {
  return result.verdict !== "fail" && result.verdict !== "gap-closed";
}

/** Everything that did not come out as `scenario` expects on a new session of `driver`. */
export function findingsOf(scenario: Scenario, driver: Driver): string[] {
  const session = driver.start(scenario.given);
  for (const step of scenario.steps) {
    const findings = runStep(session, step, driver.sees);
    if (findings.length > 0) return findings;
  }
  return [];
}

/** Runs one scenario on one driver. */
export function runScenario(scenario: Scenario, driver: Driver): ScenarioResult {
  const told = { scenario: scenario.name, driver: driver.name };
  const why = driver.cannot(scenario);
  if (why !== null) return { ...told, verdict: "cannot", findings: [why] };
  const findings = findingsOf(scenario, driver);
  const gap = driver.knownGaps.find((known) => known.scenario === scenario.name);
  if (gap === undefined) return { ...told, verdict: findings.length === 0 ? "pass" : "fail", findings };
  if (findings.length > 0) return { ...told, verdict: "known-gap", findings: [gap.why, ...findings] };
  const closed = `expected to fail but passed: it is listed as a known gap (${gap.why})`;
  return { ...told, verdict: "gap-closed", findings: [closed] };
}

/**
 * Runs every scenario on every driver. A known gap that names no scenario of the list is told as a failure, so that
 * lists of gaps do not outlive their scenarios.
 */
export function runAll(scenarios: readonly Scenario[], drivers: readonly Driver[]): ScenarioResult[] {
  const results: ScenarioResult[] = [];
  const names = new Set(scenarios.map(({ name }) => name));
  for (const driver of drivers) {
    for (const scenario of scenarios) results.push(runScenario(scenario, driver));
    for (const gap of driver.knownGaps) {
      if (names.has(gap.scenario)) continue;
      const findings = [`a known gap names a scenario that does not exist (${gap.why})`];
      results.push({ scenario: gap.scenario, driver: driver.name, verdict: "fail", findings });
    }
  }
  return results;
}

function runStep(session: Session, step: Step, sees: Driver["sees"]): string[] {
  const last = step.operations.length - 1;
  let outcome: Outcome | null = null;
  for (const [index, operation] of step.operations.entries()) {
    const plan = step.fail !== null && index === last ? failStep(step.fail) : NO_FAULTS;
    outcome = session.apply(operation, plan);
    const faults = session.validate();
    if (faults.length > 0) return faults.map((fault) => `after "${operationLine(operation)}": ${fault}`);
  }
  const areas = session.areas();
  const line = step.operations.map(operationLine).join("; ");
  const findings = [
    ...(sees === "pages" ? comparePages(step.outcome, areas) : comparePicture(step.outcome, areas, sees)),
    ...step.outcome.claims.flatMap((claim) => checkClaim(claim, step.outcome, areas, sees)),
    ...(outcome === null ? [] : compareOutcome(step.outcome, outcome)),
  ];
  return findings.map((finding) => `${line}: ${finding}`);
}

function comparePicture(wanted: Expectation, areas: readonly AreaSpec[], sees: Driver["sees"]): string[] {
  if (wanted.areas === null) return [];
  const same =
    wanted.areas.length === areas.length &&
    wanted.areas.every(({ name, start, end }, i) => {
      const area = areas[i] as AreaSpec;
      return (sees === "ranges" || area.name === name) && area.start === start && area.end === end;
    });
  if (same) return [];
  return [`the areas differ; expected, then found:\n${picture([{ areas: wanted.areas }, { areas }])}`];
}

function comparePages(wanted: Expectation, areas: readonly AreaSpec[]): string[] {
  if (wanted.areas === null) return [];
  const expected = pagesOf(wanted.areas);
  const found = pagesOf(areas);
  for (const page of new Set([...expected, ...found])) {
    if (expected.has(page) === found.has(page)) continue;
    return [`page ${page} is ${expected.has(page) ? "" : "not "}expected to be mapped`];
  }
  return [];
}

function pagesOf(areas: readonly { readonly start: number; readonly end: number }[]): Set<number> {
  const pages = new Set<number>();
  for (const { start, end } of areas) for (let page = start; page < end; page += 1) pages.add(page);
  return pages;
}

/** Words that are a matter of areas, not of pages. */
const AREA_WORD = /^(anon|chain)=|^(close|open|maysplit|nosplit)$/;

function checkClaim(
  claim: AreaClaim,
  wanted: Expectation,
  areas: readonly AreaSpec[],
  sees: Driver["sees"],
): string[] {
  if (sees === "areas") {
    const area = areas.find(({ name }) => name === claim.name);
    if (area === undefined) return [`there is no area ${claim.name}`];
    const wanted = readAttributes(claim.words, area);
    const [expected, found] = [attributeWords(wanted, area.start), attributeWords(area, area.start)];
    if (expected.join(" ") === found.join(" ")) return [];
    return [`area ${claim.name} is "${found.join(" ")}", not "${expected.join(" ")}"`];
  }
  // Without names, an area is the one that covers what the picture shows for its letter.
  const drawn = wanted.areas?.find(({ name }) => name === claim.name);
  if (drawn === undefined) return [];
  const words = claim.words.filter((word) => !AREA_WORD.test(word));
  for (const run of areas) {
    for (let page = Math.max(run.start, drawn.start); page < Math.min(run.end, drawn.end); page += 1) {
      const { pgoff, ...here } = { ...run, ...pageOf(run, page) };
      // An offset is said of the first page; the ones above follow it.
      const base = { ...here, pgoff: pgoff - (page - drawn.start) };
      const wanted = readAttributes(words, base);
      if (wanted.pgoff !== base.pgoff || !samePage(wanted, base)) {
        return [`page ${page} of area ${claim.name} is "${attributeWords(base, drawn.start).join(" ")}"`];
      }
    }
  }
  return [];
}

function compareOutcome(wanted: Expectation, outcome: Outcome): string[] {
  const findings: string[] = [];
  for (const field of ["returns", "state", "case"] as const) {
    const expected = wanted[field];
    const found = field === "returns" ? outcome.returned : outcome[field];
    if (expected === null || found === null || expected === found) continue;
    findings.push(`${field} ${expected} is expected, ${found} found`);
  }
  for (const field of ["marked", "closed", "events", "warned"] as const) {
    const expected = wanted[field];
    const found = outcome[field];
    if (expected === null || found === null) continue;
    // Which areas are marked matters, not the order.
    const order = (list: readonly string[]): string =>
      (field === "marked" ? [...list].sort() : list).join(" ") || "nothing";
    if (order(expected) !== order(found)) {
      findings.push(`${field} ${order(expected)} is expected, ${order(found)} found`);
    }
  }
  return findings;
}

/** Runs a scenario that is expected to pass. Throws ScenarioError with all findings when it does not. */
export function expectScenario(scenario: Scenario, driver: Driver): void {
  const result = runScenario(scenario, driver);
  if (result.verdict === "pass") return;
  throw new ScenarioError(
    `${scenario.name} on ${driver.name}: ${result.verdict}\n${result.findings.join("\n")}`,
  );
}

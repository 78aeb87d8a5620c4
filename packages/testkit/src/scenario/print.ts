/** Printing a scenario as the text that reads back as it. */

import { type AreaSpec, attributeWords, ScenarioError } from "./area.js";
import { areaRow, MAX_COLUMNS, type PictureArea, ruler } from "./notation.js";
import { operationLine } from "./operation.js";
import type { Expectation, Given, Scenario, Step } from "./scenario.js";

function drawing(areas: readonly PictureArea[]): string[] {
  const last = areas.reduce((end, area) => Math.max(end, area.end), 0);
  if (last > MAX_COLUMNS)
    throw new ScenarioError(`an area that ends at page ${last} is too far up to be drawn`);
  const columns = Math.max(10, last);
  const row = areaRow(areas, 0, last);
  return [ruler(columns), row === "" ? "." : row];
}

function isPlain(area: AreaSpec): boolean {
  return attributeWords(area, area.start).join(" ") === "rw-";
}

function givenLines(given: Given): string[] {
  const lines = drawing(given.areas);
  for (const area of given.areas) {
    if (!isPlain(area)) lines.push([area.name, ...attributeWords(area, area.start)].join(" "));
  }
  if (given.maxMaps !== null) lines.push(`maxmaps ${given.maxMaps}`);
  return lines;
}

function listLine(head: string, list: readonly string[] | null): string[] {
  if (list === null) return [];
  return [`${head} ${list.length === 0 ? "nothing" : list.join(" ")}`];
}

function thenLines(wanted: Expectation): string[] {
  const lines = wanted.areas === null ? [] : drawing(wanted.areas);
  for (const { name, words } of wanted.claims) lines.push([name, ...words].join(" "));
  if (wanted.returns !== null) lines.push(`returns ${wanted.returns}`);
  if (wanted.state !== null) lines.push(`state ${wanted.state}`);
  if (wanted.case !== null) lines.push(`case ${wanted.case}`);
  lines.push(...listLine("marked", wanted.marked), ...listLine("closed", wanted.closed));
  lines.push(...listLine("events", wanted.events), ...listLine("warned", wanted.warned));
  return lines;
}

function stepLines(step: Step): string[] {
  const when = step.operations.map(operationLine);
  if (step.fail !== null) when.push(`fail ${step.fail}`);
  return ["when", ...indented(when), "then", ...indented(thenLines(step.outcome))];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** The text of a scenario; `readScenario` reads it back. */
export function printScenario(scenario: Scenario): string {
  return [
    `scenario ${scenario.name}`,
    "given",
    ...indented(givenLines(scenario.given)),
    ...scenario.steps.flatMap(stepLines),
    "",
  ].join("\n");
}

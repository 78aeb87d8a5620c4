/**
 * A scenario: what stands there, what is done, what stands there then. As text:
 *
 * ```
 *   scenario a hole between two that fit is filled and the three become one
 *   given
 *     0123456789
 *     PPP..NNN
 *     P rw- anon=A
 *   when
 *     new 3-5 rw-
 *   then
 *     0123456789
 *     PPPPPPPP
 *     P anon=A
 *     returns P
 * ```
 *
 * Lines below a picture describe its areas; an area without one is plain memory (given) or is not looked at (then).
 * `given` may also say `maxmaps 3`, `when` may say `fail 2` (the second fallible step of the operation finds no
 * memory). More pairs of `when` and `then` may follow. What `then` may say is listed at `Expectation`.
 */

import { type AreaSpec, PLAIN, readAttributes, ScenarioError } from "./area.js";
import { type PictureArea, readRow, readRuler } from "./notation.js";
import { type Operation, readOperation } from "./operation.js";

/** What stands there at the start. */
export interface Given {
  readonly areas: readonly AreaSpec[];
  /** Most areas allowed; null for the system's limit. */
  readonly maxMaps: number | null;
}

/** Words said of one area of a picture. */
export interface AreaClaim {
  readonly name: string;
  readonly words: readonly string[];
}

/** What must hold after a step; what is null is not looked at. */
export interface Expectation {
  /** The picture: exactly these areas at exactly these pages. */
  readonly areas: readonly PictureArea[] | null;
  /** Reading the words over the area must change nothing. */
  readonly claims: readonly AreaClaim[];
  /** `returns P`, `returns none`, `returns ok`, `returns ENOMEM`. */
  readonly returns: string | null;
  /** `state success | nomerge | nomem | start`: of the request. */
  readonly state: string | null;
  /** `case 7`: of the engine before the series. */
  readonly case: number | null;
  /** `marked P V`, `marked nothing`: the areas marked for writing in this step. */
  readonly marked: readonly string[] | null;
  /** `closed V`, `closed nothing`: the areas whose close hook was called in this step. */
  readonly closed: readonly string[] | null;
  /** `events W:P A H:P`: everything the engine asked for and told, in order. */
  readonly events: readonly string[] | null;
  /** `warned shrink-both-ends`, `warned nothing`. */
  readonly warned: readonly string[] | null;
}

/** One or more operations and what must hold after the last. */
export interface Step {
  readonly operations: readonly Operation[];
  /** The fallible step of the last operation that fails, counted from 1. */
  readonly fail: number | null;
  readonly outcome: Expectation;
}

export interface Scenario {
  readonly name: string;
  readonly given: Given;
  readonly steps: readonly Step[];
}

/** An expectation that looks at nothing. */
export const NOTHING_EXPECTED: Expectation = {
  areas: null,
  claims: [],
  returns: null,
  state: null,
  case: null,
  marked: null,
  closed: null,
  events: null,
  warned: null,
};

interface Block {
  readonly keyword: string;
  readonly lines: { readonly text: string; readonly number: number }[];
}

const KEYWORDS: ReadonlySet<string> = new Set(["given", "when", "then"]);

function blocksOf(lines: readonly string[]): { title: string; blocks: Block[] } {
  let title = "";
  const blocks: Block[] = [];
  lines.forEach((raw, index) => {
    const text = raw.trim();
    if (text === "" || text.startsWith("#")) return;
    if (KEYWORDS.has(text)) blocks.push({ keyword: text, lines: [] });
    else if (/^scenario\b/.test(text) && blocks.length === 0) title = text.slice(8).trim();
    else if (blocks.length === 0)
      throw new ScenarioError(`line ${index + 1}: "${text}" stands before "given"`);
    else (blocks.at(-1) as Block).lines.push({ text, number: index + 1 });
  });
  return { title, blocks };
}

/** Reads one scenario. Throws ScenarioError naming the line. */
export function readScenario(text: string): Scenario {
  const { title, blocks } = blocksOf(text.split("\n"));
  const [first, ...rest] = blocks;
  if (first?.keyword !== "given") throw new ScenarioError(`scenario "${title}" does not start with "given"`);
  const given = readGiven(first);
  const steps: Step[] = [];
  for (let i = 0; i < rest.length; i += 2) {
    const when = rest[i] as Block;
    const then = rest[i + 1];
    if (when.keyword !== "when" || then?.keyword !== "then") {
      throw new ScenarioError(`scenario "${title}": every "when" is followed by its "then"`);
    }
    steps.push(readStep(when, then));
  }
  if (steps.length === 0) throw new ScenarioError(`scenario "${title}" does nothing`);
  return { name: title, given, steps };
}

/** Reads several scenarios, each starting with its `scenario` line. */
export function readScenarios(text: string): Scenario[] {
  return text
    .split(/^(?=[ \t]*scenario\b)/m)
    .filter((part) => /^\s*scenario\b/.test(part))
    .map(readScenario);
}

function at<T>(line: { readonly number: number }, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ScenarioError) throw new ScenarioError(`line ${line.number}: ${error.message}`);
    throw error;
  }
}

const isRuler = (text: string): boolean => /^\d+$/.test(text);

/** Takes a ruler and the row below it from the front of `lines`; null when they start with no ruler. */
function takePicture(lines: Block["lines"]): PictureArea[] | null {
  const [top, below] = lines;
  if (top === undefined || !isRuler(top.text)) return null;
  at(top, () => readRuler(top.text));
  if (below === undefined || !/^[A-Za-z.]+$/.test(below.text)) {
    throw new ScenarioError(`line ${top.number}: there is no row of areas below the ruler`);
  }
  lines.splice(0, 2);
  return at(below, () => readRow(below.text));
}

function readGiven(block: Block): Given {
  const lines = [...block.lines];
  const drawn = takePicture(lines) ?? [];
  const words = new Map<string, string[]>();
  let maxMaps: number | null = null;
  for (const line of lines) {
    const [head, ...tail] = line.text.split(/\s+/);
    if (head === "maxmaps") maxMaps = Number(tail[0]);
    else if (drawn.some((area) => area.name === head)) words.set(head as string, tail);
    else throw new ScenarioError(`line ${line.number}: "${line.text}" names no area of the picture`);
  }
  for (const { name } of drawn) {
    if (!/^[A-Z]$/.test(name))
      throw new ScenarioError(`area ${name}: small letters are for areas made on the way`);
  }
  const areas = drawn.map(({ name, start, end }) => ({
    name,
    start,
    end,
    ...readAttributes(words.get(name) ?? [], { ...PLAIN, pgoff: start }),
  }));
  return { areas, maxMaps };
}

function readStep(when: Block, then: Block): Step {
  const operations: Operation[] = [];
  let fail: number | null = null;
  for (const line of when.lines) {
    const match = /^fail (\d+)$/.exec(line.text);
    if (match === null) operations.push(at(line, () => readOperation(line.text)));
    else fail = Number(match[1]);
  }
  return { operations, fail, outcome: readExpectation(then) };
}

type MutableExpectation = { -readonly [K in keyof Expectation]: Expectation[K] };

function readExpectation(block: Block): Expectation {
  const lines = [...block.lines];
  const areas = takePicture(lines);
  const expected: MutableExpectation = { ...NOTHING_EXPECTED, areas };
  const claims: AreaClaim[] = [];
  for (const line of lines) {
    const [head = "", ...tail] = line.text.split(/\s+/);
    const list = tail[0] === "nothing" ? [] : tail;
    if (head === "returns") expected.returns = tail[0] ?? "";
    else if (head === "state") expected.state = tail[0] ?? "";
    else if (head === "case") expected.case = Number(tail[0]);
    else if (head === "marked" || head === "closed" || head === "events" || head === "warned") {
      expected[head] = list;
    } else if (/^[A-Za-z]$/.test(head)) {
      at(line, () => readAttributes(tail, {}));
      claims.push({ name: head, words: tail });
    } else throw new ScenarioError(`line ${line.number}: "${line.text}" expects nothing that is known`);
  }
  expected.claims = claims;
  return expected;
}

/**
 * Runs scenarios on the running Linux kernel (Node only): each is turned into a script of system calls, the helper
 * process carries it out, and what its smaps showed after every call is what the driver tells.
 *
 * A kernel can be asked only through its calls: to map, change, unmap, write, grow and shrink. It has no names for
 * areas, so they are compared by their pages. Where an area of the scenario stands when a call names it is asked of
 * the engine, run beside it.
 */

import { type KernelProfile, parseVmFlags, profileForRelease } from "@vma/core";
import type { CorpusArea, CorpusCase, CorpusOperation, CorpusStep } from "../corpus/format.js";
import type { FaultPlan } from "../host/fault-plan.js";
import { NO_FAULTS } from "../host/fault-plan.js";
import type { KernelHelper } from "../kernel/record.js";
import { type AreaSpec, attributeWords, PLAIN, ScenarioError } from "../scenario/area.js";
import type { Operation } from "../scenario/operation.js";
import type { Given, Scenario } from "../scenario/scenario.js";
import { type Driver, type KnownGap, NO_OUTCOME, type Outcome, type Session } from "./driver.js";
import { EngineDriver } from "./engine.js";

const BASE = "0x100000000000";
const MOST_PAGES = 4096;
const SPARE_PAGES = 64;
const PRIVATE = ["private", "anonymous", "fixed"];
/** Files of a scenario by letter, and the open files of the helper that stand for them. */
const FILES: ReadonlyMap<string, string> = new Map([
  ["F", "A"],
  ["G", "B"],
]);

/** The system calls of one operation, or why there are none. */
type Calls = readonly CorpusOperation[] | string;

function protOf(word: string): string {
  return word.replaceAll("-", "");
}

/** The calls that make pages [start, end) what the words say; they are mapped and plain. */
function dressing(start: number, pages: number, words: readonly string[]): Calls {
  const calls: CorpusOperation[] = [];
  for (const word of words) {
    const [, key, value] = /^([a-z]+)=(.+)$/.exec(word) ?? [];
    if (/^[r-][w-][x-]$/.test(word)) calls.push({ name: "mprotect", start, pages, prot: protOf(word) });
    else if (word === "lo") calls.push({ name: "mlock", start, pages });
    else if (word === "-lo") calls.push({ name: "munlock", start, pages });
    else if (key === "name")
      calls.push({ name: "setname", start, pages, value: value === "none" ? null : (value ?? null) });
    else if (key === "policy" && (value === "bind:0" || value === "none")) {
      calls.push({ name: "mbind", start, pages, policy: value === "none" ? "default" : "bind" });
    } else return `no call gives memory "${word}"`;
  }
  return calls;
}

/** The calls that map pages [start, end) as these words. */
function mapping(start: number, end: number, words: readonly string[]): Calls {
  const pages = end - start;
  const access = words.find((word) => /^[r-][w-][x-]$/.test(word)) ?? "rw-";
  const letter = words.find((word) => word.startsWith("file="))?.slice(5);
  const file = letter === undefined ? null : (FILES.get(letter) ?? null);
  if (letter !== undefined && file === null) return `the kernel's helper has no file for "${letter}"`;
  const offset = words.find((word) => word.startsWith("@"));
  if (offset !== undefined && file === null)
    return "the offset of anonymous memory is not a program's to choose";
  const pgoff = offset === undefined ? start : Number(offset.slice(1));
  const flags = file === null ? PRIVATE : ["private", "fixed"];
  const rest = words.filter((word) => word !== access && word !== offset && !word.startsWith("file="));
  const dressed = dressing(start, pages, rest);
  if (typeof dressed === "string") return dressed;
  const call: CorpusOperation = { name: "mmap", start, pages, prot: protOf(access), flags, file };
  return [file === null ? call : { ...call, pgoff }, ...dressed];
}

function callsOf(operation: Operation, areas: readonly AreaSpec[]): Calls {
  const here = "area" in operation ? areas.find(({ name }) => name === operation.area) : undefined;
  if ("area" in operation && here === undefined) return `there is no area ${operation.area}`;
  const { start, end } = here ?? { start: 0, end: 0 };
  switch (operation.kind) {
    case "new":
    case "map":
      return mapping(operation.start, operation.end, operation.words);
    case "merge":
    case "modify":
      return dressing(operation.start, operation.end - operation.start, operation.words);
    case "unmap":
      return [{ name: "munmap", start: operation.start, pages: operation.end - operation.start }];
    case "write":
      return [{ name: "write", at: start }];
    case "extend":
      return [
        { name: "mremap", start, pages: end - start, newPages: end - start + operation.pages, flags: [] },
      ];
    case "shrink":
      if (operation.start !== start) return "no call moves the lower end of an area";
      return [{ name: "munmap", start: operation.end, pages: end - operation.end }];
    default:
      return `no call is just a ${operation.kind}`;
  }
}

interface Script {
  readonly calls: readonly CorpusOperation[];
  /** Calls made when the areas stand there, and after each operation. */
  readonly upTo: readonly number[];
}

/** The calls of a whole scenario, or why it cannot be run. `rules` are those of the engine run beside it. */
function scriptOf({ given, steps }: Scenario, rules: KernelProfile): Script | string {
  if (given.maxMaps !== null) return "the limit on areas is not a program's to set";
  const calls: CorpusOperation[] = [];
  const upTo: number[] = [];
  const take = (more: Calls): string | null => {
    if (typeof more === "string") return more;
    calls.push(...more);
    return null;
  };
  let below: { readonly end: number; readonly words: string } | null = null;
  for (const area of given.areas) {
    if (area.end > MOST_PAGES) return "its areas are too far apart";
    const words = attributeWords(area, area.start);
    const why = take(mapping(area.start, area.end, words));
    if (why !== null) return why;
    if (below?.end === area.start && below.words === words.join(" ")) {
      return "areas that fit one another do not stay apart";
    }
    below = { end: area.end, words: words.join(" ") };
  }
  upTo.push(calls.length);
  const beside = new EngineDriver(rules).start(given);
  for (const { operations, fail } of steps) {
    if (fail !== null) return "its memory does not run out on demand";
    for (const operation of operations) {
      const why = take(callsOf(operation, beside.areas()));
      if (why !== null) return why;
      upTo.push(calls.length);
      const { returned } = beside.apply(operation, NO_FAULTS);
      const offered = operation.kind === "new" || operation.kind === "merge";
      if (offered && returned === "none") return "what no neighbour takes becomes an area of its own";
    }
  }
  return { calls, upTo };
}

function areaOf([start, end, , pgoff, backing, flags, name, policy]: CorpusArea): AreaSpec {
  const letter = [...FILES].find(([, open]) => backing?.startsWith(open) === true)?.[0] ?? backing;
  const first = Number(start);
  return {
    ...PLAIN,
    ...parseVmFlags(flags),
    name: "?",
    start: first,
    end: Number(end),
    pgoff: backing === null ? first : pgoff,
    file: letter,
    anonName: /^\[anon:(.*)\]$/.exec(name ?? "")?.[1] ?? null,
    policy: policy === undefined || policy === "default" ? null : policy,
  };
}

class KernelSession implements Session {
  readonly #steps: readonly CorpusStep[];
  readonly #upTo: readonly number[];
  #done = 0;

  constructor(steps: readonly CorpusStep[], upTo: readonly number[]) {
    this.#steps = steps;
    this.#upTo = upTo;
  }

  apply(operation: Operation, _plan: FaultPlan): Outcome {
    const from = this.#upTo[this.#done] ?? 0;
    this.#done += 1;
    const results = this.#steps.slice(from, this.#upTo[this.#done]).map(({ ret }) => ret);
    const failed = results.find((result) => typeof result === "string" && /^E[A-Z]+$/.test(result));
    if (typeof failed === "string") return { ...NO_OUTCOME, returned: failed };
    return operation.kind === "unmap" || operation.kind === "shrink"
      ? { ...NO_OUTCOME, returned: "ok" }
      : NO_OUTCOME;
  }

  areas(): AreaSpec[] {
    const last = (this.#upTo[this.#done] ?? 0) - 1;
    for (let at = last; at >= 0; at -= 1) {
      const shown = this.#steps[at]?.vmas;
      if (shown !== undefined) return shown.map(areaOf);
    }
    return [];
  }

  validate(): string[] {
    return [];
  }
}

/** What the running kernel made of one scenario. */
export class KernelDriver implements Driver {
  readonly name: string;
  readonly sees = "ranges";
  readonly knownGaps: readonly KnownGap[];
  readonly #scenario: Scenario;
  readonly #script: Script | string;
  readonly #steps: readonly CorpusStep[];

  private constructor(
    release: string,
    scenario: Scenario,
    script: Script | string,
    steps: readonly CorpusStep[],
    knownGaps: readonly KnownGap[],
  ) {
    this.name = `kernel ${release}`;
    this.#scenario = scenario;
    this.#script = script;
    this.#steps = steps;
    this.knownGaps = knownGaps;
  }

  /** Why a kernel of that release cannot be brought to run the scenario, or null when it can. */
  static reasonAgainst(scenario: Scenario, release: string): string | null {
    const script = scriptOf(scenario, profileForRelease(release).profile);
    return typeof script === "string" ? script : null;
  }

  /** Has the kernel carry the scenario out. Throws KernelUnavailable when the helper fails. */
  static async record(
    helper: KernelHelper,
    release: string,
    scenario: Scenario,
    knownGaps: readonly KnownGap[] = [],
  ): Promise<KernelDriver> {
    const script = scriptOf(scenario, profileForRelease(release).profile);
    if (typeof script === "string") return new KernelDriver(release, scenario, script, [], knownGaps);
    const pages = scenario.given.areas.reduce((last, { end }) => Math.max(last, end), 0) + SPARE_PAGES;
    const empty: CorpusCase = {
      case: "scenario",
      family: "scenario",
      kernel: release,
      kind: "arena",
      arena: { base: BASE, pages },
      steps: script.calls.map((op) => ({ op, ret: "ok" })),
    };
    const withPolicies = script.calls.some(({ name }) => name === "mbind");
    const { steps } = await helper.record(empty, withPolicies);
    return new KernelDriver(release, scenario, script, steps, knownGaps);
  }

  cannot(scenario: Scenario): string | null {
    if (scenario !== this.#scenario) return "the kernel was asked of another scenario";
    return typeof this.#script === "string" ? this.#script : null;
  }

  start(_given: Given): Session {
    if (typeof this.#script === "string") throw new ScenarioError(this.#script);
    return new KernelSession(this.#steps, this.#script.upTo);
  }
}

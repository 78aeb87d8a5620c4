/** Before and after the series, over the whole enumerated space: which differences there are, how many, an example. */

import { checkedShard, isInShard, type Shard } from "../shard.js";
import { TruthChecker } from "../truth/check.js";
import type { TruthInput, TruthOutput } from "../truth/format.js";
import {
  type Compared,
  classify,
  DIFFERENCE_CLASSES,
  type DifferenceClass,
  differenceOf,
} from "./classes.js";
import { type SpaceEntry, type SpacePoint, space } from "./space.js";

/** One difference, whole. */
export interface DifferenceExample {
  readonly entry: SpaceEntry;
  readonly set: string;
  readonly input: TruthInput;
  readonly before: TruthOutput;
  readonly after: TruthOutput;
}

/** One class with its count through each entry and the first of its kind. */
export interface DifferenceRow extends DifferenceClass {
  readonly count: number;
  readonly entries: Readonly<Partial<Record<SpaceEntry, number>>>;
  readonly example: DifferenceExample | null;
}

export interface BeforeAfterTable {
  /** Scenarios compared, faults included. */
  readonly scenarios: number;
  readonly rows: readonly DifferenceRow[];
  /** Differences that are none of the listed classes: none, or the run has failed. */
  readonly unlisted: readonly DifferenceExample[];
}

export interface BeforeAfterOptions {
  /** Part of the space. */
  readonly shard?: Shard | null;
  /** Called every 2,000 scenarios. */
  readonly onProgress?: (scenarios: number) => void;
}

const PROGRESS_EVERY = 2000;
/** Points of the space, so that progress can be told as a part of it. */
export const SPACE_POINTS = 103_828;

/** The entries of the old engine a point is compared through; none for modes it did not have. */
function entriesOf({ op, input }: SpacePoint): readonly SpaceEntry[] {
  const request = input.vmg;
  if (request === undefined || request.just === 1 || request.gup === 1) return [];
  if (op !== "new") return [op];
  const plain =
    request.av === null && request.pol === undefined && request.uf === undefined && request.nm === undefined;
  return plain ? ["new", "mmap"] : ["new"];
}

function* runsOf(checker: TruthChecker, point: SpacePoint, entry: SpaceEntry): Generator<Compared> {
  const engine = entry === "mmap" ? "legacy-mmap" : "legacy";
  const compared = (input: TruthInput): Compared => ({
    entry,
    input,
    before: checker.run(engine, point.op, input),
    after: checker.run("6.12", point.op, input),
  });
  const whole = compared(point.input);
  if (point.faults !== "only") yield whole;
  if (point.faults === "none") return;
  // A step that only one of them reaches cannot fail in both.
  const steps = Math.min(whole.before.pts?.length ?? 0, whole.after.pts?.length ?? 0);
  for (let fail = 1; fail <= steps; fail += 1) yield compared({ ...point.input, fail });
}

/** Compares both engines over the space (or one shard of it) and counts the differences by class. */
export function compareBeforeAfter(options: BeforeAfterOptions = {}): BeforeAfterTable {
  const shard = checkedShard(options.shard);
  const checker = new TruthChecker();
  const found = new Map<
    string,
    { count: number; entries: Partial<Record<SpaceEntry, number>>; example: DifferenceExample }
  >();
  const unlisted: DifferenceExample[] = [];
  let scenarios = 0;
  let turn = 0;
  for (const point of space()) {
    const isMine = isInShard(shard, turn);
    turn += 1;
    if (!isMine) continue;
    for (const entry of entriesOf(point)) {
      for (const compared of runsOf(checker, point, entry)) {
        scenarios += 1;
        if (scenarios % PROGRESS_EVERY === 0) options.onProgress?.(scenarios);
        if (differenceOf(compared) === null) continue;
        const example = { set: point.set, ...compared };
        const id = classify(compared);
        if (id === null) {
          unlisted.push(example);
          continue;
        }
        const row = found.get(id) ?? { count: 0, entries: {}, example };
        row.count += 1;
        row.entries[entry] = (row.entries[entry] ?? 0) + 1;
        found.set(id, row);
      }
    }
  }
  const rows = DIFFERENCE_CLASSES.map((listed) => ({
    ...listed,
    count: 0,
    entries: {},
    example: null,
    ...found.get(listed.id),
  }));
  return { scenarios, rows, unlisted };
}

/** Adds the tables of shards up to the table of the whole. */
export function addTables(tables: readonly BeforeAfterTable[]): BeforeAfterTable {
  const rows = DIFFERENCE_CLASSES.map((listed) => {
    const parts = tables.flatMap(({ rows }) => rows.filter(({ id }) => id === listed.id));
    const entries: Partial<Record<SpaceEntry, number>> = {};
    for (const part of parts) {
      for (const [entry, times] of Object.entries(part.entries) as [SpaceEntry, number][]) {
        entries[entry] = (entries[entry] ?? 0) + times;
      }
    }
    return {
      ...listed,
      count: parts.reduce((sum, part) => sum + part.count, 0),
      entries,
      example: parts.find(({ example }) => example !== null)?.example ?? null,
    };
  });
  return {
    scenarios: tables.reduce((sum, table) => sum + table.scenarios, 0),
    rows,
    unlisted: tables.flatMap(({ unlisted }) => unlisted),
  };
}

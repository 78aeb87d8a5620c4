/**
 * The enumerated space of merge decisions: every neighbourhood of a new range and of a changed part of an area that
 * the rules can tell apart, with sizes fixed. The sets bear the names of the recorded sets they repeat, number for
 * number, so that counts can be compared.
 *
 * A neighbour is absent, one page away, or adjacent; adjacent it has one of thirteen relations to what is proposed,
 * one of six anonymous states, and a close hook or none. What cannot matter is not varied: the neighbour that a part
 * of an area does not reach is absent or plain.
 */

import { Choices } from "../choices.js";
import type { TruthArea, TruthInput, TruthOperation, TruthRequest } from "../truth/format.js";

/** Which entry of the old engine a scenario is compared with. */
export type SpaceEntry = "new" | "mmap" | "existing" | "modify";

/** One point of the space. */
export interface SpacePoint {
  readonly set: string;
  readonly op: TruthOperation & ("new" | "existing" | "modify");
  readonly input: TruthInput;
  /** Whether every fallible step is to fail in turn: only those runs (`only`), or besides the one without (`also`). */
  readonly faults: "none" | "only" | "also";
}

export type Span = "left" | "right" | "full" | "middle";

const OFFSET_APART = 0x100;
const PLAIN_FLAGS = "33";
const READ_ONLY_FLAGS = "31";
const SPANS: readonly Span[] = ["left", "right", "full", "middle"];

type Changes = Partial<
  Pick<TruthArea, "f" | "file" | "av" | "ch" | "cl" | "pol" | "uf" | "nm" | "ms" | "op">
> & {
  readonly apart?: boolean;
};

/** How a neighbour's attributes relate to proposed ones (flags 33, file or none). */
function relations(file: string | null): readonly Changes[] {
  const all: Changes[] = [
    {},
    { f: "8000033" },
    { f: READ_ONLY_FLAGS },
    { f: "4033" },
    { f: "40033" },
    { f: "433" },
    { f: "10000033" },
    { file: file === null ? "F1" : "F2" },
    { file: null },
    { pol: "p1" },
    { uf: 1 },
    { nm: "x" },
    { apart: true },
  ];
  // Without a file there is no neighbour that merely lacks it.
  return file === null ? all.filter((change) => change.file !== null) : all;
}

const SAME_OR_DIRTY = 2;
/** Anonymous object and chain: never written, A, B, each inherited, and a chain without an object (by hand only). */
const STATES: readonly (readonly [av: string | null, ch: string])[] = [
  [null, ""],
  ["A", "A"],
  ["B", "B"],
  ["A", "AX"],
  ["B", "BX"],
  [null, "X"],
];
const SIMPLE_STATES = STATES.slice(0, 3);

function area(n: string, s: number, e: number, file: string | null, changes: Changes = {}): TruthArea {
  const { apart, ...said } = changes;
  const pg = apart === true ? s + OFFSET_APART : s;
  return { n, s, e, pg, f: PLAIN_FLAGS, file, av: null, ch: "", cl: 0, ...said };
}

/** A neighbour that is there and adjacent, and whether its attributes are compatible. */
interface Neighbour {
  readonly area: TruthArea | null;
  readonly fits: boolean;
}

type Place = (changes: Changes, away: boolean) => TruthArea;

/** Absent, a page away, or adjacent in every way of these relations and states. */
function neighbour(
  choices: Choices,
  place: Place,
  ways: readonly Changes[],
  states: readonly (readonly [string | null, string])[],
): Neighbour {
  const presence = choices.index(3);
  if (presence === 0) return { area: null, fits: false };
  if (presence === 1) return { area: place({}, true), fits: false };
  const relation = choices.index(ways.length);
  const [av, ch] = choices.pick(states);
  const cl = choices.index(2);
  return { area: place({ ...ways[relation], av, ch, cl }, false), fits: relation < SAME_OR_DIRTY };
}

/** Absent, or adjacent and plain: all that a neighbour out of reach is varied by. */
function outOfReach(choices: Choices, place: Place): Neighbour {
  return choices.flag() ? { area: place({}, false), fits: true } : { area: null, fits: false };
}

const previous =
  (file: string | null): Place =>
  (changes, away) =>
    area("P", 16, away ? 18 : 19, file, changes);

function present(areas: readonly (TruthArea | null)[]): TruthArea[] {
  return areas.filter((found): found is TruthArea => found !== null);
}

/** A new range of pages 19 and 20. */
function newInput(
  prev: TruthArea | null,
  next: TruthArea | null,
  proposal: Pick<TruthRequest, "file" | "av"> & Partial<TruthRequest>,
): TruthInput {
  const just = proposal.just === 1;
  const hole: [number, number] = [prev === null ? 0 : prev.e, next === null ? 0 : next.s];
  return {
    vmas: present([prev, next]),
    cnt: present([prev, next]).length,
    it: just
      ? prev === null
        ? [19, 19, "start"]
        : [prev.s, prev.e, "active"]
      : [...hole, prev === null ? "underflow" : "active"],
    vmg: {
      s: 19,
      e: 21,
      pg: 19,
      prev: prev === null ? null : "P",
      vma: null,
      next: next === null ? null : "N",
      f: PLAIN_FLAGS,
      ...proposal,
    },
  };
}

/** New ranges: both neighbours in every way, the request in every mode that was recorded. */
export function* newRanges(): Generator<SpacePoint> {
  const next =
    (file: string | null): Place =>
    (changes, away) =>
      area("N", away ? 22 : 21, 25, file, changes);
  const FILES = [null, "F1"];
  for (const choices = new Choices(); choices.next(); ) {
    const set = choices.pick(["N1", "N1f", "N2", "N6"]);
    const file = set === "N6" ? "F1" : choices.pick(FILES);
    const av = set === "N6" ? null : choices.pick([null, "A"]);
    const just = set === "N1" || set === "N1f" ? choices.index(2) : 0;
    const gup = set === "N1f" ? choices.index(2) : 0;
    const skipu = set === "N6" ? choices.index(2) : 0;
    const dirty = set === "N1" ? SAME_OR_DIRTY : 1;
    const ways = set === "N2" ? relations(file) : relations(file).slice(0, dirty);
    const states = set === "N2" ? SIMPLE_STATES : STATES;
    const low = neighbour(choices, previous(file), ways, states);
    const high = neighbour(choices, next(file), ways, states);
    // Two that fit are all in N1.
    if (set === "N2" && low.fits && high.fits) continue;
    const modes = {
      ...(just === 1 ? { just } : {}),
      ...(gup === 1 ? { gup } : {}),
      ...(skipu === 1 ? { skipu } : {}),
    };
    const faults = set === "N1f" ? "only" : "none";
    yield { set, op: "new", input: newInput(low.area, high.area, { file, av, ...modes }), faults };
  }
}

const RANGES: Readonly<Record<Span, readonly [number, number]>> = {
  left: [19, 21],
  right: [21, 23],
  full: [19, 23],
  middle: [20, 22],
};

/** Part of V, pages 19 to 22, about to be what the request says. */
function changeInput(
  span: Span,
  prev: TruthArea | null,
  vma: TruthArea,
  next: TruthArea | null,
  proposal: Partial<TruthRequest>,
): TruthInput {
  const [s, e] = RANGES[span];
  return {
    vmas: present([prev, vma, next]),
    cnt: present([prev, vma, next]).length,
    it: [19, 23, "active"],
    vmg: {
      s,
      e,
      pg: s,
      prev: s > 19 ? "V" : prev === null ? null : "P",
      vma: "V",
      next: null,
      f: PLAIN_FLAGS,
      file: vma.file,
      av: vma.av,
      ...proposal,
    },
    args: { span },
  };
}

const above =
  (file: string | null): Place =>
  (changes, away) =>
    area("N", away ? 24 : 23, 27, file, changes);

/** Both neighbours as far as the span reaches them. */
function around(
  choices: Choices,
  span: Span,
  low: () => Neighbour,
  high: () => Neighbour,
  file: string | null,
): [Neighbour, Neighbour] {
  const reachesLow = span === "left" || span === "full";
  const reachesHigh = span === "right" || span === "full";
  const below = reachesLow ? low() : outOfReach(choices, previous(file));
  return [below, reachesHigh ? high() : outOfReach(choices, above(file))];
}

/** Parts of an area that becomes writable: neighbours in every way, V with every state and hook. */
export function* changedRanges(): Generator<SpacePoint> {
  for (const choices = new Choices(); choices.next(); ) {
    const set = choices.pick(["E1", "E1f", "E2", "E5"]);
    const span = choices.pick(set === "E2" || set === "E1f" ? SPANS.slice(0, 3) : SPANS);
    const file = set === "E5" ? "F1" : choices.pick([null, "F1"]);
    if (set === "E5") {
      const hooked = (place: Place) => (): Neighbour => {
        const which = choices.index(3);
        return which === 0
          ? { area: null, fits: false }
          : { area: place({ cl: which - 1 }, false), fits: true };
      };
      const low = hooked(previous(file))();
      const high = hooked(above(file))();
      const vma = area("V", 19, 23, file, { f: READ_ONLY_FLAGS });
      const input = changeInput(span, low.area, vma, high.area, { skipu: 1 });
      yield { set, op: "existing", input, faults: "none" };
      continue;
    }
    const own = set === "E2" ? SIMPLE_STATES.slice(0, 2) : [STATES[0], STATES[1], STATES[3], STATES[5]];
    const [av, ch] = choices.pick(own) ?? [null, ""];
    const vma = area("V", 19, 23, file, { f: READ_ONLY_FLAGS, av, ch, cl: choices.index(2) });
    const ways = set === "E2" ? relations(file) : relations(file).slice(0, set === "E1" ? SAME_OR_DIRTY : 1);
    const states = set === "E2" ? SIMPLE_STATES : STATES;
    const gup = set === "E1f" ? choices.index(2) : 0;
    const [low, high] = around(
      choices,
      span,
      () => neighbour(choices, previous(file), ways, states),
      () => neighbour(choices, above(file), ways, states),
      file,
    );
    if (set === "E2" && low.fits && high.fits) continue;
    const input = changeInput(span, low.area, vma, high.area, gup === 1 ? { gup } : {});
    yield { set, op: "existing", input, faults: set === "E1f" ? "only" : "none" };
  }
}

const VARIED: readonly Changes[] = [{ pol: "p1" }, { uf: 1 }, { nm: "x" }];

/** Merge or split: with every fallible step failing, over plain neighbours (M1) and over hooks and policies (M2). */
export function* modifications(): Generator<SpacePoint> {
  for (const choices = new Choices(); choices.next(); ) {
    const set = choices.pick(["M1", "M1 attributes", "M2"]);
    const span = choices.pick(SPANS);
    const file = set === "M1 attributes" ? null : choices.pick([null, "F1"]);
    const [av, ch] = choices.pick([STATES[0], STATES[1], STATES[3]]) ?? [null, ""];
    let own: Changes = { f: READ_ONLY_FLAGS, av, ch };
    let proposal: Changes = {};
    let ways: Changes[] = [];
    if (set === "M2") {
      const cl = choices.index(2);
      const ms = cl === 0 ? choices.index(3) : 0;
      const op = choices.index(2);
      const pol = choices.flag() ? { pol: "p1" } : {};
      own = { ...own, cl, ...(ms === 0 ? {} : { ms }), ...(op === 0 ? {} : { op }), ...pol };
      proposal = pol;
      ways = [pol];
    } else if (set === "M1") {
      own = { ...own, cl: choices.index(2) };
      ways = [{}, { av: "A", ch: "A" }, { f: READ_ONLY_FLAGS }, { cl: 1 }];
    } else {
      proposal = choices.pick(VARIED);
      own = { av, ch };
      ways = [proposal, { ...proposal, av: "A", ch: "A" }, { ...proposal, f: READ_ONLY_FLAGS }];
    }
    const side = (place: Place, reached: boolean): TruthArea | null => {
      const which = choices.index(1 + (reached ? ways.length : 1));
      return which === 0 ? null : place(ways[which - 1] ?? {}, false);
    };
    const low = side(previous(file), span === "left" || span === "full");
    const high = side(above(file), span === "right" || span === "full");
    const { pol, uf, nm } = proposal;
    const said = {
      ...(pol === undefined ? {} : { pol }),
      ...(uf === undefined ? {} : { uf }),
      ...(nm === undefined ? {} : { nm }),
    };
    const vma = area("V", 19, 23, file, own);
    const input = changeInput(span, low, vma, high, said);
    yield { set: set.slice(0, 2), op: "modify", input, faults: "also" };
  }
}

/** The whole space. */
export function* space(): Generator<SpacePoint> {
  yield* newRanges();
  yield* changedRanges();
  yield* modifications();
}

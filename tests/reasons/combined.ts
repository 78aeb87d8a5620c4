// Scenarios with several obstacles at once on one side: one or two differences, with every anonymous state, hooks and
// special flags, beside another side that is absent, fits, or fits and has a hook.
import { Choices, type SpacePoint, type TruthArea, type TruthInput } from "@vma/testkit";

type Changes = Partial<TruthArea>;

/** One obstacle each; a range at an offset of 256 more does not continue its neighbour. */
const DIFFERENCES: readonly (Changes & { apart?: true })[] = [
  { f: "31" },
  { f: "433" },
  { file: "F2" },
  { pol: "p1" },
  { uf: 1 },
  { nm: "x" },
  { apart: true },
];
const STATES: readonly Changes[] = [
  { av: null, ch: "" },
  { av: "A", ch: "A" },
  { av: "B", ch: "B" },
  { av: "A", ch: "AX" },
];
/** V was never written, or came through a fork: what it means to have just its own object is in the other sets. */
const OWN_STATES = STATES.filter(({ av, ch }) => av === null || ch === "AX");

function area(n: string, s: number, e: number, f: string, changes: Changes & { apart?: true }): TruthArea {
  const { apart, ...said } = changes;
  return { n, s, e, pg: apart ? s + 256 : s, f, file: "F1", av: null, ch: "", cl: 0, ...said };
}

/** No obstacle, each alone, and each with the next one. */
function differences(choices: Choices, alone: boolean): Changes & { apart?: true } {
  const first = choices.index(DIFFERENCES.length + 1);
  if (first === DIFFERENCES.length) return {};
  return !alone && choices.flag()
    ? { ...DIFFERENCES[first], ...DIFFERENCES[first + 1] }
    : { ...DIFFERENCES[first] };
}

/** New ranges (`op` new) or parts of an area. */
export function* combined(op: "new" | "existing"): Generator<SpacePoint> {
  for (const choices = new Choices(); choices.next(); ) {
    const special = choices.flag();
    const f = special ? "4033" : "33";
    const side = choices.pick(["left", "right"] as const);
    const span = op === "new" ? "full" : choices.pick(["left", "right", "full", "middle"] as const);
    const own =
      op === "new" ? null : area("V", 19, 23, "31", { ...choices.pick(OWN_STATES), cl: choices.index(2) });
    const av = own === null ? choices.pick([null, "A"]) : own.av;
    const end = own === null ? 21 : 23;
    const place = (which: "left" | "right", flags: string, changes: Changes & { apart?: true }): TruthArea =>
      which === "left" ? area("P", 16, 19, flags, changes) : area("N", end, end + 4, flags, changes);
    const state = choices.pick(STATES);
    const near = place(side, f, { ...state, cl: choices.index(2), ...differences(choices, special) });
    const others = [null, { av, ch: av ?? "" }, { av, ch: av ?? "", cl: 1 }];
    const other = choices.pick(others);
    const far = other === null ? null : place(side === "left" ? "right" : "left", f, other);
    const [prev, next] = side === "left" ? [near, far] : [far, near];
    const [s, e] =
      own === null ? [19, 21] : { left: [19, 21], right: [21, 23], full: [19, 23], middle: [20, 22] }[span];
    const vmas = [prev, own, next].filter((one): one is TruthArea => one !== null);
    const inside = own !== null && (s ?? 0) > own.s;
    const input: TruthInput = {
      vmas,
      cnt: vmas.length,
      it:
        own === null
          ? [prev === null ? 0 : prev.e, next === null ? 0 : next.s, "active"]
          : [own.s, own.e, "active"],
      vmg: {
        s: s ?? 0,
        e: e ?? 0,
        pg: s ?? 0,
        prev: inside ? "V" : prev === null ? null : "P",
        vma: own === null ? null : "V",
        next: own === null && next !== null ? "N" : null,
        f,
        file: "F1",
        av,
      },
      args: { span },
    };
    yield { set: `combined ${op}`, op, input, faults: "none" };
  }
}

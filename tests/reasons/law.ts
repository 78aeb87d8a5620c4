// Law 3 over the enumerated space: each refused side of each scenario, with all of its reasons, with none, with one.
import {
  DefaultHost,
  defaultLimits,
  type KernelProfile,
  MergeRequest,
  Mm,
  mergeExistingRange,
  mergeNewRange,
  PAGE_SIZE,
  profile,
  type ReasonCode,
  reasonCodes,
  Vma,
} from "@vma/core/engine";
import {
  Cast,
  changedRanges,
  newRanges,
  type SpacePoint,
  type TruthArea,
  type TruthInput,
} from "@vma/testkit";
import { combined } from "./combined.js";
import { removeReasons, type Side } from "./removal.js";

/** What came of one scenario: the reasons of each side, and whether the side took the range. */
interface Asked {
  readonly reasons: Readonly<Record<Side, readonly ReasonCode[]>>;
  readonly took: Readonly<Record<Side, boolean>>;
}

export interface Law {
  readonly rules: "6.12" | "6.18";
  /** Sides refused. */
  refused: number;
  /** Sides refused, by reason. */
  readonly reasons: Record<string, number>;
  /** What broke the law, in words. */
  readonly broken: string[];
}

function pointsOf(set: string): Generator<SpacePoint> {
  if (set === "combined new") return combined("new");
  if (set === "combined existing") return combined("existing");
  return set.startsWith("N") ? newRanges() : changedRanges();
}

const SIDES: readonly Side[] = ["left", "right"];
const ABOVE_ALL = 1024 * PAGE_SIZE;
const CLOSABLE = { close: (): void => {} };

const LISTENER = {
  created: (): void => {},
  grew: (): void => {},
  shrank: (): void => {},
  split: (): void => {},
  merged: (): void => {},
  refused: (): void => {},
  changed: (): void => {},
  removed: (): void => {},
};

/**
 * One address space, emptied and filled again for every question: a million are asked, and nothing but the answers
 * matters here.
 */
class Engine {
  readonly #cast: Cast = new Cast();
  readonly #mm: Mm;
  readonly #request: MergeRequest;

  constructor(rules: KernelProfile) {
    this.#mm = new Mm(rules, defaultLimits(), new DefaultHost());
    this.#mm.events = LISTENER;
    this.#request = new MergeRequest(this.#mm);
  }

  #place({ s, e, pg, f, file, av, ch, cl, pol, uf, nm }: TruthArea): Vma {
    const cast = this.#cast;
    const vma = new Vma(1, s * PAGE_SIZE, e * PAGE_SIZE, pg, Number.parseInt(f, 16) | 0, 0);
    if (file !== null) vma.file = cast.file(file);
    if (cl === 1) vma.ops = CLOSABLE;
    if (av !== null) vma.anonVma = cast.anonVma(av);
    vma.anonChain = cast.chain(ch);
    if (pol !== undefined) vma.policy = cast.policy(pol);
    if (uf !== undefined) vma.uffdContext = cast.context(uf);
    vma.anonName = nm ?? null;
    this.#mm.cursor.set(vma.start, vma.end, vma);
    return vma;
  }

  ask(op: SpacePoint["op"], { vmas, vmg }: TruthInput): Asked {
    if (vmg === undefined) throw new Error("a point of the space has no request");
    const [mm, request, cast] = [this.#mm, this.#request, this.#cast];
    mm.cursor.delete(0, ABOVE_ALL);
    const placed: Record<string, Vma> = {};
    for (const area of vmas) placed[area.n] = this.#place(area);
    mm.mapCount = vmas.length;
    const { P: prev, V: vma, N: next } = placed;
    request.proposeNewRange(vmg.s * PAGE_SIZE, vmg.e * PAGE_SIZE, Number.parseInt(vmg.f, 16) | 0, 0, vmg.pg);
    request.prev = vmg.prev === null ? null : (placed[vmg.prev] ?? null);
    request.vma = vma ?? null;
    request.next = vmg.next === null ? null : (placed[vmg.next] ?? null);
    if (vmg.file !== null) request.file = cast.file(vmg.file);
    if (vmg.av !== null) request.anonVma = cast.anonVma(vmg.av);
    if (vmg.pol !== undefined) request.policy = cast.policy(vmg.pol);
    if (vmg.uf !== undefined) request.uffdContext = cast.context(vmg.uf);
    request.anonName = vmg.nm ?? null;
    request.justExpand = vmg.just === 1;
    if (vma !== undefined) request.iterator.moveTo(vma);
    else request.iterator.reset(request.start);
    const target = op === "new" ? mergeNewRange(request) : mergeExistingRange(request);
    const gone = next !== undefined && mm.cursor.seek(next.start) !== next;
    return {
      reasons: { left: reasonCodes(request.leftReasons), right: reasonCodes(request.rightReasons) },
      took: {
        left: target !== null && target === prev,
        right: next !== undefined && (target === next || (target !== null && gone)),
      },
    };
  }
}

function say(
  what: string,
  set: string,
  side: Side,
  reasons: readonly ReasonCode[],
  input: TruthInput,
): string {
  return `${set}, ${side}: ${what} (${reasons.join(" ")}) ${JSON.stringify(input)}`;
}

/** Checks the law on one set of the space. */
export function obeysLaw(rules: Law["rules"], set: string): Law {
  const law: Law = { rules, refused: 0, reasons: {}, broken: [] };
  const engine = new Engine(profile(rules));
  const points = pointsOf(set);
  for (const point of points) {
    if (point.set !== set) continue;
    const { op, input } = point;
    const asked = engine.ask(op, input);
    for (const side of SIDES) {
      const reasons = asked.reasons[side];
      if (asked.took[side]) {
        if (reasons.length > 0)
          law.broken.push(say("took the range with reasons", set, side, reasons, input));
        continue;
      }
      if (reasons.length === 0) {
        law.broken.push(say("refused without a reason", set, side, reasons, input));
        continue;
      }
      law.refused += 1;
      for (const reason of reasons) law.reasons[reason] = (law.reasons[reason] ?? 0) + 1;
      checkSide(law, engine, point, side, reasons);
    }
  }
  return law;
}

function checkSide(
  law: Law,
  engine: Engine,
  point: SpacePoint,
  side: Side,
  reasons: readonly ReasonCode[],
): void {
  const { op, input, set } = point;
  const bare = removeReasons(input, side, reasons);
  if (!engine.ask(op, bare).took[side]) {
    law.broken.push(say("does not merge with all reasons taken away", set, side, reasons, bare));
  }
  if (reasons.length === 1) return;
  for (const kept of reasons) {
    const rest = reasons.filter((reason) => reason !== kept);
    const one = removeReasons(input, side, rest);
    const asked = engine.ask(op, one);
    const found = asked.reasons[side].join(" ");
    if (asked.took[side] || found !== kept) {
      law.broken.push(say(`with only ${kept} left it is refused for "${found}"`, set, side, reasons, one));
    }
  }
}

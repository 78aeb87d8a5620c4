// Law 3 over the enumerated space: each refused side of each scenario, with all of its reasons, with none, with one.
import {
  type KernelProfile,
  mergeExistingRange,
  mergeNewRange,
  profile,
  type ReasonCode,
  reasonCodes,
} from "@vma/core/engine";
import { Cast, changedRanges, newRanges, type SpacePoint, type TruthInput, World } from "@vma/testkit";
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

class Engine {
  readonly #cast: Cast = new Cast();
  readonly #rules: KernelProfile;

  constructor(rules: KernelProfile) {
    this.#rules = rules;
  }

  ask(op: SpacePoint["op"], input: TruthInput): Asked {
    const world = new World(this.#cast, this.#rules, input);
    world.mm.events = LISTENER;
    const { request } = world;
    const prev = input.vmg?.vma === null || input.vmg?.prev === "P" ? world.host.named("P") : undefined;
    const next = world.host.named("N");
    const target = op === "new" ? mergeNewRange(request) : mergeExistingRange(request);
    const left = reasonCodes(request.leftReasons);
    const right = reasonCodes(request.rightReasons);
    const gone = next !== undefined && world.mm.cursor.seek(next.start) !== next;
    return {
      reasons: { left, right },
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

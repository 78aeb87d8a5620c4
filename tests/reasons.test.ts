// Law 3: a refused merge carries its reasons, complete and minimal.
//
// Strategy: every point of the enumerated space, and one of several obstacles at once, with somebody listening. For
// each side that did not take the range: take all its reasons away, and it must merge; leave any single one in, and
// it must be refused for just that one. Taking a reason away means changing what stood there in the one way that the
// reason speaks of.
// Invariants: as said; a side that took the range has no reasons and a side that did not has some.
import { REASON_CODES } from "@vma/core/engine";
import { describe, expect, it } from "vitest";
import { obeysLaw } from "./reasons/law.js";

/** Give-up and failing steps do not matter here; between 6.12 and 6.18 only anonymous objects do. */
const sets = {
  "6.12": ["N1", "N2", "N6", "E1", "E2", "E5", "combined new", "combined existing"],
  "6.18": ["N1", "E1", "combined new", "combined existing"],
} as const;

/** Sides seen refused, by reason: a reason that stops appearing is noticed below. */
const seen: Record<string, number> = {};

describe.each(["6.12", "6.18"] as const)("under the rules of %s", (rules) => {
  it.each(sets[rules])("set %s", (set) => {
    const law = obeysLaw(rules, set);
    expect(law.broken.slice(0, 3)).toEqual([]);
    expect(law.refused).toBeGreaterThan(40);
    for (const [reason, times] of Object.entries(law.reasons)) seen[reason] = (seen[reason] ?? 0) + times;
  });
});

it("every reason there is was seen, but the one of copies that keep their source", () => {
  const codes = Object.keys(REASON_CODES).filter((code) => code !== "kept-source");
  expect(Object.keys(seen).sort()).toEqual(codes.sort());
});

it("so many refused sides of the recorded sets carry so many reasons", () => {
  const counts = (set: string): [refused: number, reasons: number] => {
    const { refused, reasons } = obeysLaw("6.12", set);
    return [refused, Object.values(reasons).reduce((sum, times) => sum + times, 0)];
  };
  expect([counts("N1"), counts("N6"), counts("E1")]).toEqual([
    [6880, 9296],
    [408, 464],
    [19232, 27392],
  ]);
});

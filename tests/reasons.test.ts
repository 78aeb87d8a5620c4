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
/** Refused sides, and the reasons they carry in all, by rules and set. */
const counts: Record<string, [refused: number, reasons: number]> = {};

describe.each(["6.12", "6.18"] as const)("under the rules of %s", (rules) => {
  it.each(sets[rules])("set %s", (set) => {
    const law = obeysLaw(rules, set);
    expect(law.broken.slice(0, 3)).toEqual([]);
    expect(law.refused).toBeGreaterThan(40);
    const found = Object.entries(law.reasons);
    for (const [reason, times] of found) seen[reason] = (seen[reason] ?? 0) + times;
    counts[`${rules} ${set}`] = [law.refused, found.reduce((sum, [, times]) => sum + times, 0)];
  });
});

it("every reason there is was seen, but the one of copies that keep their source", () => {
  const codes = Object.keys(REASON_CODES).filter((code) => code !== "kept-source");
  expect(Object.keys(seen).sort()).toEqual(codes.sort());
});

it("so many refused sides carry so many reasons", () => {
  expect(counts).toEqual({
    "6.12 N1": [6880, 9296],
    "6.12 N2": [42192, 56496],
    "6.12 N6": [408, 464],
    "6.12 E1": [19232, 27392],
    "6.12 E2": [92960, 166312],
    "6.12 E5": [50, 64],
    "6.12 combined new": [3416, 5984],
    "6.12 combined existing": [32288, 72040],
    "6.18 N1": [6368, 8656],
    "6.18 E1": [19264, 27232],
    "6.18 combined new": [3408, 5712],
    "6.18 combined existing": [32288, 72040],
  });
});

// Running scenarios: what counts as a difference, what a driver may say of itself, and making failures small.
import { describe, expect, it } from "vitest";
import type { Driver } from "../src/driver/driver.js";
import { EngineDriver } from "../src/driver/engine.js";
import { ModelDriver } from "../src/driver/model.js";
import { expectScenario, findingsOf, isGood, runAll, runScenario } from "../src/scenario/run.js";
import { readScenario, type Scenario } from "../src/scenario/scenario.js";
import { pasteable, sequence, shrinkScenario } from "../src/scenario/shrink.js";

const scenario = (then: string, when = "new 3-5 rw-"): Scenario =>
  readScenario(`scenario here
  given
    0123456789
    PPP..NNN
    N rw- sd
  when
    ${when}
  then
    ${then}`);

const found = (then: string, driver: Driver = new EngineDriver()): string =>
  findingsOf(scenario(then), driver).join("\n");

describe("differences", () => {
  it("none", () => {
    expect(
      found("0123456789\nPPPPPPPP\nP rw- -sd\nreturns P\nstate success\nmarked N P\nclosed nothing"),
    ).toBe("");
  });

  it.each([
    ["0123456789\nPPPPPNNN", "the areas differ; expected, then found:\n01234567\nPPPPPNNN\nPPPPPPPP"],
    ["P r--", 'area P is "rw-", not "r--"'],
    ["P sd", 'area P is "rw-", not "rw- sd"'],
    ["N rw-", "there is no area N"],
    ["returns N", "returns N is expected, P found"],
    ["state nomerge", "state nomerge is expected, success found"],
    ["marked P", "marked P is expected, N P found"],
    ["closed N", "closed N is expected, nothing found"],
    ["events W:P", "events W:P is expected, W:P W:N A X:N H:P found"],
    ["warned shrink-both-ends", "warned shrink-both-ends is expected, nothing found"],
  ])("%j", (then, expected) => {
    expect(found(then)).toContain(expected);
  });

  it("to a driver that sees pages: which are mapped, and as what", () => {
    const model = new ModelDriver();
    const pages = (then: string): string => findingsOf(scenario(then, "map 3-5 r--"), model).join("\n");
    expect(pages("0123456789\nPPPAANNN\nA r--")).toBe("");
    expect(pages("0123456789\nPPPA.NNN")).toContain("page 4 is not expected to be mapped");
    expect(pages("0123456789\nPPPAANNN\nA rw-")).toContain('page 3 of area A is "r--"');
  });
});

describe("verdicts", () => {
  const good = scenario("returns P");
  const bad = scenario("returns N");
  const gaps = (name: string): EngineDriver =>
    new EngineDriver(undefined, [{ scenario: name, why: "we know" }]);

  it("pass, fail, cannot, known gap, closed gap", () => {
    expect(runScenario(good, new EngineDriver()).verdict).toBe("pass");
    expect(runScenario(bad, new EngineDriver()).verdict).toBe("fail");
    expect(runScenario(good, new ModelDriver())).toMatchObject({
      verdict: "cannot",
      findings: ["it knows no new"],
    });
    expect(runScenario(bad, gaps("here")).verdict).toBe("known-gap");
    expect(runScenario(good, gaps("here")).verdict).toBe("gap-closed");
  });

  it("a closed gap and a gap without a scenario fail the run", () => {
    expect(runAll([good], [gaps("here")]).map(isGood)).toEqual([false]);
    expect(runAll([good], [gaps("elsewhere")]).map(isGood)).toEqual([true, false]);
  });

  it("expectScenario throws with what it found", () => {
    expect(() => expectScenario(bad, new EngineDriver())).toThrow("returns N is expected, P found");
  });
});

describe("shrinking", () => {
  it("leaves only what makes it fail, as text to paste", () => {
    const long = readScenario(`scenario long
      given
        01234567890123456789
        AA.BBB..CC...DDDD
        A rw- lo file=F
        B r-x anon=A close
        D r-x name=x
      when
        unmap 16-17
        modify B 3-4 r-- lo
        map 2-3 rw- lo file=F
        map 6-8 rw-
      then
        returns nothing
    `);
    const operations = long.steps[0]?.operations ?? [];
    const failing = (candidate: Scenario): boolean => {
      const session = new EngineDriver().start(candidate.given);
      for (const operation of candidate.steps[0]?.operations ?? []) {
        session.apply(operation, { fails: () => false });
      }
      // It "fails" as long as area C has grown down.
      return session.areas().some(({ name, start }) => name === "C" && start === 6);
    };
    const start = sequence("small", long.given, operations);
    expect(failing(start)).toBe(true);
    expect(pasteable(start, failing)).toBe(
      ["scenario small", "given", "  0123456789", "  ........CC", "when", "  map 6-8", "then", ""].join("\n"),
    );
  });

  it("a scenario that cannot be made smaller stays as it is", () => {
    const small = sequence("small", { areas: [], maxMaps: null }, []);
    expect(shrinkScenario(small, () => true)).toBe(small);
  });
});

// The scenario language: words, operations and whole scenarios, read, printed and read again.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressSpace, call, resolve } from "../src/arbitrary.js";
import { attributeWords, PLAIN, readAttributes, ScenarioError } from "../src/scenario/area.js";
import { operationLine, readOperation } from "../src/scenario/operation.js";
import { printScenario } from "../src/scenario/print.js";
import { readScenario, readScenarios } from "../src/scenario/scenario.js";

describe("attribute words", () => {
  const plain = { ...PLAIN, pgoff: 5 };

  it.each([
    ["rw-"],
    ["r-x lo sd file=F1"],
    ["--- anon=A"],
    ["rw- anon=A chain=XA close open nosplit"],
    ["rw- sh policy=bind:0 uffd=3 name=heap maysplit @9"],
    ["rwx -me"],
    ["rw- -mw sl"],
    ["rw- chain=X"],
    ["rw- 0x200000000"],
  ])("%s is read back as it was said", (text) => {
    const said = readAttributes(text.split(" "), plain);
    expect(attributeWords(said, 5).join(" ")).toBe(text);
  });

  it("x may be executable later, sh may be shared", () => {
    expect(readAttributes(["r-x"], plain).flags & 0x40).toBe(0x40);
    expect(readAttributes(["sh"], plain).flags & 0x88).toBe(0x88);
  });

  it("only what is named changes", () => {
    const base = { ...plain, flags: PLAIN.flags | 0x2000, policy: "bind:0" };
    expect(readAttributes(["r--"], base)).toEqual({ ...base, flags: 0x2031 });
    expect(readAttributes(["-lo", "policy=none"], base)).toEqual(plain);
  });

  it("a word that says nothing is refused", () => {
    for (const word of ["blue", "colour=red", "uffd=x", "@x"]) {
      expect(() => readAttributes([word], plain)).toThrow(ScenarioError);
    }
  });
});

describe("operations", () => {
  it.each([
    "new 3-5 rw- file=F expand-only give-up no-uprobes",
    "map 0-1 r-x",
    "merge V 3-5 rw- lo",
    "modify V 3-5 name=none give-up",
    "extend V 2",
    "expand V 0-9 next=N",
    "expand V 0-9",
    "shrink V 1-2",
    "split V 5 below",
    "copy V 64 4 keep",
    "unmap 0-7",
    "write V",
  ])("%s", (line) => {
    expect(operationLine(readOperation(line))).toBe(line);
  });

  it.each(["fly 3-5", "new 5-3", "new 3", "split V 5", "extend V x", "unmap 3-3", "merge 3-5 rw-"])(
    "%s is refused",
    (line) => {
      expect(() => readOperation(line)).toThrow(`"${line}"`);
    },
  );
});

const text = `scenario two steps
given
  0123456789
  PPP..NNN
  N rw- anon=A close
  maxmaps 3
when
  new 3-5 rw-
  fail 2
then
  0123456789
  PPP..NNN
  N anon=A
  returns none
  state nomem
  marked P N
  closed nothing
when
  unmap 0-3
then
  returns ok
  events W:P G:P R:0-3 X:P
  warned nothing
`;

describe("scenarios", () => {
  it("are read in all their parts", () => {
    const { name, given, steps } = readScenario(text);
    expect([name, given.maxMaps, given.areas.map(({ anon }) => anon), steps.length]).toEqual([
      "two steps",
      3,
      [null, "A"],
      2,
    ]);
    expect(steps[0]).toMatchObject({ fail: 2, outcome: { returns: "none", marked: ["P", "N"], closed: [] } });
    expect(steps[1]?.outcome.areas).toBeNull();
  });

  it("are printed as they are read", () => {
    const once = printScenario(readScenario(text));
    expect(printScenario(readScenario(once))).toBe(once);
    expect(readScenario(once)).toEqual(readScenario(text));
  });

  it("come several to a text", () => {
    expect(readScenarios(`${text}\n${text.replace("two steps", "again")}`).map(({ name }) => name)).toEqual([
      "two steps",
      "again",
    ]);
  });

  it("are refused with the line that is wrong", () => {
    expect(() => readScenario("scenario x\nwhen\nunmap 0-1\nthen\n")).toThrow('does not start with "given"');
    expect(() => readScenario("given\n0123\nPP\nN rw-\nwhen\nunmap 0-1\nthen\n")).toThrow("line 4");
    expect(() => readScenario("given\n0123\nPP\nwhen\nfly\nthen\n")).toThrow('line 5: "fly"');
    expect(() => readScenario("given\n0123\nPP\nwhen\nunmap 0-1\n")).toThrow('followed by its "then"');
    expect(() => readScenario("given\n0123\npp\nwhen\nunmap 0-1\nthen\n")).toThrow("small letters");
    expect(() => readScenario("given\n0123\nPP\nwhen\nunmap 0-1\nthen\nsings\n")).toThrow("expects nothing");
  });

  it("of any address space and call are read back as printed", () => {
    fc.assert(
      fc.property(addressSpace(), call(), (given, one) => {
        const operation = resolve(one, given.areas);
        fc.pre(operation !== null);
        const printed = printScenario({
          name: "any",
          given,
          steps: [
            { operations: [operation], fail: null, outcome: readScenario(text).steps[0]?.outcome as never },
          ],
        });
        expect(readScenario(printed).given).toEqual(given);
        expect(printScenario(readScenario(printed))).toBe(printed);
      }),
      { numRuns: 200 },
    );
  });
});

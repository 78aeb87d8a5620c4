// merge/new-range.ts, merge/existing-range.ts, merge/complete-reasons.ts: what a refusal tells. Whoever listens hears of
// it once, with every reason of both sides; the request itself carries what settled each side, listened to or not.
//
// Longer than 350 lines because both kinds of merge are held against one vocabulary, which two files would repeat.
import {
  type KernelProfile,
  mergeExistingRange,
  mergeNewRange,
  PAGE_SIZE,
  profile,
  reasonCodes,
} from "@vma/core/engine";
import { type AreaSpec, PLAIN, Stage } from "@vma/testkit";
import { describe, expect, it } from "vitest";
import { hearing } from "./hearing.js";

const DONT_EXPAND = 0x40000;
const READ_ONLY = PLAIN.flags & ~2;

type Given = Partial<AreaSpec> & Pick<AreaSpec, "name" | "start" | "end">;

function staged(rules: KernelProfile, areas: readonly Given[]): Stage {
  const stage = new Stage({ profile: rules });
  for (const area of areas) stage.place({ ...PLAIN, pgoff: area.start, ...area });
  return stage;
}

/** Listens, and returns what is heard: the geometry of a merge, or the neighbours asked and the reasons of each side. */
function listen(stage: Stage): string[] {
  const heard: string[] = [];
  stage.mm.events = hearing({
    merged: (geometry, survivor, removed, removedNext) => {
      const gone = [removed, removedNext].map((area) => (area === null ? "-" : stage.nameOf(area)));
      heard.push(`${geometry} ${stage.nameOf(survivor)} ${gone.join("")}`);
    },
    refused({ start, end, pgoff, prev, next, leftReasons, rightReasons }) {
      const sides = [
        `${stage.nameOf(prev) ?? "-"}: ${reasonCodes(leftReasons).join(" ")}`,
        `${stage.nameOf(next) ?? "-"}: ${reasonCodes(rightReasons).join(" ")}`,
      ];
      heard.push(`${start / PAGE_SIZE}-${end / PAGE_SIZE}@${pgoff} ${sides.join(", ")}`);
    },
  });
  return heard;
}

const settled = ({ request }: Stage): string =>
  `${reasonCodes(request.leftReasons).join(" ")}, ${reasonCodes(request.rightReasons).join(" ")}`;

const below: Given = { name: "P", start: 0, end: 3 };
const above: Given = { name: "N", start: 5, end: 8 };
const different = { flags: READ_ONLY };

describe("a new range, pages 3 to 5", () => {
  function offered(
    areas: readonly Given[],
    flags: number,
    rules = "6.12",
    change?: (stage: Stage) => void,
  ): Stage {
    const stage = staged(profile(rules), areas);
    const { request, iterator } = stage;
    request.proposeNewRange(3 * PAGE_SIZE, 5 * PAGE_SIZE, flags, 0, 3);
    request.prev = stage.host.named("P") ?? null;
    request.next = stage.host.named("N") ?? null;
    iterator.load(3 * PAGE_SIZE);
    change?.(stage);
    return stage;
  }
  const special = PLAIN.flags | DONT_EXPAND;

  it.each([
    ["nothing around it", [], PLAIN.flags, "-: no-neighbour, -: no-neighbour", "no-neighbour, no-neighbour"],
    [
      "two that differ",
      [
        { ...below, ...different },
        { ...above, ...different },
      ],
      PLAIN.flags,
      "P: flags, N: flags",
      "flags, flags",
    ],
    [
      "special, between two alike",
      [
        { ...below, flags: special },
        { ...above, flags: special },
      ],
      special,
      "P: special, N: special",
      "special, special",
    ],
    [
      "special, beside one that is not",
      [below],
      special,
      "P: special, -: no-neighbour special",
      "special, no-neighbour special",
    ],
    [
      "special, and more that differs",
      [{ ...below, file: "F" }],
      special,
      "P: file special, -: no-neighbour special",
      "file special, no-neighbour special",
    ],
    [
      "two with hooks that differ",
      [
        { ...below, ...different, close: true },
        { ...above, ...different, close: true },
      ],
      PLAIN.flags,
      "P: flags, N: flags",
      "flags, flags",
    ],
  ] as const)("%s", (_what, areas, flags, told, kept) => {
    const heard = offered(areas, flags);
    const lines = listen(heard);
    expect(mergeNewRange(heard.request)).toBeNull();
    expect(lines).toEqual([`3-5@3 ${told}`]);
    expect(heard.request.state).toBe("nomerge");

    const unheard = offered(areas, flags);
    expect(mergeNewRange(unheard.request)).toBeNull();
    expect(settled(unheard)).toBe(kept);
    expect(unheard.areas()).toEqual(heard.areas());
  });

  it("one side merges: nothing is refused, and the side that could not take it keeps its reasons", () => {
    const stage = offered([below, { ...above, ...different }], PLAIN.flags);
    const lines = listen(stage);
    expect(stage.nameOf(mergeNewRange(stage.request))).toBe("P");
    expect(lines).toEqual(["new-left P --"]);
    expect(settled(stage)).toBe(", flags");
  });

  it("both sides merge: the area above is named as gone", () => {
    const stage = offered([below, above], PLAIN.flags);
    const lines = listen(stage);
    mergeNewRange(stage.request);
    expect(lines).toEqual(["new-both P N-"]);
  });

  it("only upwards: the area below was never asked", () => {
    const stage = offered([above], PLAIN.flags);
    const lines = listen(stage);
    expect(stage.nameOf(mergeNewRange(stage.request))).toBe("N");
    expect(lines).toEqual(["new-right N --"]);
    expect(stage.areas().map(({ name, start, end, pgoff }) => [name, start, end, pgoff])).toEqual([
      ["N", 3, 8, 3],
    ]);
  });

  it("the area above has a hook: it stays, and says so", () => {
    const stage = offered([below, { ...above, close: true }], PLAIN.flags);
    const lines = listen(stage);
    mergeNewRange(stage.request);
    expect(lines).toEqual(["new-left-reduced P --"]);
    expect(settled(stage)).toBe(", close");
  });

  it("told only to extend the area below, it names that beside what would keep it from the one above", () => {
    const expandOnly = ({ request }: Stage): void => {
      request.justExpand = true;
    };
    const refused = offered(
      [
        { ...below, ...different },
        { ...above, ...different },
      ],
      PLAIN.flags,
      "6.12",
      expandOnly,
    );
    const lines = listen(refused);
    expect(mergeNewRange(refused.request)).toBeNull();
    expect(lines).toEqual(["3-5@3 P: flags, N: flags expand-only"]);
    const unheard = offered([{ ...below, ...different }, above], PLAIN.flags, "6.12", expandOnly);
    mergeNewRange(unheard.request);
    expect(settled(unheard)).toBe("flags, expand-only");
  });

  it("mmap's old order asks the area below for a range with the upper one's object, and forgets that again", () => {
    const stage = offered(
      [
        { ...below, ...different },
        { ...above, anon: "A", chain: "A" },
      ],
      PLAIN.flags,
      "6.1",
      ({ request }) => {
        request.nextFirst = true;
      },
    );
    expect(stage.nameOf(mergeNewRange(stage.request))).toBe("N");
    expect(stage.request.anonVma).toBeNull();
  });

  it("an address space that checks itself sees an area in the way, unless it is about to be written over", () => {
    const inTheWay = { name: "X", start: 4, end: 5 };
    const checked = (stage: Stage): void => {
      stage.mm.checked = true;
    };
    expect(() => mergeNewRange(offered([below, inTheWay], PLAIN.flags, "6.12", checked).request)).toThrow(
      "an area lies in the range",
    );
    const careless = offered([{ ...below, ...different }, inTheWay], PLAIN.flags);
    expect(mergeNewRange(careless.request)).toBeNull();
    const overwriting = offered([{ ...below, ...different }, inTheWay], PLAIN.flags, "6.12", (stage) => {
      checked(stage);
      stage.request.overwrites = true;
    });
    expect(mergeNewRange(overwriting.request)).toBeNull();
  });
});

describe("part of V, pages 2 to 6, about to become writable", () => {
  const around: readonly Given[] = [
    { name: "P", start: 0, end: 2 },
    { name: "V", start: 2, end: 6, ...different },
    { name: "N", start: 6, end: 9 },
  ];

  function offered(
    start: number,
    end: number,
    areas: readonly Given[] = around,
    flags: number = PLAIN.flags,
    rules: KernelProfile = profile("6.12"),
  ): Stage {
    const stage = staged(rules, areas);
    const vma = stage.area("V");
    const prev = start === 2 ? (stage.host.named("P") ?? null) : vma;
    stage.request.proposeArea(prev, vma, start * PAGE_SIZE, end * PAGE_SIZE);
    stage.request.flags = flags;
    stage.iterator.moveTo(vma);
    return stage;
  }
  /** The areas with something changed about one of them. */
  const but = (name: string, change: Partial<AreaSpec>): readonly Given[] =>
    around.map((area) => (area.name === name ? { ...area, ...change } : area));
  const alone = around.filter(({ name }) => name === "V");

  it.each([
    ["the middle", 3, 5, around, PLAIN.flags, "3-5@3 V: not-at-end, -: not-at-end", "not-at-end, not-at-end"],
    [
      "the middle, with nothing around",
      3,
      5,
      alone,
      PLAIN.flags,
      "3-5@3 V: no-neighbour not-at-end, -: no-neighbour not-at-end",
      "not-at-end, not-at-end",
    ],
    [
      "the lower part, as nobody is",
      2,
      4,
      but("P", different),
      PLAIN.flags,
      "2-4@2 P: flags, -: not-at-end",
      "flags, not-at-end",
    ],
    [
      "the upper part, as nobody is",
      4,
      6,
      but("N", different),
      PLAIN.flags,
      "4-6@4 V: not-at-end, N: flags",
      "not-at-end, flags",
    ],
    [
      "all of it, as nobody is",
      2,
      6,
      [...but("N", different)].map((area) => ({ ...area, ...different })),
      PLAIN.flags,
      "2-6@2 P: flags, N: flags",
      "flags, flags",
    ],
    [
      "all of it, special",
      2,
      6,
      around,
      PLAIN.flags | DONT_EXPAND,
      "2-6@2 P: special, -: special",
      "special, special",
    ],
    [
      "the middle, special",
      3,
      5,
      around,
      PLAIN.flags | DONT_EXPAND,
      "3-5@3 V: special not-at-end, -: special not-at-end",
      "special, special",
    ],
  ] as const)("%s", (_what, start, end, areas, flags, told, kept) => {
    const stage = offered(start, end, areas, flags);
    const before = stage.areas();
    const lines = listen(stage);
    expect(mergeExistingRange(stage.request)).toBeNull();
    expect(lines).toEqual([told]);
    expect(stage.areas()).toEqual(before);
    expect(stage.request.state).toBe("nomerge");
    const unheard = offered(start, end, areas, flags);
    expect(mergeExistingRange(unheard.request)).toBeNull();
    expect(settled(unheard)).toBe(kept);
  });

  it("V has a hook and would go: each side that fits is refused for it", () => {
    for (const [areas, told] of [
      [but("V", { ...different, close: true }), "P: close, N: close"],
      [
        but("V", { ...different, close: true }).filter(({ name }) => name !== "P"),
        "-: no-neighbour close, N: close",
      ],
      [
        but("V", { ...different, close: true }).filter(({ name }) => name !== "N"),
        "P: close, -: no-neighbour close",
      ],
    ] as const) {
      const stage = offered(2, 6, areas);
      const lines = listen(stage);
      expect(mergeExistingRange(stage.request)).toBeNull();
      expect(lines).toEqual([`2-6@2 ${told}`]);
      const unheard = offered(2, 6, areas);
      expect(mergeExistingRange(unheard.request)).toBeNull();
      expect(settled(unheard)).toBe(
        told.replaceAll(/[-PN]: /g, "").replaceAll("no-neighbour close", "no-neighbour"),
      );
    }
  });

  it("V has a hook, by the rule of 6.8: only a merge with P alone is refused for it", () => {
    const rules: KernelProfile = { ...profile("6.12"), closeRule: "fixed" };
    const hooked = but("V", { ...different, close: true });
    const apart = hooked.map((area) => (area.name === "N" ? { ...area, ...different } : area));
    for (const [areas, flags, told] of [
      [apart, PLAIN.flags, "P: close, N: flags"],
      [hooked, PLAIN.flags | DONT_EXPAND, "P: special, -: special"],
    ] as const) {
      const stage = offered(2, 6, areas, flags, rules);
      const lines = listen(stage);
      expect(mergeExistingRange(stage.request)).toBeNull();
      expect(lines).toEqual([`2-6@2 ${told}`]);
    }
  });

  it("N has a hook: only P grows, and N says why", () => {
    const stage = offered(2, 6, but("N", { close: true }));
    const lines = listen(stage);
    expect(stage.nameOf(mergeExistingRange(stage.request))).toBe("P");
    expect(lines).toEqual(["existing-left-full P V-"]);
    expect(settled(stage)).toBe(", close");
  });

  it("N has a hook, and nobody listens: the request says why all the same", () => {
    const stage = offered(2, 6, but("N", { close: true }));
    expect(stage.nameOf(mergeExistingRange(stage.request))).toBe("P");
    expect(settled(stage)).toBe(", close");
  });

  it("all of V to the area above is told as that", () => {
    const stage = offered(2, 6, around.slice(1));
    const lines = listen(stage);
    expect(stage.nameOf(mergeExistingRange(stage.request))).toBe("N");
    expect(lines).toEqual(["existing-right-full N V-"]);
  });

  it.each([
    [2, 6, "existing-both P VN"],
    [2, 4, "existing-left-part P --"],
    [4, 6, "existing-right-part N --"],
  ])("%i to %i merges and is told as that", (start, end, told) => {
    const stage = offered(start, end);
    const lines = listen(stage);
    expect(mergeExistingRange(stage.request)).not.toBeNull();
    expect(lines).toEqual([told]);
  });
});

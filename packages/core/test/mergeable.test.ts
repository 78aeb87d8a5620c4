// The pure predicates: each attribute alone keeps two apart and is named, and all together are named together.
import { describe, expect, it } from "vitest";
import { VM_READ, VM_SOFTDIRTY, VM_WRITE } from "../src/abi/flags.js";
import { defaultLimits } from "../src/abi/limits.js";
import { PAGE_SIZE } from "../src/abi/page.js";
import { type KernelProfile, profile } from "../src/abi/profile.js";
import { DefaultHost } from "../src/host.js";
import { anonReasons, attributeReasons, leftReasons, rightReasons } from "../src/merge/mergeable.js";
import { reasonCodes } from "../src/merge/reason.js";
import { MergeRequest } from "../src/merge/request.js";
import { Mm } from "../src/mm.js";
import { AnonVma, inheritedChain } from "../src/object/anon-vma.js";
import { OpenFile, UserfaultContext } from "../src/object/file.js";
import { Vma } from "../src/object/vma.js";

const FLAGS = VM_READ | VM_WRITE;

function setUp(
  kernel: string,
  change: Partial<KernelProfile> = {},
): { mm: Mm; area: Vma; request: MergeRequest } {
  const mm = new Mm({ ...profile(kernel), ...change }, defaultLimits(), new DefaultHost());
  const area = new Vma(1, 4 * PAGE_SIZE, 8 * PAGE_SIZE, 4, FLAGS, 0);
  const request = new MergeRequest(mm).proposeNewRange(8 * PAGE_SIZE, 10 * PAGE_SIZE, FLAGS, 0, 8);
  request.prev = area;
  return { mm, area, request };
}

describe("attributes", () => {
  const changes: readonly [string, (area: Vma) => void][] = [
    ["flags", (area) => (area.flags |= 4)],
    ["flags", (area) => (area.flagsHigh = 1 << 8)],
    ["file", (area) => (area.file = new OpenFile({ path: "/a" }))],
    ["policy", (area) => (area.policy = { text: "bind:0" })],
    ["uffd-context", (area) => (area.uffdContext = new UserfaultContext(1))],
    ["anon-name", (area) => (area.anonName = "heap")],
  ];

  it.each(changes)("%s alone is a reason", (code, change) => {
    const { area, request } = setUp("6.12");
    expect(attributeReasons(request, area)).toBe(0);
    change(area);
    expect(reasonCodes(attributeReasons(request, area))).toEqual([code]);
  });

  it.each([
    ["flags", (request) => (request.flags |= 4)],
    ["flags", (request) => (request.flagsHigh = 1 << 8)],
    ["file", (request) => (request.file = new OpenFile({ path: "/a" }))],
    ["policy", (request) => (request.policy = { text: "bind:0" })],
    ["uffd-context", (request) => (request.uffdContext = new UserfaultContext(1))],
    ["anon-name", (request) => (request.anonName = "heap")],
  ] as const satisfies readonly [string, (request: MergeRequest) => void][])(
    "%s of the range alone is a reason",
    (code, change) => {
      const { area, request } = setUp("6.12");
      change(request);
      expect(reasonCodes(attributeReasons(request, area))).toEqual([code]);
    },
  );

  it("are all named when all differ", () => {
    const { area, request } = setUp("6.12");
    for (const [, change] of changes) change(area);
    expect(reasonCodes(attributeReasons(request, area))).toEqual([
      "flags",
      "file",
      "policy",
      "uffd-context",
      "anon-name",
    ]);
  });

  it("and close hooks on either side, where the rule set keeps such areas out of merges", () => {
    const { area, request } = setUp("6.1");
    expect(profile("6.1").closeRule).toBe("never");
    request.closable = true;
    area.flags |= 4;
    expect(reasonCodes(attributeReasons(request, area))).toEqual(["flags", "close"]);
    request.closable = false;
    expect(reasonCodes(attributeReasons(request, area))).toEqual(["flags"]);
    area.ops = { close: (): void => {} };
    expect(reasonCodes(attributeReasons(request, area))).toEqual(["flags", "close"]);
    area.anonName = "heap";
    expect(reasonCodes(attributeReasons(request, area))).toEqual(["flags", "anon-name", "close"]);
  });

  it("do not count soft-dirty, and compare policies by value", () => {
    const { area, request } = setUp("6.12");
    area.flags |= VM_SOFTDIRTY;
    area.policy = { text: "local" };
    request.policy = { text: "local" };
    expect(attributeReasons(request, area)).toBe(0);
  });
});

describe("anonymous objects", () => {
  const own = new AnonVma(1);
  const other = new AnonVma(2);
  const forked = inheritedChain(other.singular, own);

  it.each([
    ["6.12", null, null, [], []],
    ["6.12", null, own, own.singular, []],
    ["6.12", null, own, forked, ["anon-inherited"]],
    ["6.12", own, null, [], ["anon-unwritten"]],
    ["6.12", own, own, forked, []],
    ["6.12", own, other, other.singular, ["anon-different"]],
    ["6.18", own, null, [], []],
    ["6.18", null, own, forked, ["anon-inherited"]],
    ["6.18", null, own, own.singular, []],
  ] as const)("%s: range %o, neighbour %o", (kernel, mine, theirs, chain, codes) => {
    const { mm, area } = setUp(kernel);
    area.anonVma = theirs;
    area.anonChain = chain;
    expect(reasonCodes(anonReasons(mm, mine, area, null))).toEqual(codes);
  });

  it("of a forked source stay where they are from 6.16 on", () => {
    const { mm, area } = setUp("6.18");
    const source = new Vma(2, 0, PAGE_SIZE, 0, FLAGS, 0);
    source.anonVma = own;
    source.anonChain = forked;
    expect(reasonCodes(anonReasons(mm, own, area, source))).toEqual(["anon-source-inherited"]);
  });
});

describe("sides", () => {
  it("left needs a neighbour that touches and continues the offset", () => {
    const { area, request } = setUp("6.12");
    expect(leftReasons(request)).toBe(0);
    area.pgoff += 1;
    expect(reasonCodes(leftReasons(request))).toEqual(["pgoff"]);
    area.end -= PAGE_SIZE;
    expect(reasonCodes(leftReasons(request))).toEqual(["no-neighbour"]);
  });

  it.each([
    ["series", []],
    ["case7-bug", ["close"]],
    ["fixed", ["close"]],
  ] as const)("left and right name everything at once, under the close rule %s", (closeRule, closes) => {
    const { area, request } = setUp("6.12", { closeRule });
    const above = new Vma(2, 10 * PAGE_SIZE, 12 * PAGE_SIZE, 11, FLAGS | 4, 0);
    request.next = above;
    area.pgoff += 1;
    area.flags |= 4;
    request.anonVma = new AnonVma(1);
    for (const side of [area, above]) {
      side.anonVma = new AnonVma(2);
      side.anonChain = side.anonVma.singular;
    }
    const all = ["flags", "pgoff", "anon-different"];
    expect(reasonCodes(leftReasons(request))).toEqual(all);
    expect(reasonCodes(rightReasons(request, true))).toEqual(all);
    above.ops = { close: (): void => {} };
    expect(reasonCodes(rightReasons(request, true))).toEqual([...all, ...closes]);
  });

  it("right gives way when both neighbours fit but not each other", () => {
    const { area, request } = setUp("6.12");
    const above = new Vma(2, 10 * PAGE_SIZE, 12 * PAGE_SIZE, 10, FLAGS, 0);
    request.next = above;
    expect(rightReasons(request, true)).toBe(0);
    for (const [side, id] of [
      [area, 1],
      [above, 2],
    ] as const) {
      side.anonVma = new AnonVma(id);
      side.anonChain = side.anonVma.singular;
    }
    expect(rightReasons(request, false)).toBe(0);
    expect(reasonCodes(rightReasons(request, true))).toEqual(["anon-pair"]);
  });
});

// A merge request is used again by every call: nothing of an earlier proposal may be left in the next one.
import { describe, expect, it } from "vitest";
import { VM_READ, VM_WRITE } from "../src/abi/flags.js";
import { defaultLimits } from "../src/abi/limits.js";
import { PAGE_SIZE } from "../src/abi/page.js";
import { profile } from "../src/abi/profile.js";
import { DefaultHost } from "../src/host.js";
import { areaRequest, MergeRequest, newRangeRequest } from "../src/merge/request.js";
import { Mm } from "../src/mm.js";
import { AnonVma } from "../src/object/anon-vma.js";
import { OpenFile, UserfaultContext } from "../src/object/file.js";
import { Vma } from "../src/object/vma.js";

const FLAGS = VM_READ | VM_WRITE;
const mm = new Mm(profile("6.18"), defaultLimits(), new DefaultHost());

function area(page: number): Vma {
  return new Vma(page, page * PAGE_SIZE, (page + 4) * PAGE_SIZE, page, FLAGS, 0);
}

/** An area that has everything an area can have. */
function richArea(): Vma {
  const vma = area(40);
  vma.flagsHigh = 1;
  vma.file = new OpenFile({ path: "/a/file", kind: "regular", pages: 9 });
  vma.takeAnon(new AnonVma(1));
  vma.policy = { text: "bind:1" };
  vma.uffdContext = new UserfaultContext(1);
  vma.anonName = "a name";
  vma.ops = { close: () => {} };
  return vma;
}

/** A request after a proposal that says something in every field, and with every kind of outcome. */
function usedRequest(): MergeRequest {
  const vma = richArea();
  const request = areaRequest(mm, new MergeRequest(mm).iterator, area(36), vma, vma.start, vma.end);
  request.next = area(44);
  request.copiedFrom = richArea();
  request.barred = { prev: null, next: null, below: true, above: true };
  request.justExpand = true;
  request.giveUpOnOom = true;
  request.nextFirst = true;
  request.overwrites = true;
  request.skipUprobes = true;
  request.state = "nomem";
  request.leftReasons = 1;
  request.rightReasons = 2;
  return request;
}

/** What is proposed, field by field; not where the iterator stands and what the plan was. */
function proposal(request: MergeRequest): Record<string, unknown> {
  const { mm: _mm, iterator: _iterator, plan: _plan, result: _result, ...fields } = request;
  return fields;
}

describe("a merge request used again", () => {
  it("says something in every field before", () => {
    const untouched = proposal(new MergeRequest(mm));
    for (const [name, value] of Object.entries(proposal(usedRequest()))) {
      expect(value, name).not.toEqual(untouched[name]);
    }
  });

  it("proposes a new range as one that was never used", () => {
    const range = [8 * PAGE_SIZE, 10 * PAGE_SIZE, FLAGS, 1, 8] as const;
    const fresh = proposal(newRangeRequest(mm, new MergeRequest(mm).iterator, ...range));
    expect(proposal(usedRequest().proposeNewRange(...range))).toEqual(fresh);
    const [start, end, flags, flagsHigh, pgoff] = range;
    expect(fresh).toEqual({ ...proposal(new MergeRequest(mm)), start, end, flags, flagsHigh, pgoff });
  });

  it.each([
    ["plain", area(8)],
    ["rich", richArea()],
  ])("proposes a part of a %s area as one that was never used", (_, vma) => {
    const prev = area(4);
    const [start, end] = [vma.start + PAGE_SIZE, vma.end];
    const fresh = proposal(areaRequest(mm, new MergeRequest(mm).iterator, prev, vma, start, end));
    expect(proposal(usedRequest().proposeArea(prev, vma, start, end))).toEqual(fresh);
    const { flags, flagsHigh, file, anonVma, policy, uffdContext, anonName } = vma;
    const attributes = { flags, flagsHigh, file, anonVma, policy, uffdContext, anonName };
    const range = { prev, vma, start, end, pgoff: vma.pgoff + 1, closable: vma.ops !== null };
    expect(fresh).toEqual({ ...proposal(new MergeRequest(mm)), ...attributes, ...range });
  });

  it("asks for nothing special unless it is told to", () => {
    const { justExpand, giveUpOnOom, nextFirst, overwrites, skipUprobes, closable } = new MergeRequest(mm);
    expect({ justExpand, giveUpOnOom, nextFirst, overwrites, skipUprobes, closable }).toEqual({
      justExpand: false,
      giveUpOnOom: false,
      nextFirst: false,
      overwrites: false,
      skipUprobes: false,
      closable: false,
    });
  });
});

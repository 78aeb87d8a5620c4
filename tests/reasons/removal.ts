// Taking one reason of one side away from a scenario: each reason speaks of one thing, and that thing is put right.
import type { ReasonCode } from "@vma/core/engine";
import type { TruthArea, TruthInput, TruthRequest } from "@vma/testkit";

export type Side = "left" | "right";

/** io, dont-expand, pfnmap and mixedmap. */
const SPECIAL = 0x10044400n;

interface Draft {
  prev: TruthArea | null;
  vma: TruthArea | null;
  next: TruthArea | null;
  request: TruthRequest;
}

function draftOf({ vmas, vmg }: TruthInput): Draft {
  const named = (name: string): TruthArea | null => vmas.find(({ n }) => n === name) ?? null;
  return { prev: named("P"), vma: named("V"), next: named("N"), request: vmg as TruthRequest };
}

function inputOf(draft: Draft, original: TruthInput): TruthInput {
  const { prev, vma, next, request } = draft;
  const vmas = [prev, vma, next].filter((area): area is TruthArea => area !== null);
  const inside = vma !== null && request.s > vma.s;
  const hole = [prev === null ? 0 : prev.e, next === null ? 0 : next.s] as const;
  const it: TruthInput["it"] = vma === null ? [...hole, "active"] : [vma.s, vma.e, "active"];
  const vmg = {
    ...request,
    prev: inside ? "V" : prev === null ? null : "P",
    next: vma === null && next !== null ? "N" : null,
    av: vma === null ? request.av : vma.av,
  };
  return { ...original, vmas, cnt: vmas.length, it, vmg };
}

/** A neighbour that fits the request in everything. */
function fitting({ request, vma }: Draft, side: Side): TruthArea {
  // The range may not reach this end of V yet; the neighbour stands at V's end then.
  const s = vma === null ? request.s : vma.s;
  const e = vma === null ? request.e : vma.e;
  const offset = request.pg - request.s;
  const { f, file, av, pol, uf, nm } = request;
  const said = {
    ...(pol === undefined ? {} : { pol }),
    ...(uf === undefined ? {} : { uf }),
    ...(nm === undefined ? {} : { nm }),
  };
  const place =
    side === "left"
      ? { n: "P", s: s - 3, e: s, pg: s - 3 + offset }
      : { n: "N", s: e, e: e + 4, pg: e + offset };
  return { ...place, f, file, av, ch: av ?? "", cl: 0, ...said };
}

function without<K extends keyof TruthArea>(area: TruthArea, key: K): TruthArea {
  const { [key]: _, ...rest } = area;
  return rest as TruthArea;
}

function clearSpecial(hex: string, bits: bigint): string {
  return (BigInt(`0x${hex}`) & ~bits).toString(16);
}

/** Changes the neighbour on this side. */
function changed(draft: Draft, side: Side, change: (area: TruthArea) => TruthArea): Draft {
  const area = side === "left" ? draft.prev : draft.next;
  if (area === null) return draft;
  return side === "left" ? { ...draft, prev: change(area) } : { ...draft, next: change(area) };
}

function put(draft: Draft, side: Side, reason: ReasonCode): Draft {
  const { request, vma } = draft;
  switch (reason) {
    case "no-neighbour": {
      const area = fitting(draft, side);
      return side === "left" ? { ...draft, prev: area } : { ...draft, next: area };
    }
    case "flags":
      return changed(draft, side, (area) => ({ ...area, f: request.f }));
    case "file":
      return changed(draft, side, (area) => ({ ...area, file: request.file }));
    case "pgoff":
      return changed(draft, side, (area) => ({ ...area, pg: fitting(draft, side).pg }));
    case "policy":
      return changed(draft, side, (area) => ({
        ...without(area, "pol"),
        ...(request.pol === undefined ? {} : { pol: request.pol }),
      }));
    case "uffd-context":
      return changed(draft, side, (area) => ({
        ...without(area, "uf"),
        ...(request.uf === undefined ? {} : { uf: request.uf }),
      }));
    case "anon-name":
      return changed(draft, side, (area) => ({
        ...without(area, "nm"),
        ...(request.nm === undefined ? {} : { nm: request.nm }),
      }));
    case "anon-different":
    case "anon-unwritten":
      return changed(draft, side, (area) => ({ ...area, av: request.av, ch: request.av ?? "" }));
    case "anon-inherited":
      return changed(draft, side, (area) => ({ ...area, ch: area.av ?? "" }));
    case "anon-source-inherited":
      return vma === null ? draft : { ...draft, vma: { ...vma, ch: vma.av ?? "" } };
    case "anon-pair":
      return changed(draft, side, (area) => {
        const av = draft.prev?.av ?? null;
        return { ...area, av, ch: area.ch.length > 1 ? `${av}X` : (av ?? "") };
      });
    case "special": {
      const bits = BigInt(`0x${request.f}`) & SPECIAL;
      const plain = (area: TruthArea | null): TruthArea | null =>
        area === null ? null : { ...area, f: clearSpecial(area.f, bits) };
      const f = clearSpecial(request.f, bits);
      return { ...draft, prev: plain(draft.prev), next: plain(draft.next), request: { ...request, f } };
    }
    case "not-at-end": {
      if (vma === null) return draft;
      const moved = side === "left" ? { s: vma.s, pg: request.pg - (request.s - vma.s) } : { e: vma.e };
      return { ...draft, request: { ...request, ...moved } };
    }
    case "close": {
      const own = vma === null ? null : { ...vma, cl: 0 };
      const bare = { ...draft, vma: own };
      return side === "left" ? bare : changed(bare, side, (area) => ({ ...area, cl: 0 }));
    }
    case "expand-only": {
      const { just: _, ...rest } = request;
      return { ...draft, request: rest };
    }
    case "kept-source":
      throw new Error("no copies are in the space");
  }
}

/** The scenario with these reasons of one side put right. */
export function removeReasons(input: TruthInput, side: Side, reasons: readonly ReasonCode[]): TruthInput {
  // What is about the neighbour is put right first: a neighbour that is made new fits whatever follows.
  const order = (reason: ReasonCode): number =>
    reason === "no-neighbour" ? 1 : reason === "special" ? 2 : 0;
  const sorted = [...reasons].sort((a, b) => order(a) - order(b));
  const draft = sorted.reduce((now, reason) => put(now, side, reason), draftOf(input));
  return inputOf(draft, input);
}

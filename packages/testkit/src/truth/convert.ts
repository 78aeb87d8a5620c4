/** Between the short words of recorded decisions and the descriptions of this kit. */

import type { MergeRequest, Vma } from "@vma/core/engine";
import type { AreaSpec, MaySplitHook } from "../scenario/area.js";
import type { TruthArea, TruthRequest } from "./format.js";

/** The two words of a hexadecimal flag word of up to 64 bits. */
export function flagWords(hex: string): { flags: number; flagsHigh: number } {
  const low = hex.slice(-8);
  const high = hex.slice(0, -8);
  return { flags: Number.parseInt(low, 16) | 0, flagsHigh: high === "" ? 0 : Number.parseInt(high, 16) | 0 };
}

/** The flag word as the format prints it: hexadecimal, no prefix, no leading zeros. */
function flagText(flags: number, flagsHigh: number): string {
  const low = (flags >>> 0).toString(16);
  return flagsHigh === 0 ? low : (flagsHigh >>> 0).toString(16) + low.padStart(8, "0");
}

const HOOKS: readonly MaySplitHook[] = ["none", "agrees", "refuses"];

/** A recorded area as a description. */
export function areaOf(truth: TruthArea): AreaSpec {
  return {
    name: truth.n,
    start: truth.s,
    end: truth.e,
    pgoff: truth.pg,
    ...flagWords(truth.f),
    file: truth.file,
    anon: truth.av,
    chain: truth.ch,
    close: truth.cl === 1,
    open: truth.op === 1,
    maySplit: HOOKS[truth.ms ?? 0] ?? "none",
    policy: truth.pol ?? null,
    uffd: truth.uf ?? null,
    anonName: truth.nm ?? null,
  };
}

/** A description as a recording would tell it. `slot` is told when the tree disagrees with the area. */
export function truthOf(area: AreaSpec, slot?: readonly [number, number]): TruthArea {
  return {
    n: area.name,
    s: area.start,
    e: area.end,
    pg: area.pgoff,
    f: flagText(area.flags, area.flagsHigh),
    file: area.file,
    av: area.anon,
    ch: area.chain,
    cl: area.close ? 1 : 0,
    ...(area.maySplit === "none" ? {} : { ms: HOOKS.indexOf(area.maySplit) }),
    ...(area.open ? { op: 1 } : {}),
    ...(area.policy === null ? {} : { pol: area.policy }),
    ...(area.uffd === null ? {} : { uf: area.uffd }),
    ...(area.anonName === null ? {} : { nm: area.anonName }),
    ...(slot === undefined ? {} : { slot }),
  };
}

/** The modes a recorded request asks for. */
export function setModes(request: MergeRequest, from: TruthRequest): void {
  request.justExpand = from.just === 1;
  request.giveUpOnOom = from.gup === 1;
  request.skipUprobes = from.skipu === 1;
}

/** Whether the tree slot of an area is its own range. */
export function isOwnSlot(vma: Vma, start: number, end: number): boolean {
  return start === vma.start && end === vma.end;
}

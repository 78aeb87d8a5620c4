/** What the drivers of the two engines share: a stage built from a scenario and the outcome read from its host. */

import { errnoName } from "@vma/core";
import { validateMm } from "@vma/core/debug";
import {
  type KernelProfile,
  linkArea,
  type MergeRequest,
  PAGE_SIZE,
  prepareAnon,
  shrinkArea,
  splitArea,
  unmapRange,
  Vma,
} from "@vma/core/engine";
import { Cast } from "../host/cast.js";
import { Stage } from "../host/stage.js";
import { type AreaAttributes, PLAIN, readAttributes, ScenarioError } from "../scenario/area.js";
import type { Operation, RequestModes } from "../scenario/operation.js";
import type { Given } from "../scenario/scenario.js";
import type { Outcome } from "./driver.js";

/** Areas made on the way are called a, b, c, ... */
function madeName(n: number): string {
  return n <= 26 ? String.fromCharCode(96 + n) : `n${n}`;
}

/** A stage with the areas of a scenario. Its areas count in the address space's counters. */
export function stageOf(given: Given, profile: KernelProfile, cast: Cast = new Cast()): Stage {
  const limits = given.maxMaps === null ? {} : { maxMapCount: given.maxMaps };
  const stage = new Stage({ profile, limits, cast });
  stage.host.madeName = madeName;
  for (const area of given.areas) stage.place(area);
  stage.recount();
  return stage;
}

/** The pages an operation wants to be free. Throws ScenarioError when something is there. */
export function expectFree(stage: Stage, start: number, end: number): void {
  const above = stage.mm.cursor.find(start * PAGE_SIZE);
  if (above !== undefined && above.start < end * PAGE_SIZE) {
    throw new ScenarioError(`pages ${start}-${end} are not free: area ${stage.host.nameOf(above)} is there`);
  }
}

/** The pages an operation wants inside an area. Throws ScenarioError when they are not. */
function expectInside(stage: Stage, vma: Vma, start: number, end: number): void {
  if (start * PAGE_SIZE < vma.start || end * PAGE_SIZE > vma.end) {
    throw new ScenarioError(`pages ${start}-${end} are not all inside area ${stage.host.nameOf(vma)}`);
  }
}

/** Proposes plain memory with these words for pages [start, end), and finds its neighbours. */
export function proposeNew(
  stage: Stage,
  start: number,
  end: number,
  words: readonly string[],
  modes: RequestModes,
): AreaAttributes {
  const { request, iterator, cast } = stage;
  expectFree(stage, start, end);
  const attributes = readAttributes(words, { ...PLAIN, pgoff: start });
  const { flags, flagsHigh, pgoff } = attributes;
  request.proposeNewRange(start * PAGE_SIZE, end * PAGE_SIZE, flags, flagsHigh, pgoff);
  setProposal(stage, attributes);
  request.closable = cast.ops(attributes)?.close !== undefined;
  setModes(request, modes);
  request.prev = iterator.areaBelow(start * PAGE_SIZE);
  iterator.load(start * PAGE_SIZE);
  request.next = stage.mm.cursor.find(end * PAGE_SIZE) ?? null;
  if (modes.expandOnly && request.prev !== null) iterator.moveTo(request.prev);
  return attributes;
}

/** Proposes what pages [start, end) of `vma` are about to be. */
export function proposeChange(
  stage: Stage,
  vma: Vma,
  start: number,
  end: number,
  words: readonly string[],
  modes: RequestModes,
): AreaAttributes {
  const { request, iterator } = stage;
  expectInside(stage, vma, start, end);
  const from = start * PAGE_SIZE;
  const prev = vma.start < from ? vma : iterator.areaBelow(vma.start);
  request.proposeArea(prev, vma, from, end * PAGE_SIZE);
  const { anonVma } = vma;
  const attributes = readAttributes(words, stage.describe(vma));
  setProposal(stage, attributes);
  request.anonVma = anonVma;
  request.flags = attributes.flags;
  request.flagsHigh = attributes.flagsHigh;
  setModes(request, modes);
  iterator.moveTo(vma);
  return attributes;
}

function setProposal(stage: Stage, attributes: AreaAttributes): void {
  const { request, cast } = stage;
  request.file = attributes.file === null ? null : cast.file(attributes.file);
  request.anonVma = attributes.anon === null ? null : cast.anonVma(attributes.anon);
  request.policy = attributes.policy === null ? null : cast.policy(attributes.policy);
  request.uffdContext = attributes.uffd === null ? null : cast.context(attributes.uffd);
  request.anonName = attributes.anonName;
}

function setModes(request: MergeRequest, modes: RequestModes): void {
  request.justExpand = modes.expandOnly;
  request.giveUpOnOom = modes.giveUp;
  request.skipUprobes = modes.noUprobes;
}

/** Gives `vma` the attributes a modify call was about (the caller's part of `vma_modify`). */
export function change(stage: Stage, vma: Vma, attributes: AreaAttributes): void {
  vma.flags = attributes.flags;
  vma.flagsHigh = attributes.flagsHigh;
  vma.policy = attributes.policy === null ? null : stage.cast.policy(attributes.policy);
  vma.uffdContext = attributes.uffd === null ? null : stage.cast.context(attributes.uffd);
  vma.anonName = attributes.anonName;
}

/**
 * The operations that were the same before and after the series: shrink, split, unmap, write. Null for any other.
 */
export function carryOutUnmerged(stage: Stage, operation: Operation): string | null {
  const { iterator } = stage;
  switch (operation.kind) {
    case "shrink": {
      const vma = stage.area(operation.area);
      const start = operation.start * PAGE_SIZE;
      expectInside(stage, vma, operation.start, operation.end);
      const offset = vma.pgoff + (start - vma.start) / PAGE_SIZE;
      return told(shrinkArea(iterator, vma, start, operation.end * PAGE_SIZE, offset));
    }
    case "split": {
      const vma = stage.area(operation.area);
      const piece = operation.piece === "below" ? "new-below" : "new-above";
      expectInside(stage, vma, operation.at - 1, operation.at + 1);
      return told(splitArea(iterator, vma, operation.at * PAGE_SIZE, piece));
    }
    case "unmap": {
      const length = (operation.end - operation.start) * PAGE_SIZE;
      return told(unmapRange(iterator, operation.start * PAGE_SIZE, length));
    }
    case "write": {
      const vma = stage.area(operation.area);
      prepareAnon(stage.mm, vma);
      return stage.host.nameOf(vma);
    }
    default:
      return null;
  }
}

/** Makes pages [start, end) an area of its own, as mmap does when no neighbour took them; its name, or ENOMEM. */
export function placeNew(stage: Stage, start: number, end: number, wanted: AreaAttributes): string {
  const { mm, host } = stage;
  if (!host.allocateArea(null)) return "ENOMEM";
  const { pgoff, flags, flagsHigh } = wanted;
  const id = mm.family.nextAreaId();
  const made = new Vma(id, start * PAGE_SIZE, end * PAGE_SIZE, pgoff, flags, flagsHigh);
  host.areaAllocated(made, null);
  stage.dress(made, wanted);
  if (!linkArea(mm, made)) {
    host.freeArea(made);
    return "ENOMEM";
  }
  if (made.file !== null) host.fileTaken(made.file);
  return host.nameOf(made);
}

/** How an errno or 0 is told. */
export function told(result: number): string {
  return result === 0 ? "ok" : errnoName(result);
}

function subjects(events: readonly string[], kind: string): string[] {
  const names = events.filter((event) => event.startsWith(kind)).map((event) => event.slice(kind.length));
  return [...new Set(names)];
}

/** The outcome of the operation since the host was restarted. */
export function outcomeOf(stage: Stage, returned: string, special: Partial<Outcome>): Outcome {
  const { events, warnings } = stage.host;
  return {
    returned,
    state: null,
    case: null,
    marked: subjects(events, "W:"),
    closed: subjects(events, "K:"),
    events,
    warned: warnings,
    ...special,
  };
}

/** Broken rules of the stage's address space; its counters are the callers' to keep, so they are recounted first. */
export function faultsOf(stage: Stage): string[] {
  stage.recount();
  return validateMm(stage.mm);
}

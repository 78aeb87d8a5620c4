/**
 * JSON for programs. Every object begins with `schema`, "vma.COMMAND/VERSION"; the version changes when a field is
 * renamed, removed or changes its meaning, not when one is added. README.md documents the fields.
 */

import { reasonCodes } from "@vma/core";
import { CAUSES } from "../analysis/cause.js";
import { countChanges, type MapDiff } from "../analysis/diff.js";
import { type LimitsReport, NEAR, shareOf } from "../analysis/limits.js";
import { PAIR_STORIES, type PairGroup } from "../analysis/pair-group.js";
import type { Peak } from "../analysis/peak.js";
import type { TopReport } from "../analysis/top.js";
import type { BoundaryReport, WhyReport } from "../analysis/why.js";
import type { MapArea } from "../input/area.js";
import type { MapTarget } from "../input/map-target.js";
import { hex } from "./amount.js";
import type { AllReport } from "./text/all.js";

/** An area: addresses as hexadecimal text, so that none is rounded. */
function areaJson(area: MapArea): Record<string, unknown> {
  return {
    start: hex(area.start),
    end: hex(area.end),
    permissions: area.permissions,
    offset: area.offset,
    device: area.device,
    inode: typeof area.inode === "bigint" ? area.inode.toString() : area.inode,
    name: area.name,
    vmFlags: area.flagText,
  };
}

/** Where a map comes from. */
function targetJson(target: MapTarget): Record<string, unknown> {
  return {
    kind: target.kind,
    given: target.given,
    label: target.label,
    input: target.detail,
    pid: target.process?.pid ?? null,
    command: target.process?.command ?? null,
    kernel: target.release,
    limit: target.limit,
    limitFrom: target.limitFrom,
  };
}

export function topJson(report: TopReport): Record<string, unknown> {
  const { areas, limit, left, kernelMemory, groups, pairs } = report;
  return {
    schema: "vma.top/1",
    target: targetJson(report.target),
    areas,
    limit,
    left,
    share: areas / limit,
    next: {
      split: areas >= limit ? "ENOMEM" : "ok",
      madviseSplit: areas >= limit ? "EAGAIN" : "ok",
      mmap: areas > limit ? "ENOMEM" : "ok",
    },
    kernelMemory,
    couldSave: pairs.couldSave,
    alikeInMaps: pairs.alikeInMaps,
    groups: groups.map((group) => ({
      cause: group.cause,
      title: CAUSES[group.cause][0],
      areas: group.areas,
      sizeBytes: group.size,
      rssBytes: group.rss,
      saves: group.saves,
      note: group.note,
      largest: group.largest,
    })),
  };
}

export function topAllJson(report: AllReport): Record<string, unknown> {
  const { limit, processes, notPermitted } = report;
  return { schema: "vma.top-all/1", limit, notPermitted, processes };
}

function pairGroupJson(group: PairGroup): Record<string, unknown> {
  const story = PAIR_STORIES[group.cause];
  return {
    cause: group.cause,
    title: story.title,
    flags: group.codes === "" ? [] : group.codes.split(" "),
    pairs: group.pairs,
    saves: group.saves,
    avoidable: story.avoidable,
    remedy: story.remedy,
    reasons: reasonCodes(group.reasons),
    example: {
      lower: areaJson(group.first.lower),
      upper: areaJson(group.first.upper),
      details: group.details,
    },
  };
}

function boundaryJson(boundary: BoundaryReport): Record<string, unknown> {
  return {
    lower: areaJson(boundary.lower),
    upper: areaJson(boundary.upper),
    touches: boundary.touches,
    cause: boundary.cause,
    reasons: reasonCodes(boundary.reasons),
    details: boundary.details,
    maybeHidden: boundary.maybeHidden,
  };
}

export function whyJson(report: WhyReport): Record<string, unknown> {
  const { pairs, boundaries } = report;
  return {
    schema: "vma.why/1",
    target: targetJson(report.target),
    areas: pairs.areas,
    pairs: pairs.pairs,
    alikeInMaps: pairs.alikeInMaps,
    couldSave: pairs.couldSave,
    groups: pairs.groups.map(pairGroupJson),
    boundaries: boundaries === null ? null : boundaries.map(boundaryJson),
  };
}

export function diffJson(diff: MapDiff, a: MapTarget, b: MapTarget): Record<string, unknown> {
  return {
    schema: "vma.diff/1",
    before: { target: targetJson(a), areas: diff.before },
    after: { target: targetJson(b), areas: diff.after },
    same: diff.changes.length === 0,
    unchanged: diff.unchanged,
    counts: countChanges(diff),
    changes: diff.changes.map(({ kind, before, after, attributes }) => ({
      kind,
      attributes,
      before: before.map(areaJson),
      after: after.map(areaJson),
    })),
  };
}

export function limitsJson(report: LimitsReport, peak: Peak | null): Record<string, unknown> {
  const { target, rows, rehearsal, advice, averageGrowth } = report;
  return {
    schema: "vma.limits/1",
    target: targetJson(target),
    limits: rows.map((row) => ({
      name: row.name,
      unit: row.unit,
      used: row.used,
      limit: Number.isFinite(row.limit) ? row.limit : null,
      left: Number.isFinite(row.limit) ? Math.max(0, row.limit - row.used) : null,
      share: Number.isFinite(row.limit) ? shareOf(row) : 0,
      call: row.call,
      errno: row.errno,
    })),
    near: rows.some((row) => shareOf(row) >= NEAR),
    atTheLimit: rehearsal,
    advice,
    peak,
    areasPerSecondSinceStart: averageGrowth,
  };
}

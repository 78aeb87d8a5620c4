/** JSON of `vma why RECORDING`. */

import { formatPermissions, formatVmFlags, type Vma } from "@vma/core";
import { boundaryDetails, isHidden, type KnownBoundary } from "../analysis/boundary.js";
import type { RecordedWhy } from "../analysis/recorded-why.js";
import { hex } from "./amount.js";

function vmaJson(vma: Vma): Record<string, unknown> {
  return {
    start: hex(vma.start),
    end: hex(vma.end),
    permissions: formatPermissions(vma.flags),
    vmFlags: formatVmFlags(vma.flags, vma.flagsHigh),
    name: vma.file?.path ?? "",
    anonymousObject: vma.anonVma?.id ?? null,
  };
}

function boundaryJson(boundary: KnownBoundary, report: RecordedWhy): Record<string, unknown> {
  const { culprit } = boundary;
  const origin = (line: number | null): unknown =>
    line === null ? null : { line, call: report.calls.get(line)?.text ?? null };
  return {
    lower: vmaJson(boundary.lower),
    upper: vmaJson(boundary.upper),
    reasons: boundary.codes,
    flags: boundary.flags,
    hidden: isHidden(boundary),
    details: boundaryDetails(boundary),
    setBy:
      culprit === null
        ? null
        : { field: culprit.field, lower: origin(culprit.lower), upper: origin(culprit.upper) },
  };
}

/** The groups of a recording's map, and the boundaries asked for. */
export function recordedWhyJson(
  report: RecordedWhy,
  chosen: readonly KnownBoundary[] | null,
): Record<string, unknown> {
  const { story } = report;
  return {
    schema: "vma.why-recording/1",
    recording: report.recording,
    pid: story.pid,
    line: story.lastLine,
    areas: story.areas,
    pairs: report.boundaries.length,
    hidden: report.boundaries.filter(isHidden).length,
    otherPids: report.otherPids,
    groups: report.groups.map(({ codes, flags, kind, pairs, first, firstLine, lastLine }) => ({
      reasons: codes.split(" "),
      flags: flags === "" ? [] : flags.split(" "),
      madeBy: kind === "" ? null : kind,
      firstLine,
      lastLine,
      pairs,
      example: boundaryJson(first, report),
    })),
    boundaries: chosen === null ? null : chosen.map((boundary) => boundaryJson(boundary, report)),
  };
}

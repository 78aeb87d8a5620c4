/** What differs from the kernel, put together for the report, and one of its areas held against the model. */

import { describeMove, formatPermissions, type Tally } from "@vma/core";
import { RESULT_ERROR } from "../strace/call-numbers.js";
import type { CallRecord } from "../strace/record.js";
import { resultText } from "./apply-call.js";
import { callText } from "./call-text.js";
import { type ComparableArea, predictedArea } from "./compare.js";
import type { QueuedMap } from "./fault-queue.js";
import type { ReplayDifference } from "./report.js";
import type { ReplaySpace } from "./seed.js";

/** Areas of a difference that are written out. */
export const MAX_SHOWN_AREAS = 50;

/** Moves of a call that are put into words. */
const MOST_MOVES = 16;

/** What the engine did at the last call, in words. */
function rulesOf(tally: Tally | null): string[] {
  if (tally === null) return [];
  const { firstMove, moveCount } = tally;
  return tally.moves(firstMove, Math.min(moveCount, MOST_MOVES)).flatMap(describeMove);
}

/** A call left another area than the kernel tells of. */
export function areaDifference(
  record: CallRecord,
  map: QueuedMap,
  run: ReplaySpace,
  tally: Tally | null,
): ReplayDifference {
  return {
    kind: "area",
    line: record.line,
    pid: record.pid,
    call: callText(record),
    snapshot: null,
    expected: [expectedOf(map)],
    predicted: areasIn(run, map.start, map.start + map.length),
    expectedResult: null,
    predictedResult: null,
    rule: rulesOf(tally),
  };
}

/** A call returned something else than the kernel did. `predicted`: an address, 0 or a negative errno. */
export function resultDifference(
  record: CallRecord,
  predicted: number,
  tally: Tally | null,
): ReplayDifference {
  return {
    kind: "result",
    line: record.line,
    pid: record.pid,
    call: callText(record),
    snapshot: null,
    expected: [],
    predicted: [],
    expectedResult: resultText(record.resultKind === RESULT_ERROR ? -record.error : record.result),
    predictedResult: resultText(predicted),
    rule: rulesOf(tally),
  };
}

/** Whether the model has the very area that the kernel told of, hidden offset included. */
export function isAsRecorded(run: ReplaySpace, map: QueuedMap): boolean {
  const vma = run.space.imageAt(map.start);
  return (
    vma !== null &&
    vma.start === map.start &&
    vma.end === map.start + map.length &&
    formatPermissions(vma.flags) === map.permissions &&
    vma.pgoff * 4096 === map.offset &&
    (vma.file === null ||
      !map.path.startsWith("/") ||
      map.path === "//anon" ||
      samePath(vma.file.path, map.path))
  );
}

function samePath(a: string, b: string): boolean {
  const bare = (path: string): string => (path.endsWith(" (deleted)") ? path.slice(0, -10) : path);
  return a === "" || bare(a) === bare(b);
}

/** The kernel's record as an area; it shows no VmFlags, and the offset of anonymous areas, too. */
function expectedOf({ start, length, permissions, offset, path }: QueuedMap): ComparableArea {
  const name = path === "//anon" ? "" : path;
  return { start, end: start + length, permissions, vmFlags: null, offset, name };
}

/** The model's areas in [start, end), each with the offset that is compared with the kernel's record. */
function areasIn(run: ReplaySpace, start: number, end: number): ComparableArea[] {
  const areas: ComparableArea[] = [];
  for (const image of run.space.images(start, end)) {
    if (areas.length === MAX_SHOWN_AREAS) break;
    areas.push({ ...predictedArea(run, image), offset: image.pgoff * 4096 });
  }
  return areas;
}

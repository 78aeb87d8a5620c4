/** The predicted map right after one call of a recording. */

import type { AddressSpace } from "@vma/core";
import { VM_GROWSDOWN } from "@vma/core";
import {
  type ComparableArea,
  callText,
  predictedArea,
  type Recording,
  type ReplayOptions,
  ReplaySpace,
  type ReplayStep,
  replay,
} from "@vma/trace";
import { wrongUse } from "../failure.js";

export interface Moment {
  readonly recording: string;
  /** Line of the last memory call at or before the line asked for. */
  readonly line: number;
  readonly pid: number;
  readonly call: string;
  readonly areas: readonly ComparableArea[];
}

/** Ends a replay from within. */
export class Enough extends Error {}

/** The areas of an address space as /proc would show them. */
function shownAreas(space: AddressSpace): ComparableArea[] {
  let stack = 0;
  for (const vma of space.areas()) if ((vma.flags & VM_GROWSDOWN) !== 0) stack = vma.end - 4096;
  const named = new ReplaySpace(space, stack, true);
  return [...space.areas()].map((vma) => predictedArea(named, vma));
}

/**
 * Which of the steps shows the map at `line`: the last one of the process asked for (else of the last process that
 * made a call) at or before it.
 */
async function findStep(
  recording: Recording,
  options: ReplayOptions,
  line: number,
  pid: number | undefined,
): Promise<number> {
  let index = -1;
  let found = -1;
  let space = -1;
  let first = Number.POSITIVE_INFINITY;
  await replay(recording, {
    ...options,
    events: false,
    onStep: ({ record, spaceId }) => {
      index += 1;
      if (pid !== undefined && space < 0 && record.pid === pid) space = spaceId;
      if (pid !== undefined && spaceId !== space && record.pid !== pid) return;
      if (pid !== undefined) space = spaceId;
      first = Math.min(first, record.line);
      if (record.line <= line) found = index;
    },
  });
  if (found >= 0) return found;
  throw wrongUse(
    `no memory call ${pid === undefined ? "" : `of process ${pid} `}at or before line ${line}`,
    Number.isFinite(first) ? `The first one is on line ${first}.` : "The recording has none at all.",
  );
}

/** Replays up to the call on `line` and shows the map. Throws a Failure when no call comes before it. */
export async function momentOf(
  recording: Recording,
  options: ReplayOptions,
  line: number,
  pid: number | undefined,
): Promise<Moment> {
  const wanted = await findStep(recording, options, line, pid);
  let index = -1;
  let moment: Moment | null = null;
  const onStep = ({ record, space }: ReplayStep): void => {
    index += 1;
    if (index < wanted) return;
    moment = {
      recording: recording.path,
      line: record.line,
      pid: record.pid,
      call: callText(record),
      areas: shownAreas(space),
    };
    throw new Enough();
  };
  try {
    await replay(recording, { ...options, events: false, onStep });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  if (moment === null) throw wrongUse(`no memory call at or before line ${line}`);
  return moment;
}

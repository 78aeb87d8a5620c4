/** How full the fullest address space of a recording was, and what a limit would have done to it. */

import { type Recording, replay } from "@vma/trace";
import { Timeline } from "./timeline.js";
import { type FailedCall, whatIf } from "./what-if.js";

export interface Peak {
  readonly areas: number;
  readonly line: number;
  readonly pid: number;
  readonly call: string;
  /** The first call that fails under the limit; null when none does. */
  readonly firstFailure: FailedCall | null;
}

/** Replays for the peak, and once more under the limit when that is below it. Null when there are no memory calls. */
export async function peakOf(recording: Recording, limit: number): Promise<Peak | null> {
  const timeline = new Timeline();
  await replay(recording, { events: false, onStep: (step) => timeline.add(step) });
  const fullest = timeline.series()[0];
  if (fullest === undefined) return null;
  const { peak, pid } = fullest;
  // A split needs room for one more area than there are.
  const reached = peak.areas >= limit;
  const tried = reached ? await whatIf(recording, { kind: "limit", areas: limit }, undefined) : null;
  return {
    areas: peak.areas,
    line: peak.line,
    pid,
    call: peak.call,
    firstFailure: tried?.firstFailure ?? null,
  };
}

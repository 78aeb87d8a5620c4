/** `vma replay`: a recording carried out on the model and held against the kernel. */

import { type ReplayOptions, replay as replayRecording, type Verdict } from "@vma/trace";
import { momentOf } from "../analysis/moment.js";
import { Timeline } from "../analysis/timeline.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { openRecording, type RecordingOptions } from "../input/recording.js";
import { watched } from "../input/watched.js";
import { safeJson } from "../output/escape.js";
import { momentJson, replayJson, timelineJson } from "../output/replay-json.js";
import { momentText } from "../output/text/moment.js";
import { quietText, replayText } from "../output/text/replay.js";
import { timelineText } from "../output/text/timeline.js";
import type { Terminal } from "../terminal.js";

export interface ReplayCommandOptions extends RecordingOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly timeline: boolean;
  /** A line of the trace. */
  readonly at?: number;
  readonly pid?: number;
  /** Commander's form of --no-faults-data: false when the page faults are to be left out. */
  readonly ignoreFaults: boolean;
}

const STATUS: Readonly<Record<Verdict, ExitCode>> = {
  exact: EXIT.fine,
  differs: EXIT.found,
  incomplete: EXIT.found,
};

/** Runs the command: 0 exact, 1 differs or incomplete. */
export async function replay(
  given: string,
  options: ReplayCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const recording = watched(await openRecording(given, options), terminal);
  const chosen: ReplayOptions = {
    ...(options.kernel === undefined ? {} : { kernel: options.kernel }),
    ignoreFaults: options.ignoreFaults,
  };
  if (options.at !== undefined) {
    const moment = await momentOf(recording, chosen, options.at, options.pid);
    await terminal.write(options.json ? `${safeJson(momentJson(moment))}\n` : momentText(moment, terminal));
    return EXIT.fine;
  }
  const timeline = options.timeline ? new Timeline() : null;
  const report = await replayRecording(recording, {
    ...chosen,
    ...(timeline === null ? {} : { onStep: (step) => timeline.add(step) }),
  });
  if (options.json) {
    const extra = timeline === null ? {} : { timeline: timelineJson(timeline) };
    await terminal.write(`${safeJson({ ...replayJson(report), ...extra })}\n`);
  } else if (options.quiet) await terminal.write(quietText(report, terminal));
  else {
    await terminal.write(replayText(report, recording, terminal));
    if (timeline !== null) await terminal.write(timelineText(timeline, terminal));
  }
  return STATUS[report.verdict];
}

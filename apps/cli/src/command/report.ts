/** `vma report`: one self-contained page about a process, a map file or a recording. */

import { openBundle, replay } from "@vma/trace";
import { callsOnLines } from "../analysis/line-text.js";
import type { PageContent } from "../analysis/page.js";
import { Provenance } from "../analysis/provenance.js";
import { findRatchets, ratchetLines } from "../analysis/ratchet.js";
import { Timeline } from "../analysis/timeline.js";
import { analyseTop } from "../analysis/top.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import type { TargetOptions } from "../input/map-target.js";
import { openTarget } from "../input/target.js";
import { watched } from "../input/watched.js";
import { bytes } from "../output/amount.js";
import { safe } from "../output/escape.js";
import { writeWhole } from "../output/file.js";
import { reportPage } from "../output/html/report.js";
import { verdictText } from "../output/text/replay.js";
import { packageVersion } from "../package-version.js";
import type { Terminal } from "../terminal.js";

export interface ReportOptions extends TargetOptions {
  readonly output: string;
}

/** Address spaces that get a chart. */
const MAX_CHARTS = 4;
const MAX_RATCHETS = 40;

type RecordedPart = Pick<PageContent, "verdict" | "timeline" | "ratchets">;

async function recordedPart(folder: string, terminal: Terminal): Promise<RecordedPart> {
  const recording = watched(await openBundle(folder), terminal);
  const timeline = new Timeline();
  const provenance = new Provenance();
  const onStep = (step: Parameters<Timeline["add"]>[0]): void => {
    timeline.add(step);
    provenance.add(step);
  };
  const report = await replay(recording, { onStep, onFork: (fork) => provenance.fork(fork) });
  const calls = await callsOnLines(recording, ratchetLines(provenance));
  const { ratchets } = findRatchets(provenance, (line) => calls.get(line)?.kind);
  return {
    verdict: { verdict: report.verdict, text: verdictText(report, terminal.plain()) },
    timeline: timeline.series().slice(0, MAX_CHARTS),
    ratchets: ratchets.slice(0, MAX_RATCHETS),
  };
}

/** Runs the command. */
export async function report(given: string, options: ReportOptions, terminal: Terminal): Promise<ExitCode> {
  const target = await openTarget(given, terminal, options);
  const recorded: RecordedPart =
    target.kind === "recording"
      ? await recordedPart(given, terminal)
      : { verdict: null, timeline: [], ratchets: null };
  const made = new Date().toISOString().slice(0, 16).replace("T", " ");
  const page = reportPage({ version: packageVersion(), made, top: analyseTop(target), ...recorded });
  writeWhole(options.output, page);
  terminal.note(`vma: ${safe(options.output)} written (${bytes(Buffer.byteLength(page))})`);
  return EXIT.fine;
}

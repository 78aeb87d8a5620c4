/** `vma ratchets`: calls that raised the number of areas and were never undone. */

import { callsOnLines } from "../analysis/line-text.js";
import { findRatchets, ratchetLines } from "../analysis/ratchet.js";
import { provenanceOf } from "../analysis/recorded-why.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { openRecording, type RecordingOptions } from "../input/recording.js";
import { watched } from "../input/watched.js";
import { safeJson } from "../output/escape.js";
import { ratchetJson, ratchetText } from "../output/text/ratchets.js";
import type { Terminal } from "../terminal.js";

export interface RatchetOptions extends RecordingOptions {
  readonly json: boolean;
}

/** Runs the command: 1 when there are any. */
export async function ratchets(
  given: string,
  options: RatchetOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const recording = watched(await openRecording(given, options), terminal);
  const kernel = options.kernel === undefined ? {} : { kernel: options.kernel };
  const provenance = await provenanceOf(recording, kernel, undefined);
  const calls = await callsOnLines(recording, ratchetLines(provenance));
  const report = findRatchets(provenance, (line) => calls.get(line)?.kind);
  await terminal.write(
    options.json ? `${safeJson(ratchetJson(report, calls))}\n` : ratchetText(given, report, calls, terminal),
  );
  return report.ratchets.length === 0 ? EXIT.fine : EXIT.found;
}

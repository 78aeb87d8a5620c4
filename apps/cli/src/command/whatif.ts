/** `vma whatif`: a recording replayed with one change, beside the replay without. */

import { readChange, whatIf } from "../analysis/what-if.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { openRecording, type RecordingOptions } from "../input/recording.js";
import { watched } from "../input/watched.js";
import { safeJson } from "../output/escape.js";
import { whatIfJson, whatIfText } from "../output/text/whatif.js";
import type { Terminal } from "../terminal.js";

export interface WhatIfOptions extends RecordingOptions {
  readonly change: readonly string[];
  readonly json: boolean;
}

/** Runs the command: 1 when a call would fail that did not. */
export async function whatif(given: string, options: WhatIfOptions, terminal: Terminal): Promise<ExitCode> {
  const changes = options.change.map(readChange);
  const recording = watched(await openRecording(given, options), terminal);
  let failed = false;
  const results: Record<string, unknown>[] = [];
  for (const change of changes) {
    const found = await whatIf(recording, change, options.kernel);
    failed ||= found.firstFailure !== null;
    results.push(whatIfJson(found));
    if (!options.json) await terminal.write(whatIfText(found, terminal));
  }
  if (options.json)
    await terminal.write(`${safeJson({ schema: "vma.whatif/1", recording: given, changes: results })}\n`);
  return failed ? EXIT.found : EXIT.fine;
}

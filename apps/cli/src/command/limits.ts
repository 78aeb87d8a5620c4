/** `vma limits`: which call fails first, with which errno, how far away that is, and a value to set. */

import { openBundle } from "@vma/trace";
import { analyseLimits, NEAR, shareOf } from "../analysis/limits.js";
import { peakOf } from "../analysis/peak.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import type { TargetOptions } from "../input/map-target.js";
import { openTarget } from "../input/target.js";
import { watched } from "../input/watched.js";
import { safeJson } from "../output/escape.js";
import { limitsJson } from "../output/json.js";
import { limitsText } from "../output/text/limits.js";
import type { Terminal } from "../terminal.js";

export interface LimitsOptions extends TargetOptions {
  readonly json: boolean;
}

/** Runs the command: 1 when a limit is used to 90 % or more. */
export async function limits(given: string, options: LimitsOptions, terminal: Terminal): Promise<ExitCode> {
  const target = await openTarget(given, terminal, options);
  const report = analyseLimits(target);
  const peak =
    target.kind === "recording"
      ? await peakOf(watched(await openBundle(given), terminal), target.limit)
      : null;
  await terminal.write(
    options.json ? `${safeJson(limitsJson(report, peak))}\n` : limitsText(report, peak, terminal),
  );
  if (peak !== null && (peak.firstFailure !== null || peak.areas >= target.limit * NEAR)) return EXIT.found;
  return report.rows.some((row) => shareOf(row) >= NEAR) ? EXIT.found : EXIT.fine;
}

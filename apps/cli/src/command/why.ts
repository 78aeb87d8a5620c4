/** `vma why`: what keeps touching areas apart. */

import { statSync } from "node:fs";
import { whyRecorded } from "../analysis/recorded-why.js";
import { analyseWhy } from "../analysis/why.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { wrongUse } from "../failure.js";
import type { TargetOptions } from "../input/map-target.js";
import { openRecording } from "../input/recording.js";
import { isPid, openTarget } from "../input/target.js";
import { watched } from "../input/watched.js";
import { hex } from "../output/amount.js";
import { safe, safeJson } from "../output/escape.js";
import { whyJson } from "../output/json.js";
import { recordedWhyJson } from "../output/recorded-json.js";
import { recordedBoundaryText, recordedWhyText } from "../output/text/recorded-why.js";
import { boundaryText, whyText } from "../output/text/why.js";
import type { Terminal } from "../terminal.js";

export interface WhyOptions extends TargetOptions {
  readonly json: boolean;
}

/** An address as people write it: hexadecimal, with 0x or as /proc prints it. */
function parseAddress(text: string): number {
  if (!/^(0x)?[0-9a-fA-F]{1,16}$/.test(text)) {
    throw wrongUse(
      `"${safe(text)}" is not an address`,
      "Write it as /proc prints it: 7f12a7608000 or 0x7f12a7608000.",
    );
  }
  return Number.parseInt(text.replace(/^0x/, ""), 16);
}

/** Runs the command. */
export async function why(
  given: string,
  addressText: string | undefined,
  options: WhyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const address = addressText === undefined ? null : parseAddress(addressText);
  if (isFolder(given)) return whyOfRecording(given, address, options, terminal);
  const target = await openTarget(given, terminal, options);
  const report = analyseWhy(target, address);
  const { boundaries } = report;
  if (address !== null && boundaries?.length === 0) {
    throw wrongUse(
      `no two areas meet at ${hex(address)} in ${safe(target.label)}`,
      "Give the address at which an area begins or ends, or one inside an area.",
    );
  }
  if (options.json) await terminal.write(`${safeJson(whyJson(report))}\n`);
  else if (boundaries === null) await terminal.write(whyText(report, terminal));
  else {
    for (const boundary of boundaries) await terminal.write(boundaryText(boundary, target.detail, terminal));
  }
  return EXIT.fine;
}

function isFolder(given: string): boolean {
  return given !== "-" && !isPid(given) && statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** With a recording the engine knows what /proc hides, and which calls are behind it. */
async function whyOfRecording(
  given: string,
  address: number | null,
  options: WhyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const recording = watched(await openRecording(given, {}), terminal);
  const report = await whyRecorded(recording, {}, options.at, options.pid);
  if (address === null) {
    await terminal.write(
      options.json ? `${safeJson(recordedWhyJson(report, null))}\n` : recordedWhyText(report, terminal),
    );
    return EXIT.fine;
  }
  const found = report.boundaries.filter(
    ({ lower, upper }) => lower.start <= address && address <= upper.end,
  );
  const exact = found.filter(({ upper }) => upper.start === address);
  const chosen = exact.length > 0 ? exact : found;
  if (chosen.length === 0) {
    throw wrongUse(
      `no two areas touch at ${hex(address)} after line ${report.story.lastLine}`,
      "vma replay --at shows the map at a line.",
    );
  }
  if (options.json) await terminal.write(`${safeJson(recordedWhyJson(report, chosen))}\n`);
  else for (const boundary of chosen) await terminal.write(recordedBoundaryText(boundary, report, terminal));
  return EXIT.fine;
}

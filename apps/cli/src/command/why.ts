/** `vma why`: what keeps touching areas apart. */

import { analyseWhy } from "../analysis/why.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { wrongUse } from "../failure.js";
import type { TargetOptions } from "../input/map-target.js";
import { openTarget } from "../input/target.js";
import { hex } from "../output/amount.js";
import { safe, safeJson } from "../output/escape.js";
import { whyJson } from "../output/json.js";
import { boundaryText, whyText } from "../output/text/why.js";
import type { Terminal } from "../terminal.js";

export interface WhyOptions extends TargetOptions {
  readonly json: boolean;
}

/** An address as people write it: hexadecimal, with 0x or as /proc prints it. */
export function parseAddress(text: string): number {
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

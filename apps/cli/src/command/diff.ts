/** `vma diff`: two maps, or two moments of one program. */

import { diffMaps } from "../analysis/diff.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { wrongUse } from "../failure.js";
import type { TargetOptions } from "../input/map-target.js";
import { openTarget } from "../input/target.js";
import { safeJson } from "../output/escape.js";
import { diffJson } from "../output/json.js";
import { diffText } from "../output/text/diff.js";
import type { Terminal } from "../terminal.js";

export interface DiffOptions {
  readonly json: boolean;
  readonly limit: number;
  readonly pid?: number;
}

/** `RECORDING@LINE` names a moment of a recording; anything else is a target. */
function splitMoment(given: string): { readonly given: string; readonly at?: number } {
  const match = /^(.+)@(\d{1,12})$/s.exec(given);
  return match === null ? { given } : { given: match[1] as string, at: Number(match[2]) };
}

/** Runs the command: 0 when the maps are the same, 1 when they differ. */
export async function diff(
  first: string,
  second: string,
  options: DiffOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (first === "-" && second === "-") throw wrongUse("standard input can be only one of the two maps");
  const open = (text: string): ReturnType<typeof openTarget> => {
    const { given, at } = splitMoment(text);
    const chosen: TargetOptions = {
      ...(options.pid === undefined ? {} : { pid: options.pid }),
      ...(at === undefined ? {} : { at }),
    };
    return openTarget(given, terminal, chosen);
  };
  const a = await open(first);
  const b = await open(second);
  const found = diffMaps(a.areas, b.areas);
  if (options.json) await terminal.write(`${safeJson(diffJson(found, a, b))}\n`);
  else await terminal.write(diffText(found, a, b, options.limit, terminal));
  return found.changes.length === 0 ? EXIT.fine : EXIT.found;
}

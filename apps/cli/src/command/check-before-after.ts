/** `vma check before-after`: the merge engine before the series against the one after it, over all small cases. */

import { type BeforeAfterTable, compareBeforeAfter, type Shard, SPACE_POINTS } from "@vma/testkit";
import { EXIT, type ExitCode } from "../exit-code.js";
import { count } from "../output/amount.js";
import { safeJson } from "../output/escape.js";
import { progressBar } from "../output/progress.js";
import { beforeAfterJson, beforeAfterText } from "../output/text/before-after.js";
import type { Terminal } from "../terminal.js";

export interface BeforeAfterOptions {
  readonly json: boolean;
  readonly shard?: Shard;
}

/** Runs the comparison: 1 when a difference is none of the listed classes. */
export async function checkBeforeAfter(options: BeforeAfterOptions, terminal: Terminal): Promise<ExitCode> {
  const { shard } = options;
  const bar = progressBar(terminal, Math.ceil(SPACE_POINTS / (shard?.count ?? 1)), options.json);
  let found: BeforeAfterTable;
  try {
    found = compareBeforeAfter({
      shard: shard ?? null,
      onProgress: (scenarios) => bar.update(scenarios, `${count(scenarios)} scenarios`),
    });
  } finally {
    bar.stop();
  }
  await terminal.write(
    options.json ? `${safeJson(beforeAfterJson(found))}\n` : beforeAfterText(found, terminal),
  );
  return found.unlisted.length === 0 ? EXIT.fine : EXIT.found;
}

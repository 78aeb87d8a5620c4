/** `vma check truth`: recorded merge decisions, run on the engine they were recorded from. */

import { checkTruth, type Shard, TruthFormatError, type TruthReport } from "@vma/testkit";
import { openTruthFile, type TruthFile } from "@vma/testkit/node";
import { EXIT, type ExitCode } from "../exit-code.js";
import { wrongUse } from "../failure.js";
import { jsonLineFiles } from "../input/json-lines.js";
import { count } from "../output/amount.js";
import { safe, safeJson } from "../output/escape.js";
import { progressBar } from "../output/progress.js";
import { truthJson, truthText } from "../output/text/check.js";
import type { Terminal } from "../terminal.js";

export interface CheckTruthOptions {
  readonly json: boolean;
  readonly shard?: Shard;
  /** Mismatches to print whole. */
  readonly keep: number;
}

function openAll(paths: readonly string[]): TruthFile[] {
  return jsonLineFiles(paths).map((path) => {
    try {
      return openTruthFile(path);
    } catch (error) {
      throw wrongUse(`${safe(path)}: cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
    }
  });
}

/** Runs the check: 1 when anything differs. */
export async function checkTruthFiles(
  paths: readonly string[],
  options: CheckTruthOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const files = openAll(paths);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const bar = progressBar(terminal, bytes, options.json);
  let report: TruthReport;
  try {
    report = await checkTruth(files, {
      keep: options.keep,
      shard: options.shard ?? null,
      onProgress: (at) => {
        const read = files.reduce((sum, file) => sum + file.read(), 0);
        bar.update(
          read,
          `${safe(at.file)}  ${count(at.scenarios)} scenarios, ${count(at.mismatches)} differ`,
        );
      },
    });
  } catch (error) {
    if (error instanceof TruthFormatError)
      throw wrongUse(safe(error.message), "The format is described in @vma/testkit's README.");
    throw error;
  } finally {
    bar.stop();
  }
  await terminal.write(options.json ? `${safeJson(truthJson(report))}\n` : truthText(report, terminal));
  return report.mismatches === 0 ? EXIT.fine : EXIT.found;
}

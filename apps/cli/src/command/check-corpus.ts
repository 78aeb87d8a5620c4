/** `vma check corpus`: what real kernels did, step by step, held against the engine. */

import type { Shard } from "@vma/testkit";
import { CorpusRun } from "@vma/testkit/corpus";
import { corpusFiles, openCorpusFile, readCorpusMeta } from "@vma/testkit/node";
import { EXIT, type ExitCode } from "../exit-code.js";
import { checkKernel } from "../input/recording.js";
import { count } from "../output/amount.js";
import { safe, safeJson } from "../output/escape.js";
import { progressBar } from "../output/progress.js";
import { corpusJson, corpusText } from "../output/text/check-corpus.js";
import type { Terminal } from "../terminal.js";

export interface CheckCorpusOptions {
  readonly json: boolean;
  readonly kernel?: string;
  readonly family?: string;
  readonly case?: string;
  readonly shard?: Shard;
  readonly keep: number;
}

/** Runs the check: 1 when anything differs. */
export async function checkCorpusFiles(
  paths: readonly string[],
  options: CheckCorpusOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  checkKernel(options.kernel);
  const files = await Promise.all((await corpusFiles(paths)).map(openCorpusFile));
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const bar = progressBar(terminal, total, options.json);
  const run = new CorpusRun({
    kernel: options.kernel ?? null,
    family: options.family ?? null,
    case: options.case ?? null,
    shard: options.shard ?? null,
    keep: options.keep,
  });
  const { summary } = run;
  try {
    for (const file of files) {
      const meta = await readCorpusMeta(file.path);
      for await (const recorded of file.cases()) {
        run.add(recorded, meta);
        if (summary.cases % 64 !== 0) continue;
        const read = files.reduce((sum, one) => sum + one.read(), 0);
        bar.update(
          read,
          `${safe(file.path)}  ${count(summary.steps)} steps, ${count(summary.mismatches)} differ`,
        );
      }
    }
  } finally {
    bar.stop();
  }
  await terminal.write(
    options.json ? `${safeJson(corpusJson(summary))}\n` : corpusText(summary, files.length, terminal),
  );
  return summary.mismatches === 0 ? EXIT.fine : EXIT.found;
}

/** `vma check kernel`: random calls on the running kernel and on the engine, compared after every one. */

import { checkKernel as checkRunningKernel, type KernelReport, KernelUnavailable } from "@vma/testkit/kernel";
import { EXIT, type ExitCode } from "../exit-code.js";
import { notPossible, wrongUse } from "../failure.js";
import { count } from "../output/amount.js";
import { safe, safeJson } from "../output/escape.js";
import { progressBar } from "../output/progress.js";
import { kernelJson, kernelText } from "../output/text/check-kernel.js";
import type { Terminal } from "../terminal.js";

export interface CheckKernelOptions {
  readonly json: boolean;
  readonly ops: number;
  readonly seed: number;
  readonly family?: string;
  readonly keep: number;
}

/** Runs the check: 1 when kernel and engine part, 3 where there is no kernel to ask. */
export async function checkKernel(options: CheckKernelOptions, terminal: Terminal): Promise<ExitCode> {
  const { ops, seed, family = null, keep } = options;
  const bar = progressBar(terminal, ops, options.json);
  let report: KernelReport;
  try {
    const onProgress = (done: number): void => bar.update(done, `${count(done)} operations`);
    report = await checkRunningKernel({ ops, seed, family, keep, onProgress });
  } catch (error) {
    if (error instanceof KernelUnavailable) {
      throw notPossible(
        safe(error.message),
        "It needs Linux on x86-64, a C compiler (cc) and a /proc with smaps.",
      );
    }
    if (error instanceof RangeError) throw wrongUse(safe(error.message));
    throw error;
  } finally {
    bar.stop();
  }
  await terminal.write(options.json ? `${safeJson(kernelJson(report))}\n` : kernelText(report, terminal));
  return report.mismatches.length === 0 ? EXIT.fine : EXIT.found;
}

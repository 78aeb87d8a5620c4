/** A difference from the running kernel as a person reads it, with the script to run it again. */

import { describeMismatch, describeOperation, describeResult } from "../corpus/picture.js";
import type { KernelMismatch } from "./check.js";

/**
 * The shortest failing script, operation by operation; the mismatch with its pictures; and the script as one line of
 * a corpus file, to be pasted into a file and run by `vma check corpus`. Several lines, ending in a newline.
 */
export function describeKernelMismatch(found: KernelMismatch): string {
  const { script, mismatch, originalSteps } = found;
  const lines = [`${script.steps.length} of ${originalSteps} steps are enough:`];
  for (const { op, ret } of script.steps) lines.push(`  ${describeOperation(op)} -> ${describeResult(ret)}`);
  lines.push("", describeMismatch(mismatch), "As a corpus line:", JSON.stringify(script));
  return `${lines.join("\n")}\n`;
}

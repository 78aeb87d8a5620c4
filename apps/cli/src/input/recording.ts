/** What RECORDING stands for: a bundle folder, or a bare strace file with the smaps that go with it. */

import { statSync } from "node:fs";
import { PROFILES, profileForRelease } from "@vma/core";
import { openBareTrace, openBundle, type Recording } from "@vma/trace";
import { wrongUse } from "../failure.js";
import { safe } from "../output/escape.js";

export interface RecordingOptions {
  /** smaps at the beginning and at the end, for a bare strace file. */
  readonly start?: string;
  readonly end?: string;
  /** A fault trace for a bare strace file. */
  readonly faults?: string;
  /** Profile name or release. */
  readonly kernel?: string;
}

/** Opens a recording. Throws Failure or InputError. */
export async function openRecording(given: string, options: RecordingOptions): Promise<Recording> {
  checkKernel(options.kernel);
  let isDirectory = false;
  try {
    isDirectory = given !== "-" && statSync(given).isDirectory();
  } catch {
    throw wrongUse(
      `${safe(given)}: no such file`,
      "Give a recording's folder (vma record makes one), or a strace file with --start SMAPS.",
    );
  }
  if (isDirectory) {
    if (options.start !== undefined || options.end !== undefined) {
      throw wrongUse(
        "--start and --end go with a bare strace file; a recording's folder has its own snapshots",
      );
    }
    return openBundle(given);
  }
  if (options.start === undefined) {
    throw wrongUse(
      `${safe(given)} is a file, so the memory map at its beginning is needed`,
      "Add --start SMAPS: /proc/PID/smaps right after the exec, or when strace was attached. vma record saves all of it.",
    );
  }
  return openBareTrace(given, {
    start: options.start,
    ...(options.end === undefined ? {} : { end: options.end }),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    ...(options.kernel === undefined ? {} : { kernelRelease: options.kernel }),
  });
}

/** Throws a Failure when `--kernel` names neither a profile nor a release. */
export function checkKernel(kernel: string | undefined): void {
  if (kernel === undefined) return;
  try {
    profileForRelease(kernel);
  } catch {
    throw wrongUse(
      `--kernel ${safe(kernel)}: neither a profile nor a kernel release`,
      `Profiles: ${PROFILES.map((profile) => profile.name).join(", ")}; a release is what uname -r prints.`,
    );
  }
}

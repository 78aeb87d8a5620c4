/** What a replay can be asked for, and what it tells on the way. */

import {
  type AddressSpace,
  defaultLimits,
  type Limits,
  type ProfileMatch,
  profileForRelease,
} from "@vma/core";
import { InputError } from "../input-error.js";
import type { RecordingMeta } from "../recording/format.js";
import type { Recording } from "../recording/reader.js";
import type { CallRecord } from "../strace/record.js";

/** How far a replay has come. */
export interface ReplayProgress {
  readonly lines: number;
  /** Bytes of the trace, after decompression. */
  readonly bytes: number;
  /** Size of the trace file on disk, to compare with where it is not compressed. */
  readonly fileBytes: number;
}

/** A call that has just been applied, for those who watch. Valid during the callback. */
export interface ReplayStep {
  readonly record: CallRecord;
  /** Number of the address space, counted from 1. */
  readonly spaceId: number;
  readonly space: AddressSpace;
}

/** A process was copied, for those who watch. Valid during the callback. */
export interface ReplayFork {
  /** Number of the address space that was copied, counted from 1. */
  readonly parentId: number;
  /** Number of the copy. */
  readonly spaceId: number;
  /** Thread that the copy began with. */
  readonly pid: number;
  /** Line of the trace on which the fork was entered. */
  readonly line: number;
  /** The copy. */
  readonly space: AddressSpace;
}

export interface ReplayOptions {
  /** A profile's name ("6.12") or a release; by default the recording's own. */
  readonly kernel?: string;
  /** Replay as if no page faults had been recorded. */
  readonly ignoreFaults?: boolean;
  /** Settings of the system in place of the recorded ones. */
  readonly limits?: Partial<Limits>;
  /**
   * Whether to count what the models do (`ReplayReport.events`), and to tell the rules that a difference comes from.
   * Default true. A replay without takes a tenth less time.
   */
  readonly events?: boolean;
  /** Called now and then. */
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Called after every call that was applied to the (first) model of an address space. */
  readonly onStep?: (step: ReplayStep) => void;
  /** Called after every fork that copied the (first) model of an address space. */
  readonly onFork?: (fork: ReplayFork) => void;
}

/** Taken when neither the recording nor the caller names a kernel. */
const FALLBACK_RELEASE = "6.18";

/**
 * The kernel's profile that a replay goes by. Throws RangeError for a kernel of the caller's without one, InputError for
 * one of the recording's.
 */
export function profileOfReplay(recording: Recording, { kernel }: ReplayOptions): ProfileMatch {
  if (kernel !== undefined) return profileForRelease(kernel);
  try {
    return profileForRelease(recording.meta.kernelRelease || FALLBACK_RELEASE);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(recording.path, 0, error.message);
    throw error;
  }
}

/** Settings of the recorded system, usual ones where it does not tell. */
export function recordedLimits(meta: RecordingMeta): Partial<Limits> {
  const limits: Partial<Limits> = { ...defaultLimits() };
  const { maxMapCount, overcommit, hugePages } = meta;
  if (maxMapCount !== null) limits.maxMapCount = maxMapCount;
  if (overcommit === 0 || overcommit === 1 || overcommit === 2) limits.overcommit = overcommit;
  if (hugePages === "always" || hugePages === "madvise" || hugePages === "never")
    limits.hugePages = hugePages;
  return limits;
}

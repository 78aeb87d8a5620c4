/** Which profile and which system settings a recorded kernel is replayed with. */

import { type KernelProfile, type Limits, profileForRelease } from "@vma/core";
import type { CorpusMeta } from "./format.js";

/** A kernel as a replay needs it. */
export interface RecordedKernel {
  readonly profile: KernelProfile;
  /** False when the release is outside of every profile's span and the nearest one is used. */
  readonly exact: boolean;
  readonly limits: Partial<Limits>;
}

/**
 * Settings of the recorded kernels that their meta.json does not say or says wrongly: the lowest address is the larger
 * of vm.mmap_min_addr and the security modules' own bound, and the recorded hints show which one holds.
 */
const KNOWN: Readonly<Record<string, Partial<Limits>>> = {
  "6.1.192": { softDirty: true, anonNames: false, mmapMinAddr: 65536 },
  "6.12.117": { softDirty: true, anonNames: false, mmapMinAddr: 65536 },
  "6.12.117-names": {
    softDirty: false,
    anonNames: true,
    mmapMinAddr: 4096,
    swap: false,
    userfaultWriteProtectShared: false,
  },
  "6.18.44": { softDirty: false, anonNames: false, mmapMinAddr: 65536 },
};

/** What every recorded process had: no limits, vm.overcommit_memory 1, CAP_IPC_LOCK and CAP_SYS_RAWIO. */
const COMMON: Partial<Limits> = { overcommit: 1, ipcLock: true, rawIo: true, hugePages: "madvise" };

/**
 * The kernel a case's `kernel` field names. `meta` is the recording's meta.json where there is one; `forced` is a
 * profile or release name that replaces the profile but not the settings.
 *
 * Throws RangeError when neither names a version.
 */
export function recordedKernel(
  release: string,
  meta: CorpusMeta | null,
  forced: string | null,
): RecordedKernel {
  const { profile, exact } = profileForRelease(forced ?? release);
  return { profile, exact, limits: { ...COMMON, ...settingsOf(meta), ...KNOWN[release] } };
}

function settingsOf(meta: CorpusMeta | null): Partial<Limits> {
  if (meta === null) return {};
  const limits: Partial<Limits> = {};
  const config = meta.config ?? {};
  const dirty = config.MEM_SOFT_DIRTY;
  const names = config.ANON_VMA_NAME;
  if (dirty !== undefined) limits.softDirty = dirty === "y";
  if (names !== undefined) limits.anonNames = names === "y";
  const least = meta["vm.mmap_min_addr"];
  if (least !== undefined) limits.mmapMinAddr = least;
  const most = meta["vm.max_map_count"];
  if (most !== undefined) limits.maxMapCount = most;
  const overcommit = meta["vm.overcommit_memory"];
  if (overcommit === 0 || overcommit === 1 || overcommit === 2) limits.overcommit = overcommit;
  const mode = meta.thp_enabled;
  if (mode === "always" || mode === "madvise" || mode === "never") limits.hugePages = mode;
  return limits;
}

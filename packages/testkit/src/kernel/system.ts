/** What the running kernel is and how it is set, as a replay needs it (Node only). */

import { readFile } from "node:fs/promises";
import { release } from "node:os";
import { type Limits, profileForRelease } from "@vma/core";
import type { RecordedKernel } from "../corpus/recorded-kernel.js";
import { KernelUnavailable } from "./build.js";
import type { KernelHelper } from "./record.js";

/** The running kernel. */
export interface RunningKernel extends RecordedKernel {
  /** As `uname -r` prints it. */
  readonly release: string;
  /** What the system offers, by the names of ScriptFamily.needs. */
  readonly offers: ReadonlySet<string>;
}

const CAP_IPC_LOCK = 14;
const CAP_SYS_RAWIO = 17;

async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).split("\n", 1)[0] ?? "";
  } catch {
    return "";
  }
}

async function capabilities(): Promise<bigint> {
  const status = await readFile("/proc/self/status", "utf8");
  const match = /^CapEff:\s*([0-9a-f]+)$/m.exec(status);
  return match?.[1] === undefined ? 0n : BigInt(`0x${match[1]}`);
}

/**
 * Asks the helper and /proc what the system is like. Throws KernelUnavailable when areas cannot be read there, or the
 * release is not a version.
 */
export async function runningKernel(helper: KernelHelper): Promise<RunningKernel> {
  const answers = await helper.probe();
  if (answers.get("smaps") !== 1) throw new KernelUnavailable("/proc/self/smaps shows no flags");
  const { profile, exact } = profileForRelease(release());
  const held = await capabilities();
  const mode = /\[(\w+)\]/.exec(await firstLine("/sys/kernel/mm/transparent_hugepage/enabled"))?.[1];
  const overcommit = Number(await firstLine("/proc/sys/vm/overcommit_memory"));
  const memlock = answers.get("memlock") ?? 0;
  const limits: Partial<Limits> = {
    mmapMinAddr: answers.get("lowest") ?? 65536,
    maxMapCount: Number(await firstLine("/proc/sys/vm/max_map_count")) || 65530,
    overcommit: overcommit === 0 || overcommit === 2 ? overcommit : 1,
    hugePages: mode === "always" || mode === "madvise" ? mode : "never",
    softDirty: answers.get("softDirty") === 1,
    anonNames: answers.get("anonNames") === 1,
    swap: answers.get("swap") === 1,
    userfaultWriteProtectShared: answers.get("userfaultWriteProtectShared") === 1,
    ipcLock: (held >> BigInt(CAP_IPC_LOCK)) % 2n === 1n,
    rawIo: (held >> BigInt(CAP_SYS_RAWIO)) % 2n === 1n,
    memlock: memlock < 0 ? Number.POSITIVE_INFINITY : memlock,
  };
  const offers = new Set<string>();
  for (const name of ["userfaultfd", "sysv", "numaMaps", "anonNames"])
    if (answers.get(name) === 1) offers.add(name);
  if (profile.seal) offers.add("seal");
  return { profile, exact, limits, release: release(), offers };
}

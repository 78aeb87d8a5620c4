/** A recording's snapshots as memory maps: which moment a command looks at when it is given a recording. */

import { openBundle, type Recording, type SnapshotInfo } from "@vma/trace";
import { wrongUse } from "../failure.js";
import { fromSmaps, isCounted } from "./area.js";
import { type MapTarget, STOCK_MAX_MAP_COUNT, type TargetOptions } from "./map-target.js";

/**
 * The snapshot a command looks at: of the process asked for (else of the first one recorded), at or before the line
 * asked for (else the last one), usable ones first.
 */
function chooseSnapshot(recording: Recording, options: TargetOptions): SnapshotInfo {
  const { pid, at } = options;
  const own = recording.snapshots.filter((info) => pid === undefined || info.pid === pid);
  if (own.length === 0) {
    const pids = [...new Set(recording.snapshots.map((info) => info.pid))];
    throw wrongUse(
      pid === undefined
        ? `${recording.path} has no snapshots`
        : `${recording.path} has no snapshot of process ${pid}`,
      pids.length === 0 ? "" : `It has snapshots of ${pids.join(", ")}.`,
    );
  }
  const first = own[0]?.pid;
  const candidates = own.filter(
    (info) => info.pid === (pid ?? first) && (at === undefined || info.line <= at),
  );
  const usable = candidates.filter((info) => info.usable);
  const chosen = (usable.length > 0 ? usable : candidates).at(-1);
  if (chosen !== undefined) return chosen;
  throw wrongUse(
    `${recording.path} has no snapshot at or before line ${at}`,
    `The first one is at line ${Math.min(...own.map((info) => info.line))}; vma replay --at shows any line.`,
  );
}

/** The map of a recording at one of its snapshots. */
export async function openBundleMap(folder: string, options: TargetOptions): Promise<MapTarget> {
  const recording = await openBundle(folder);
  const info = chooseSnapshot(recording, options);
  const areas = (await recording.snapshot(info)).map(fromSmaps).filter(isCounted);
  const { meta } = recording;
  return {
    kind: "recording",
    given: folder,
    label: `${meta.name === "" ? folder : meta.name}, process ${info.pid}, ${info.kind} at line ${info.line}`,
    detail: "smaps",
    areas,
    limit: meta.maxMapCount ?? STOCK_MAX_MAP_COUNT,
    limitFrom: meta.maxMapCount === null ? "the stock value" : "the recording",
    process: null,
    release: meta.kernelRelease === "" ? null : meta.kernelRelease,
    policies: null,
  };
}

/** Replays of small recordings made up for one purpose each. */

import { openBundle } from "../../src/recording/reader.js";
import type { ReplayOptions } from "../../src/replay/options.js";
import type { ReplayReport } from "../../src/replay/report.js";
import { replay } from "../../src/replay.js";
import { folderWith, META, smapsArea } from "./bundle.js";

export const RW: string = "rd wr mr mw me ac";
export const RO: string = "rd mr mw me ac";
/** A program with one area of 16 pages, written to, and a stack. */
export const START: string =
  smapsArea("7f0000000000-7f0000010000", "rw-p", RW, "", 4) +
  smapsArea("7ffffff00000-7ffffff21000", "rw-p", "rd wr mr mw me gd ac", "[stack]", 8);
export const STACK: string = smapsArea(
  "7ffffff00000-7ffffff21000",
  "rw-p",
  "rd wr mr mw me gd ac",
  "[stack]",
  8,
);

export interface Snap {
  kind: string;
  line: number;
  smaps: string;
  pid?: number;
  time?: number;
  usable?: boolean;
}

/** The folder of a bundle of these parts; times are seconds behind 1795388200. */
export async function bundleOf(trace: string, snaps: Snap[], faults: string | null = null): Promise<string> {
  const files: Record<string, string> = { "meta.json": META, "trace.strace": trace };
  const lines = snaps.map(({ kind, line, smaps, pid = 7, time, usable = true }, index) => {
    files[`smaps.${index}`] = smaps;
    const at = time === undefined ? {} : { t0: 1795388200 + time, time: 1795388200 + time };
    return JSON.stringify({ file: `smaps.${index}`, kind, pid, line, usable, ...at });
  });
  files["snaps.jsonl"] = `${lines.join("\n")}\n`;
  if (faults !== null) files.faults = faults;
  return folderWith(files);
}

/** Replays a bundle of these parts. */
export async function run(
  trace: string,
  snaps: Snap[],
  faults: string | null = null,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  return replay(await openBundle(await bundleOf(trace, snaps, faults)), options);
}

/** A time of the trace. */
export const at = (seconds: string): string => `17953882${seconds}`;
/** The program begins. */
export const EXEC: string = `7 ${at("00.0")} execve("/x", ["x"], 0x7f /* 1 var */) = 0 <0.001>\n`;
/** Its memory at that moment. */
export const startSnap: Snap = { kind: "start", line: 1, smaps: START, time: 0.01 };

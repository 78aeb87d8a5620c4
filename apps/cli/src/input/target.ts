/** What PID, FILE, `-` or a recording stands for: a memory map with its name, its limit and what it can tell. */

import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { release } from "node:os";
import { InputError, type NumaArea, parseNumaMaps } from "@vma/trace";
import { notPossible, wrongUse } from "../failure.js";
import { safe } from "../output/escape.js";
import type { Terminal } from "../terminal.js";
import { openBundleMap } from "./bundle-map.js";
import { EMPTY_MAP, type MapContent, readMapFile } from "./map-file.js";
import { type MapTarget, STOCK_MAX_MAP_COUNT, type TargetOptions } from "./map-target.js";
import { hasProc, maxMapCount, processInfo, procFailure } from "./process.js";

/** Whether `given` names a process id. */
export function isPid(given: string): boolean {
  return /^[1-9]\d{0,9}$/.test(given);
}

/** Reads the map that `given` names. Throws Failure or InputError. */
export async function openTarget(
  given: string,
  terminal: Terminal,
  options: TargetOptions = {},
): Promise<MapTarget> {
  const target = await open(given, terminal, options);
  if (options.maxMapCount === undefined) return target;
  return { ...target, limit: options.maxMapCount, limitFrom: "--max-map-count" };
}

async function open(given: string, terminal: Terminal, options: TargetOptions): Promise<MapTarget> {
  if (given === "-") return openStdin(terminal);
  if (isPid(given)) return openProcess(Number(given));
  let isDirectory = false;
  try {
    isDirectory = statSync(given).isDirectory();
  } catch {
    // Reading it says why.
  }
  if (isDirectory) return openBundleMap(given, options);
  try {
    return fileTarget("file", given, given, await readMapFile(given, given));
  } catch (error) {
    throw withHint(error);
  }
}

/** An unreadable target, with what could be given instead. */
function withHint(error: unknown): unknown {
  if (!(error instanceof InputError) || error.reason !== "no such file") return error;
  return wrongUse(
    safe(error.message),
    "Give a PID, a smaps or maps file, - for standard input, or a recording's folder.",
  );
}

async function openStdin(terminal: Terminal): Promise<MapTarget> {
  if (terminal.stdin.isTTY === true) terminal.note("Reading a map from standard input; end it with Ctrl-D.");
  return fileTarget("stdin", "-", "standard input", await readMapFile("-", "standard input"));
}

function fileTarget(kind: "file" | "stdin", given: string, label: string, content: MapContent): MapTarget {
  return {
    kind,
    given,
    label,
    detail: content.detail,
    areas: content.areas,
    limit: STOCK_MAX_MAP_COUNT,
    limitFrom: "the stock value",
    process: null,
    release: null,
    policies: null,
  };
}

/** Reads the map of a running process. */
async function openProcess(pid: number): Promise<MapTarget> {
  if (!hasProc()) {
    throw notPossible(
      "there is no /proc with memory maps here",
      "On another system, save /proc/PID/smaps of a Linux machine and give the file.",
    );
  }
  const info = processInfo(pid);
  const label = `process ${pid} (${info.command})`;
  const content = await readProcessMap(pid, "smaps");
  const limit = maxMapCount();
  return {
    kind: "process",
    given: String(pid),
    label,
    detail: content.detail,
    areas: content.areas,
    limit: limit ?? STOCK_MAX_MAP_COUNT,
    limitFrom: limit === null ? "the stock value" : "this machine",
    process: info,
    release: release(),
    policies: policiesOf(pid),
  };
}

/** Reads smaps or maps of a running process. Throws a Failure when that is not permitted, or nothing is there. */
export async function readProcessMap(pid: number, file: "smaps" | "maps"): Promise<MapContent> {
  const path = `/proc/${pid}/${file}`;
  try {
    closeSync(openSync(path, "r"));
    return await readMapFile(path, path);
  } catch (error) {
    if (!(error instanceof InputError)) throw procFailure(error, pid);
    // An empty map is a kernel thread's, or that of a process that has just ended.
    if (error.reason === EMPTY_MAP) {
      throw notPossible(`process ${pid} has no memory map: it is a kernel thread, or it has just ended`);
    }
    throw error.reason.startsWith("no such") ? procFailure({ code: "ESRCH" }, pid) : error;
  }
}

function policiesOf(pid: number): ReadonlyMap<number, string> | null {
  let areas: NumaArea[];
  try {
    areas = parseNumaMaps(readFileSync(`/proc/${pid}/numa_maps`), { file: `/proc/${pid}/numa_maps` });
  } catch {
    return null;
  }
  const policies = new Map<number, string>();
  for (const { start, policy } of areas) if (policy !== "default") policies.set(start, policy);
  return policies;
}

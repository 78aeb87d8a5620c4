/** Starting strace so that a recording can be replayed: which calls, which stops, and why it may not be possible. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { callNames } from "@vma/trace";
import { notPossible, wrongUse } from "../failure.js";
import { safe } from "../output/escape.js";

/** Calls that an older strace may not know; asked for with a `?`, they are then left out. */
const NEWER: ReadonlySet<string> = new Set([
  "set_mempolicy_home_node",
  "memfd_secret",
  "close_range",
  "mseal",
]);

/** The calls a replay needs, as strace wants to be asked for them. */
const CALLS: string = callNames()
  .map((name) => (NEWER.has(name) ? `?${name}` : name))
  .join(",");

/** How long calls are held so that the watcher can copy smaps (microseconds). */
const HOLD_EXIT = 250_000;
const HOLD_EXEC_ENTRY = 60_000;
const HOLD_EXEC_RESULT = 250_000;
const HOLD_MIDDLE = 60_000;

/** strace's option that lets the kernel stop the program at the calls that are asked for alone. */
export const FILTER = "--seccomp-bpf";

export interface StraceVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** The strace that is installed. Throws a Failure when there is none. */
export function straceVersion(): StraceVersion {
  const run = spawnSync("strace", ["--version"], { encoding: "utf8" });
  if (run.error !== undefined || run.status !== 0) {
    throw notPossible(
      "strace is not installed",
      "Install it: apt-get install strace, dnf install strace, or apk add strace.",
    );
  }
  const match = /version (\d+)\.(\d+)/.exec(run.stdout);
  return {
    text: match?.[0].slice(8) ?? "unknown",
    major: Number(match?.[1] ?? 0),
    minor: Number(match?.[2] ?? 0),
  };
}

/**
 * The program's full path, as a shell would find it. Asking the kernel for each folder in turn would hold every wrong
 * guess as long as a right one. Throws a Failure when there is no such program.
 */
export function findProgram(name: string): string {
  const isProgram = (path: string): boolean => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  };
  const folders = name.includes("/") ? [""] : (process.env.PATH ?? "/usr/bin:/bin").split(":");
  const found = folders.map((folder) => (folder === "" ? name : join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  throw wrongUse(`${safe(name)}: no such program`, "Give its path, or a name that the shell finds.");
}

/** How far into a program's file the names of its libraries and of what it exports are looked for (bytes). */
const NAMES_WITHIN = 4 * 2 ** 20;

/**
 * Whether the program brings LeakSanitizer, which AddressSanitizer contains. At exit that starts a process which no
 * tracer may follow (CLONE_UNTRACED), and what strace lets the kernel filter fails in a process that it does not follow.
 */
export function looksForLeaks(program: string): boolean {
  let names = Buffer.alloc(NAMES_WITHIN);
  let file: number;
  try {
    file = openSync(program, "r");
  } catch {
    return false; // May be run, not read.
  }
  try {
    names = names.subarray(0, readSync(file, names));
  } finally {
    closeSync(file);
  }
  return ["libasan.so", "liblsan.so", "__asan_init", "__lsan_init"].some((name) => names.includes(name));
}

export interface StraceRun {
  /** Program and arguments, or null to attach. */
  readonly command: readonly string[] | null;
  readonly pid: number | null;
  /** Where strace writes. */
  readonly output: string;
  /** Hold every n-th call of each kind for a snapshot; 0 for none. */
  readonly every: number;
  /** Let the kernel stop the program at the calls that are asked for alone, where strace can: much faster. */
  readonly filter: boolean;
}

/** The arguments, strace's own name first. */
export function straceArguments(run: StraceRun, version: StraceVersion): string[] {
  const args = ["strace", "-f", "-q", "-y", "-ttt", "-T", "-s", "64", "-X", "verbose"];
  const filters = version.major > 5 || (version.major === 5 && version.minor >= 3);
  if (filters && run.filter && run.command !== null) args.push(FILTER);
  args.push("-e", `trace=${CALLS}`, "-e", `inject=exit_group:delay_enter=${HOLD_EXIT}`);
  args.push("-e", `inject=execve:delay_enter=${HOLD_EXEC_ENTRY}:delay_exit=${HOLD_EXEC_RESULT}`);
  if (run.every > 0) {
    for (const call of ["mmap", "munmap", "mprotect", "mremap", "madvise", "brk"]) {
      args.push("-e", `inject=${call}:when=${run.every}+${run.every}:delay_enter=${HOLD_MIDDLE}`);
    }
  }
  args.push("-o", run.output);
  if (run.command === null) args.push("-p", String(run.pid));
  // strace does not hold the very first exec, so a shell does that one and its lines are dropped.
  else args.push("/bin/sh", "-c", 'exec "$@"', "sh", ...run.command);
  return args;
}

/** Starts it; `prefix` is what runs strace in turn (perf). Its standard error is kept to explain failures. */
export function startTracer(
  prefix: readonly string[],
  args: readonly string[],
  shareInput: boolean,
): ChildProcess {
  const [program = "strace", ...rest] = [...prefix, ...args];
  return spawn(program, rest, { stdio: [shareInput ? "inherit" : "ignore", "inherit", "pipe"] });
}

/** Why strace could not trace, from what it said; null when it says nothing of the kind. */
export function tracingFailure(said: string): Error | null {
  // First: strace names the call that failed in this case, too.
  if (/No such process/.test(said)) {
    return notPossible("the process does not exist, or has ended", "vma top --all lists those that run.");
  }
  if (/Operation not permitted|PTRACE_(TRACEME|SEIZE|ATTACH)|ptrace\(/.test(said)) {
    let scope = "";
    try {
      scope = readFileSync("/proc/sys/kernel/yama/ptrace_scope", "utf8").trim();
    } catch {
      // No Yama here.
    }
    const yama = scope !== "" && scope !== "0" ? ` (kernel.yama.ptrace_scope is ${scope})` : "";
    return notPossible(
      `strace may not trace this program${yama}`,
      "Run as root or as the program's user; in a container add the capability SYS_PTRACE.",
    );
  }
  if (/Cannot find executable|Can't stat|exec: /.test(said))
    return notPossible("the program could not be started", said.trim().split("\n")[0] ?? "");
  return null;
}

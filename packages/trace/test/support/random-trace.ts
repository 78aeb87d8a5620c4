/**
 * Traces made up at random, of a program with threads and children, for comparing two ways of replaying one: calls that
 * fail, calls whose results no kernel would give, calls printed in two parts, descriptors, limits, snapshots, faults.
 */

import { smapsArea } from "./bundle.js";
import { at, EXEC, RW, type Snap, STACK, START, startSnap } from "./made-up.js";

const ARENA = 0x7f0000000000;
const PAGE = 4096;

export interface RandomTrace {
  readonly trace: string;
  readonly snaps: Snap[];
  readonly faults: string | null;
}

/** Integers from 0 to below a limit, the same for the same seed everywhere (mulberry32). */
function randomOf(seed: number): (limit: number) => number {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

const PROTECTIONS = ["PROT_NONE", "PROT_READ", "PROT_READ|PROT_WRITE"];
const FAILED = "-1 ENOMEM (Cannot allocate memory)";
const hex = (value: number): string => `0x${value.toString(16)}`;

/** One call: its text up to the result, and the result. `wild`: perhaps one that no kernel would give. */
function drawCall(below: (limit: number) => number, wild: boolean): readonly [string, string] {
  // The first page stays, so that calls which need one can be known to work.
  const page = 1 + below(40);
  const place = hex(ARENA + page * PAGE);
  const length = (1 + below(6)) * PAGE;
  const prot = PROTECTIONS[below(3)]!;
  const fails = wild && below(8) === 0;
  const zero = fails ? FAILED : "0";
  switch (below(22)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return [
        `mmap(${place}, ${length}, ${prot}, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0)`,
        fails ? FAILED : place,
      ];
    case 5:
    case 6: {
      const file = `${3 + below(4)}</lib/x${below(3)}.so>`;
      return [
        `mmap(${place}, ${length}, ${prot}, MAP_PRIVATE|MAP_FIXED, ${file}, ${hex(page * PAGE)})`,
        fails ? FAILED : place,
      ];
    }
    case 7:
    case 8:
    case 9:
      return [`munmap(${place}, ${length})`, zero];
    case 10:
      if (!wild) return ["munlockall()", "0"];
      return [`mmap(${place}, ${length}, ${prot}, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1)`, place];
    case 11:
    case 12:
    case 13:
      return [`mprotect(${hex(ARENA)}, ${PAGE}, ${prot})`, wild && below(3) === 0 ? FAILED : "0"];
    case 14:
      return wild
        ? [`mprotect(${place}, ${length}, ${prot})`, below(4) === 0 ? FAILED : "0"]
        : [`brk(NULL)`, hex(0x560000000000)];
    case 15:
      return [`openat(AT_FDCWD, "/lib/x${below(3)}.so", O_RDONLY|O_CLOEXEC)`, String(3 + below(4))];
    case 16:
      return [`close(${3 + below(4)})`, "0"];
    case 17:
      return [`prlimit64(0, RLIMIT_AS, {rlim_cur=RLIM64_INFINITY, rlim_max=RLIM64_INFINITY}, NULL)`, "0"];
    case 18:
      return [
        `prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, ${place}, 4096, "some name")`,
        wild ? zero : "-1 EINVAL (Invalid argument)",
      ];
    case 19:
      return [
        `mremap(${place}, ${PAGE}, ${length}, MREMAP_MAYMOVE)`,
        wild && below(2) === 0 ? hex(ARENA + 0x100000) : "-1 EFAULT (Bad address) (INJECTED)",
      ];
    case 20:
      return [`madvise(${hex(ARENA)}, ${PAGE}, ${below(2) === 0 ? "MADV_DONTFORK" : "MADV_DOFORK"})`, "0"];
    default:
      return wild && below(4) === 0
        ? [
            `mmap(NULL, ${length}, ${prot}, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)`,
            hex(ARENA + 0x200000 + below(64) * PAGE),
          ]
        : [`munlockall()`, "0"];
  }
}

/** The trace of a seed: some 50 to 800 lines. */
export function randomTrace(seed: number): RandomTrace {
  const below = randomOf(seed);
  const wild = below(2) === 0;
  const threaded = below(2) === 0;
  const timed = below(4) > 0;
  let micros = 1_000_000;
  let line = 1;
  let trace = timed ? EXEC : EXEC.replace(/ \d+\.0 /, " ");
  const snaps: Snap[] = [timed ? startSnap : { kind: "start", line: 1, smaps: START }];
  let faults = "";
  const stamp = (): string => at((micros / 1e6).toFixed(6).padStart(9, "0"));
  const say = (pid: number, text: string, duration = true): void => {
    micros += 1 + below(200);
    line += 1;
    const time = timed ? `${stamp()} ` : "";
    trace += `${pid} ${time}${text}${timed && duration ? ` <0.0000${10 + below(80)}>` : ""}\n`;
  };
  const pids = [7];
  const waiting = new Map<number, readonly [string, string]>();
  const calls = 50 + below(750);
  for (let i = 0; i < calls; i++) {
    const pid = pids[below(pids.length)]!;
    const begun = waiting.get(pid);
    if (begun !== undefined) {
      if (below(2) === 0) continue;
      waiting.delete(pid);
      const name = begun[0].slice(0, begun[0].indexOf("("));
      say(pid, `<... ${name} resumed>) = ${begun[1]}`);
      continue;
    }
    const kind = below(60);
    if (threaded && kind === 0 && pids.length < 6) {
      const child = 8 + i;
      const flags = ["CLONE_VM|CLONE_FILES|CLONE_THREAD|SIGCHLD", "SIGCHLD"][below(2)]!;
      const call = `clone(child_stack=NULL, flags=${flags}`;
      if (below(2) === 0) say(pid, `${call}) = ${child}`);
      else waiting.set(pid, [`clone(`, String(child)]);
      if (waiting.has(pid)) say(pid, `${call} <unfinished ...>`, false);
      pids.push(child);
    } else if (threaded && kind === 1 && pids.length > 1 && pid !== 7) {
      say(pid, "+++ exited with 0 +++", false);
      pids.splice(pids.indexOf(pid), 1);
    } else if (threaded && kind < 8) {
      const call = drawCall(below, wild);
      waiting.set(pid, call);
      say(pid, `${call[0].slice(0, -1)} <unfinished ...>`, false);
    } else if (kind === 9 && wild && snaps.length < 6) {
      const smaps =
        below(3) === 0 ? START : smapsArea("7f0000000000-7f0000004000", "rw-p", RW, "", 4) + STACK;
      const time = below(2) === 0 ? { time: micros / 1e6 + 0.0001 } : {};
      snaps.push({ kind: "mid", line, smaps, ...time });
    } else if (kind < 14) {
      faults += `F ${stamp()}000 7 7 ${hex(ARENA + below(40) * PAGE)} 6 u\n`;
    } else if (kind === 14 && wild) {
      say(pid, "what is this", false);
    } else if (kind === 15 && below(4) === 0) {
      say(pid, `execve("/y", ["y"], 0x7f /* 1 var */) = 0`);
      snaps.push({ kind: "start", line, smaps: START, pid, ...(timed ? { time: micros / 1e6 } : {}) });
    } else {
      const [text, result] = drawCall(below, wild);
      say(pid, `${text} = ${result}`);
    }
  }
  const recorded = timed && below(3) === 0;
  // Where faults end early nothing has to be waited for from then on.
  const some = below(2) === 0 ? faults : faults.split("\n").slice(0, 2).join("\n").concat("\n");
  return { trace, snaps, faults: recorded ? some : null };
}

/** Calls printed in two parts, and lines that were cut. */

import { describe, expect, it } from "vitest";
import { accountedLines, readCall, readTrace } from "../support/read-trace.js";

describe("calls in two parts", () => {
  it("joins them across threads, in the order of their results", () => {
    const { calls, entered, totals } =
      readTrace(`10 1795388257.1 mmap(NULL, 8192, 0x3, 0x22, -1, 0 <unfinished ...>
11 1795388257.2 prlimit64(0, RLIMIT_STACK, NULL,  <unfinished ...>
10 1795388257.3 <... mmap resumed>) = 0x7f91b7a25000 <0.200000>
11 1795388257.4 <... prlimit64 resumed>{rlim_cur=1, rlim_max=2}) = 0
12 1795388257.5 vfork( <unfinished ...>
12 1795388257.6 <... vfork resumed>) = 13
12 1795388257.7 clone3({flags=CLONE_VM, exit_signal=SIGCHLD, stack=NULL, stack_size=0} <unfinished ...>
12 1795388257.8 <... clone3 resumed> => {parent_tid=[14]}, 88) = 14 <0.000382>
`);
    expect(entered.map(({ name, line }) => [name, line])).toEqual([
      ["mmap", 1],
      ["prlimit64", 2],
      ["vfork", 5],
      ["clone3", 7],
    ]);
    expect(
      calls.map(({ name, startLine, line, pid, result }) => [name, startLine, line, pid, result]),
    ).toEqual([
      ["mmap", 1, 3, 10, 0x7f91b7a25000],
      ["prlimit64", 2, 4, 11, 0],
      ["vfork", 5, 6, 12, 13],
      ["clone3", 7, 8, 12, 14],
    ]);
    expect(calls[0]).toMatchObject({
      nanoseconds: 100_000_000,
      duration: 200_000_000,
      args: [0, 8192, 3, 0x22, -1, 0],
    });
    expect(totals).toMatchObject({ lines: 8, used: 8, unparsed: 0 });
  });

  it("accounts for a call whose thread never came back", () => {
    const { calls, totals } = readTrace(`10 munmap(0x1000, 4096 <unfinished ...>
10 +++ killed by SIGKILL +++
11 mmap(NULL, 4096, 0, 0x22, -1, 0 <unfinished ...>
11 close(3) = 0
12 brk(NULL <unfinished ...>
`);
    expect(calls.map(({ name }) => name)).toEqual(["close"]);
    expect(Object.fromEntries(totals.ignored)).toEqual({ "never resumed": 3, exit: 1 });
    expect(accountedLines(totals)).toBe(5);
  });

  it("takes the result that is printed at once", () => {
    expect(readCall("5 munmap(0x1000, 4096 <unfinished ...>) = ?")).toMatchObject({
      name: "munmap",
      result: null,
    });
  });

  it("reports an end without a beginning", () => {
    const { totals } = readTrace("10 <... mmap resumed>) = 0x7f\n10 <... futex resumed>) = 0\n");
    expect(totals.firstUnparsed).toMatchObject([
      { line: 1, reason: "mmap resumed, but its beginning is not in the trace" },
    ]);
    expect(accountedLines(totals)).toBe(2);
  });

  it("follows an exec by a thread that is not the leader", () => {
    const { calls, exits } =
      readTrace(`[pid 2] execve("/bin/true", ["true"], 0x7ff /* 3 vars */ <unfinished ...>
[pid 1] +++ superseded by execve in pid 2 +++
[pid 1] <... execve resumed>) = 0
`);
    expect(calls).toMatchObject([
      { name: "execve", pid: 1, result: 0, startLine: 1, line: 3, text: "/bin/true" },
    ]);
    expect(exits).toMatchObject([{ pid: 1, supersededBy: 2, line: 2 }]);
  });

  it("mends lines that strace cut in two to say that it attached", () => {
    const { calls, totals } =
      readTrace(`clone(child_stack=NULL, flags=CLONE_VM|SIGCHLDstrace: Process 5624 attached
, child_tidptr=0x7f4cec8dda10) = 5624
vfork(strace: Process 5625 attached
 <unfinished ...>
[pid  5625] exit_group(0)               = ?
[pid  5622] <... vfork resumed>)        = 5625
`);
    expect(calls.map(({ name, result }) => [name, result])).toEqual([
      ["clone", 5624],
      ["exit_group", null],
      ["vfork", 5625],
    ]);
    expect(totals).toMatchObject({ lines: 6, used: 6, unparsed: 0 });
  });
});

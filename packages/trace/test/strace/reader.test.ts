/** The strace reader: every form that real traces contain, and the account of every line. */

import { describe, expect, it } from "vitest";
import { InputError } from "../../src/input-error.js";
import { StraceReader } from "../../src/strace/reader.js";
import { encodeText } from "../../src/text.js";
import { accountedLines, readCall, readTrace } from "../support/read-trace.js";

describe("one line", () => {
  it("reads names and numbers alike", () => {
    const named = readCall(
      "mmap(0x7f0000, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0) = 0x7f0000",
    );
    const verbose = readCall(
      "mmap(0x7f0000, 8192, 0x3 /* PROT_READ|PROT_WRITE */, 0x32 /* MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS */, -1, 0) = 0x7f0000",
    );
    const raw = readCall("mmap(0x7f0000, 0x2000, 0x3, 0x32, 0xffffffff, 0) = 0x7f0000");
    expect(named.args).toEqual([0x7f0000, 8192, 3, 0x32, -1, 0]);
    expect(verbose).toEqual(named);
    expect(raw).toEqual(named);
  });

  it("reads comments in comments, shifts and products", () => {
    expect(
      readCall("mmap(NULL, 4096, 0x1, 0x28 /* 0x8 /* MAP_??? */|MAP_ANONYMOUS */, -1, 0) = 0x7f1000").args[3],
    ).toBe(0x28);
    expect(
      readCall("mmap(NULL, 4096, PROT_READ, 0x8 /* MAP_??? */|MAP_ANONYMOUS, -1, 0) = 0x7f1000").args[3],
    ).toBe(0x28);
    expect(
      readCall(
        "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_HUGETLB|21<<MAP_HUGE_SHIFT, -1, 0) = -1 ENOMEM (Cannot allocate memory)",
      ).args[3],
    ).toBe(0x54040002);
    const limit = readCall(
      "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0",
    );
    expect(limit.args).toEqual([0, 3, Number.NaN, Number.NaN, 8 * 1024 * 1024, 2 ** 64]);
  });

  it("leaves no number of one call in the slots that the next one does not fill", () => {
    const seen: number[][] = [];
    const reader = new StraceReader({
      call: ({ args }) => {
        seen.push([...args]);
      },
    });
    reader.push(
      encodeText(
        "mremap(0x1000, 4096, 8192, MREMAP_FIXED|MREMAP_MAYMOVE, 0x5000) = 0x5000\nmmap() = 0x1000\n",
      ),
    );
    reader.end();
    expect(seen[0]!.slice(0, 5)).toEqual([0x1000, 4096, 8192, 3, 0x5000]);
    expect(seen[1]).toEqual(Array.from({ length: 8 }, () => Number.NaN));
  });

  it("keeps 64-bit addresses exact for page multiples", () => {
    const call = readCall("munmap(0xfffffffffffff000, 4096) = -1 EINVAL (Invalid argument)");
    expect(BigInt(call.args[0]!)).toBe(0xfffffffffffff000n);
    expect(readCall("munmap(0x7ffffffff000, 18446744073709547520) = 0").args[1]).toBe(2 ** 64 - 4096);
  });

  it("reads results: addresses, errors, unknown ones, delayed, injected, timed", () => {
    expect(readCall("brk(NULL)       = 0x5597d7d2b000 <0.000013>")).toMatchObject({
      result: 0x5597d7d2b000,
      duration: 13_000,
    });
    expect(readCall("close(3) = -1 EBADF (Bad file descriptor)")).toMatchObject({ result: "EBADF" });
    expect(readCall("close(3) = -1 (errno 531)")).toMatchObject({ result: "errno 531" });
    expect(readCall("exit_group(0)   = ?")).toMatchObject({ result: null });
    expect(readCall("close(3) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)")).toMatchObject({
      result: null,
    });
    expect(readCall("munmap(0x1000, 4096) = 0 (DELAYED) <0.064356>")).toMatchObject({
      delayed: true,
      duration: 64_356_000,
    });
    expect(readCall("munmap(0x1000, 4096) = -1 ENOMEM (Cannot allocate memory) (INJECTED)")).toMatchObject({
      injected: true,
      result: "ENOMEM",
    });
    expect(
      readCall("fcntl(3</dev/urandom>, 0x1 /* F_GETFD */) = 0x1 (flags 0x1 /* FD_CLOEXEC */) <1.5>"),
    ).toMatchObject({
      result: 1,
      duration: 1_500_000_000,
    });
  });

  it("reads what descriptors refer to", () => {
    expect(readCall("close(3</tmp/#12>(deleted)) = 0")).toMatchObject({
      args: [3],
      fdPath: "/tmp/#12",
      fdDeleted: true,
    });
    expect(readCall("close(0</dev/null<char 1:3>>) = 0").fdPath).toBe("/dev/null");
    expect(readCall("close(4<TCP:[127.0.0.1:40->127.0.0.1:80]>) = 0").fdPath).toBe(
      "TCP:[127.0.0.1:40->127.0.0.1:80]",
    );
    expect(readCall("dup2(5<pipe:[20]>, 1</tmp/out>) = 1<pipe:[20]>")).toMatchObject({
      args: [5, 1],
      fdPath: "pipe:[20]",
      resultPath: "pipe:[20]",
    });
    expect(
      readCall('openat(-100 /* AT_FDCWD */</tmp/demo>, "x\\"y\\n\\303\\244", O_RDONLY) = 3</tmp/a\\74b\\76>'),
    ).toMatchObject({
      args: [-100, Number.NaN, 0],
      text: 'x"y\nä',
      fdPath: "/tmp/demo",
      resultPath: "/tmp/a<b>",
    });
    expect(readCall('openat(AT_FDCWD, "/cut/short"..., O_RDWR|O_CREAT, 0600) = 3')).toMatchObject({
      args: [-100, Number.NaN, 0o102, 0o600],
      text: "/cut/short",
    });
  });

  it("reads clone in all its spellings", () => {
    const flags = 0x3d0f00;
    const names =
      "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID";
    expect(
      readCall(
        "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f10) = 12",
      ).args[0],
    ).toBe(0x1200011);
    expect(
      readCall(
        "clone(child_stack=NULL, flags=0x1200000 /* X|Y */|17 /* SIGCHLD */, child_tidptr=0x7f10) = 12",
      ).args[0],
    ).toBe(0x1200011);
    expect(
      readCall(
        `clone3({flags=${names}, child_tid=0x7f, exit_signal=0, stack=0x7f00, stack_size=0x7fff80} => {parent_tid=[5]}, 88) = 5`,
      ).args,
    ).toEqual([flags, 0, 0x7f00, 0x7fff80, 88]);
    expect(readCall("vfork()         = 77").args).toEqual([]);
  });

  it("knows mseal by its number", () => {
    expect(readCall("syscall_0x1ce(0x7f55b37d2000, 0x1000, 0, 0x3, 0x3, 0x3) = 0")).toMatchObject({
      name: "mseal",
      result: 0,
    });
    expect(readCall("mseal(0x7f55b37d2000, 4096, 0) = 0")).toMatchObject({ name: "mseal" });
  });
});

describe("prefixes", () => {
  const call = "munmap(0x1000, 4096) = 0";

  it("reads thread ids", () => {
    expect(readCall(`12345 ${call}`).pid).toBe(12345);
    expect(readCall(`77    ${call}`).pid).toBe(77);
    expect(readCall(`[pid  12] ${call}`).pid).toBe(12);
    expect(readCall(`12<a b> ${call}`).pid).toBe(12);
    expect(readCall(`[pid 12<sh>] ${call}`).pid).toBe(12);
    expect(readCall(call).pid).toBe(0);
  });

  it("reads the time of day over midnight", () => {
    const { calls, timeKind } = readTrace(`23:59:59.5 ${call}\n00:00:01.25 ${call}\n00:00:02 ${call}\n`);
    expect(timeKind).toBe("clock");
    expect(calls.map(({ seconds, nanoseconds }) => seconds + nanoseconds / 1e9)).toEqual([
      86399.5, 86401.25, 86402,
    ]);
  });

  it("reads seconds since 1970 exactly, behind a short thread id as well", () => {
    expect(readCall(`619   1795388257.895579 ${call}`)).toMatchObject({
      pid: 619,
      seconds: 1795388257,
      nanoseconds: 895_579_000,
    });
    expect(readCall(`1795388257.123456789 ${call}`)).toMatchObject({ pid: 0, nanoseconds: 123_456_789 });
  });

  it("adds up relative times, and prefers absolute ones", () => {
    const { calls, timeKind } = readTrace(`     0.600000 ${call}\n     0.700000 ${call}\n`);
    expect(timeKind).toBe("relative");
    expect(calls.map(({ seconds, nanoseconds }) => [seconds, nanoseconds])).toEqual([
      [0, 600_000_000],
      [1, 300_000_000],
    ]);
    expect(readCall(`1795388257.5 (+     0.000050) ${call}`).nanoseconds).toBe(500_000_000);
  });

  it("steps over call numbers and instruction pointers", () => {
    expect(readCall(`5640  21:43:01 [  11] [00007fb4a8ac8ad7] ${call}`)).toMatchObject({
      pid: 5640,
      name: "munmap",
    });
  });
});

describe("the account", () => {
  it("names what it does not use, and numbers what it does not understand", () => {
    const { totals } = readTrace(`read(3, "x", 1) = 1
read(3, "", 1) = 0
--- SIGCHLD {si_signo=SIGCHLD, si_pid=5588} ---
+++ exited with 0 +++
strace: Process 12 attached

 > /usr/lib/x86_64-linux-gnu/libc.so.6(x+0x8823) [0x20ca3]
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
  0.00    0.000000           0         2           read
100.00    0.000000                     2           total
mmap(NULL, what, PROT_READ, MAP_PRIVATE, -1, 0) = 0x7f
mmap(NULL, 4096, PROT_WHAT, MAP_PRIVATE, -1, 0) = 0x7f
munmap(1, 2, 3) = 0
munmap(0x1000, 4096)
hello \u001b[31m there
`);
    expect(Object.fromEntries(totals.ignored)).toMatchObject({
      "other call": 2,
      signal: 1,
      exit: 1,
      message: 1,
      blank: 1,
      "stack frame": 1,
    });
    expect(Object.fromEntries(totals.ignoredCalls)).toEqual({ read: 2 });
    expect(totals.firstUnparsed.map(({ line, reason }) => [line, reason])).toEqual([
      [12, "argument 2 of mmap is not understood"],
      [13, "argument 3 of mmap is not understood"],
      [14, "munmap with more than 2 arguments"],
      [15, "the result of munmap is not understood"],
      [16, "not a line of strace"],
    ]);
    expect(totals.firstUnparsed[4]!.text).toBe("hello \\x1b[31m there");
    expect(accountedLines(totals)).toBe(totals.lines);
    expect(totals.lines).toBe(16);
  });

  it("does not depend on where chunks end", () => {
    const text = `10 1795388257.1 mmap(NULL, 8192, 0x3 /* PROT_READ|PROT_WRITE */, 0x22 /* MAP_PRIVATE|MAP_ANONYMOUS */, -1, 0) = 0x7f00
11 openat(AT_FDCWD</x>, "/a", O_RDONLY) = 3</a>
10 munmap(0x1000, 4096 <unfinished ...>
10 <... munmap resumed>) = 0`;
    const whole = readTrace(text);
    for (const size of [1, 2, 3, 7, 50, 100]) expect(readTrace(text, size)).toEqual(whole);
  });

  it("counts at most a thousand other names one by one", () => {
    const lines = Array.from({ length: 1500 }, (_, i) => `call_${i}() = 0\n`).join("");
    const { totals } = readTrace(lines);
    expect(totals.ignoredCalls.size).toBe(1001);
    expect(totals.ignoredCalls.get("(others)")).toBe(500);
  });
});

describe("lines that end too soon", () => {
  const whole = [
    '10 1795388257.1 openat(-100 /* AT_FDCWD */</tmp/demo>, "/a\\n", 0x80000 /* O_RDONLY|O_CLOEXEC */) = -1 (errno 531) (DELAYED) <0.000014>',
    "[pid  12<sh>] <... mmap resumed>) = 0x7f91b7a25000 <0.200000>",
    "clone3({flags=CLONE_VM|CLONE_FS, stack=0x7f00, stack_size=0x7fff80} => {parent_tid=[5]}, 88) = 5<x>(deleted)",
    "12:34:56.789 (+     0.000123) [  59] [00007fb4a8ac8ad7] +++ superseded by execve in pid 12 +++",
  ];

  it("are accounted for wherever they end, and never read past", () => {
    for (const line of whole) {
      for (let end = 0; end <= line.length; end++) {
        for (const newline of ["", "\n"]) {
          const { totals } = readTrace(`close(3) = 0\n${line.slice(0, end)}${newline}`);
          expect(accountedLines(totals)).toBe(totals.lines);
          expect(totals.lines).toBe(end === 0 && newline === "" ? 1 : 2);
        }
      }
    }
  });
});

describe("input that is not an x86-64 trace", () => {
  it("is refused with its line", () => {
    expect(() =>
      readTrace("close(3) = 0\nmmap2(NULL, 4096, 0, 0, -1, 0) = 0x4000\n", 100, { file: "t" }),
    ).toThrow(new InputError("t", 2, "call mmap2 belongs to another architecture than x86-64"));
    expect(() => readTrace("strace: [ Process PID=9 runs in 32 bit mode. ]\n")).toThrow(
      /not an x86-64 process/,
    );
  });

  it("stops at a line that no strace prints, holding no more than the limit", () => {
    const line = `munmap(0x1000, ${"9".repeat(10 * 1024 * 1024)})`;
    expect(() => readTrace(`close(3) = 0\n${line}\n`, 65_536)).toThrow(
      /^input:2: the line is longer than 1048576 bytes/,
    );
  });
});

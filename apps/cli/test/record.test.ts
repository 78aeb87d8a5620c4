/** record: a program recorded here replays here, exactly. Needs Linux, strace and the right to trace. */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { looksForLeaks } from "../src/recorder/strace.js";
import { scratch } from "./support/maps.js";
import { vma } from "./support/run.js";

const files = scratch();
const canTrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0 && process.arch === "x64";
const hasPerf = canTrace && process.getuid?.() === 0 && existsSync("/sys/kernel/tracing/events/exceptions");
/** strace knows how to filter, the kernel tells filters, and there is a perl to start a process that nobody traces. */
const canFilter =
  canTrace &&
  readFileSync("/proc/self/status", "latin1").includes("Seccomp_filters") &&
  spawnSync("strace", ["-f", "--seccomp-bpf", "-o", "/dev/null", "perl", "-e", "1"]).status === 0;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whether a descendant of the process is `sleep`. */
function sleeping(pid: number): boolean {
  const read = (path: string): string => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  };
  if (read(`/proc/${pid}/comm`) === "sleep\n") return true;
  return read(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .some((child) => child !== "" && sleeping(Number(child)));
}

describe("vma record", () => {
  it("refuses to mix a program and a process, and a folder that is not empty", async () => {
    const nowhere = join(files.path, "nowhere");
    expect(await vma(["record", "-o", nowhere])).toMatchObject({ code: 2 });
    expect(await vma(["record", "-o", nowhere, "-p", "1", "--", "true"])).toMatchObject({ code: 2 });
    files.write("something", "here");
    expect((await vma(["record", "-o", files.path, "--", "true"])).err).toContain("not empty");
    expect(existsSync(nowhere)).toBe(false);
  });

  // Where strace is missing or may not trace there is nothing to record with.
  it.skipIf(!canTrace)("saves what replays exactly", async () => {
    const folder = join(files.path, "sh");
    // What follows the program is its own, without -- as well.
    const { code, err } = await vma([
      "record",
      "-o",
      folder,
      "--every",
      "10",
      "sh",
      "-c",
      "cat /dev/null; true",
    ]);
    expect(code).toBe(0);
    expect(err).toMatch(/2 processes|3 processes/);
    const meta = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as Record<string, unknown>;
    expect(meta).toMatchObject({ arch: "x86_64", page_size: 4096, interrupted: false });
    const replayed = await vma(["replay", folder, "--json"]);
    const report = JSON.parse(replayed.out) as {
      snapshots: { usable: number };
      bracket: { certainWrong: number };
      firstDifference: unknown;
    };
    expect(report.snapshots.usable).toBeGreaterThan(2);
    expect(report.bracket.certainWrong).toBe(0);
    expect(report.firstDifference).toBeNull();
  });

  // As above.
  it.skipIf(!canTrace)("keeps what was recorded when it is interrupted", async () => {
    const folder = join(files.path, "interrupted");
    const ended = vma(["record", "-o", folder, "--", "sh", "-c", "cat /dev/null; sleep 60; true"]);
    // The second program of the shell: everything before it has been traced.
    for (let tries = 0; tries < 400 && !sleeping(process.pid); tries += 1) await pause(25);
    process.kill(process.pid, "SIGTERM");
    const { code, err } = await ended;
    expect(code).toBe(0);
    expect(err).toContain("interrupted; kept what was recorded");
    const meta = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as Record<string, unknown>;
    expect(meta).toMatchObject({ interrupted: true });
    expect(meta.trace_lines).toBeGreaterThan(20);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
    expect((await vma(["replay", folder, "--quiet"])).code).toBeLessThan(2);
  });

  // Without strace that is what it says first.
  it.skipIf(!canTrace)("says where it cannot write, before anything runs", async () => {
    const { code, err } = await vma(["record", "-o", join(files.write("file", ""), "below"), "--", "true"]);
    expect(code).toBe(2);
    expect(err).toMatch(/cannot be written|no folder that can be used/);
  });

  // Page faults come from perf, which needs root here.
  it.skipIf(!hasPerf)("records page faults and the kernel's records of areas", async (context) => {
    const folder = join(files.path, "faults");
    const { code, err } = await vma(["record", "-o", folder, "--faults", "--", "true"]);
    expect(code).toBe(0);
    if (err.includes("no page faults will be recorded")) return context.skip("perf may not be used here");
    const { out } = await vma(["replay", folder, "--json"]);
    const report = JSON.parse(out) as { verdict: string; checks: { total: number; exact: number } };
    expect(report.verdict).toBe("exact");
    expect(report.checks.total).toBeGreaterThan(5);
    expect(report.checks.exact).toBe(report.checks.total);
  });

  // As above.
  it.skipIf(!canTrace)("says so when the process to attach to does not exist", async () => {
    const folder = join(files.path, "gone");
    const { code, err } = await vma(["record", "-o", folder, "-p", "4194305"]);
    expect(code).toBe(3);
    expect(err).toContain("the process does not exist");
    expect(existsSync(folder)).toBe(false);
  });

  // As above, or without a filter.
  it.skipIf(!canFilter)("tells of a process that cannot be traced, unless every call stops", async () => {
    // clone with CLONE_UNTRACED and SIGCHLD; the child sleeps, then waits for its end in its own way.
    const script =
      "my $p = syscall(56, 0x800011, 0, 0, 0, 0); if ($p == 0) { sleep 1; kill 9, $$ } waitpid $p, 0";
    const run = (name: string, ...options: string[]): ReturnType<typeof vma> =>
      vma(["record", "-o", join(files.path, name), ...options, "--", "perl", "-e", script]);
    expect((await run("filtered")).err).toMatch(/process \d+ does not let itself be traced.*--no-filter/s);
    const whole = await run("whole", "--no-filter");
    expect(whole).toMatchObject({ code: 0 });
    expect(whole.err).not.toContain("traced");
  });

  it("knows programs that look for leaks by the names in them", () => {
    const head = "\x7fELF".padEnd(5000, "\0");
    files.write("plain", head);
    files.write("dynamic", `${head}libasan.so.8\0libc.so.6\0`);
    files.write("static", `${head}__lsan_init\0`);
    const names = ["plain", "dynamic", "static", "missing"];
    expect(names.map((name) => looksForLeaks(join(files.path, name)))).toEqual([false, true, true, false]);
  });

  it("says so when the program does not exist, and leaves nothing behind", async () => {
    const folder = join(files.path, "none");
    expect(await vma(["record", "-o", folder, "--", "/no/such/program"])).toMatchObject({ code: 2, out: "" });
    expect(existsSync(folder)).toBe(false);
  });
});

/** The command as it ships: built, started as a process, with real pipes. `npm test` builds before it runs this. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "vma-shipped-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(
  args: readonly string[],
  input?: Uint8Array | string,
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

/** Many areas, so that output is larger than a pipe holds. */
function manyAreas(count: number): string {
  let text = "";
  for (let index = 0; index < count; index += 1) {
    const start = 0x7f0000000000 + index * 0x4000;
    const rights = index % 2 === 0 ? "rw-p" : "---p";
    text += `${start.toString(16)}-${(start + 0x4000).toString(16)} ${rights} 00000000 00:00 0 \n`;
    text += `Size:                 16 kB\nRss:                  16 kB\nAnonymous:            16 kB\nVmFlags: ${index % 2 === 0 ? "rd wr " : ""}mr mw me ac \n`;
  }
  return text;
}

// Without a build there is nothing that ships; `npm test` always builds.
describe.skipIf(!existsSync(main))("vma, built", () => {
  it("prints its version", () => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../apps/cli/package.json", import.meta.url), "utf8"),
    ) as { version: string };
    expect(run(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("replays the recordings that ship", () => {
    const { status, stdout } = run(["replay", join(examples, "python-threads")]);
    expect(stdout).toContain("EXACT: the predicted memory map is the kernel's");
    expect(status).toBe(0);
  });

  it("ends as the README of the project says", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, shown = "nothing"] = /^```\n(Recorded\n[\s\S]*?)^```$/m.exec(readme) ?? [];
    const { stdout } = run(["replay", join(examples, "bash-script")]);
    expect(stdout.slice(stdout.indexOf("Recorded\n"))).toBe(shown);
  });

  it("reads a map from standard input", () => {
    const { status, stdout } = run(["top", "-", "--json"], manyAreas(10));
    expect(JSON.parse(stdout)).toMatchObject({ areas: 10 });
    expect(status).toBe(0);
  });

  it("ends quietly when the reader leaves early", async () => {
    const file = join(folder, "many.smaps");
    writeFileSync(file, manyAreas(20_000));
    const child = spawn(process.execPath, [main, "top", file, "--ndjson"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(said).toBe("");
    expect(status).toBe(0);
  });

  it("holds 65,530 areas in 300 MB", () => {
    const file = join(folder, "full.smaps");
    writeFileSync(file, manyAreas(65_530));
    const { status, stdout } = run(["why", file, "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ areas: 65_530, couldSave: 65_529 });
    const limited = spawnSync(process.execPath, ["--max-old-space-size=200", main, "top", file], {
      encoding: "utf8",
    });
    expect(limited.status).toBe(0);
    expect(limited.stdout).toContain("65,530 areas of 65,530 (100.0 %)");
  });

  it("exits with the statuses of its table", () => {
    const one = join(folder, "one.smaps");
    const two = join(folder, "two.smaps");
    writeFileSync(one, manyAreas(3));
    writeFileSync(two, manyAreas(4));
    expect(run(["diff", one, one]).status).toBe(0);
    expect(run(["diff", one, two]).status).toBe(1);
    expect(run(["diff", one]).status).toBe(2);
    expect(run(["top", join(folder, "none")]).status).toBe(2);
    expect(run(["top", "4194304999"]).status).toBe(3);
  });

  // Elsewhere there is no /proc of this kind.
  it.skipIf(!existsSync("/proc/self/smaps"))("looks at a running process", () => {
    const { status, stdout } = run(["why", String(process.pid), "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      target: { kind: "process", pid: process.pid, input: "smaps" },
    });
    expect(run(["top", "--all", "--json"]).status).toBe(0);
  });

  it("checks recorded decisions in parts that add up", () => {
    const truth = join(folder, "truth.jsonl");
    writeFileSync(truth, "");
    const whole = run(["check", "truth", truth, "--json"]);
    expect(JSON.parse(whole.stdout)).toEqual({
      schema: "vma.check-truth/1",
      files: 1,
      scenarios: 0,
      mismatches: 0,
      notCompared: 0,
    });
    expect(run(["check", "truth", truth, "--shard", "3/2"]).status).toBe(2);
    expect(run(["check", "corpus", join(folder, "nothing")]).status).toBe(2);
  });
});

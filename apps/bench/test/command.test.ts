// The command as built: contenders in child processes, tables, files, exit codes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

function bench(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

const QUICK = ["--n", "100", "--rounds", "2", "--warm-up", "1", "--millis", "1"];

// Runs the built command: `npm test` builds before it tests, a bare vitest run may find nothing to run.
describe.skipIf(!existsSync(main))("bench", () => {
  it("measures, draws and compares", () => {
    const folder = mkdtempSync(join(tmpdir(), "vma-bench-test-"));
    try {
      const [json, svg, markdown] = ["run.json", "run.svg", "run.md"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const files = ["--out", json, "--svg", svg, "--markdown", markdown];
      const run = bench(
        "maple",
        ...QUICK,
        "--only",
        "lookup,iterate",
        "--contenders",
        "@vma/maple,sorted-btree",
        ...files,
      );
      expect(run.err.trim().split("\n")).toEqual(["maple lookup n=100", "maple iterate n=100"]);
      expect(run.status).toBe(0);
      expect(run.out).toContain("sorted-btree");
      expect(JSON.parse(readFileSync(json, "utf8")).outcomes[0].entries[0].samples).toHaveLength(2);
      expect(readFileSync(svg, "utf8")).toContain("<svg");
      expect(readFileSync(markdown, "utf8")).toContain("| look up a random key |");
      const compared = bench("compare", json, json);
      expect(compared.status).toBe(0);
      expect(compared.out).toContain("1.00x");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("prints JSON and nothing else when asked to", () => {
    const { status, out } = bench("core", ...QUICK, "--only", "fault", "--contenders", "fault", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      format: "vma-bench/1",
      rounds: 2,
      outcomes: [{ name: "fault", n: 100 }],
    });
  });

  it("says what is wrong with its arguments and files, and exits with 2 or 1, without a stack trace", () => {
    const unknown = bench("maple", "--only", "nothing");
    expect([unknown.status, unknown.err]).toEqual([
      2,
      expect.stringMatching(/^bench: suite maple has no case "nothing": lookup, /),
    ]);
    const size = bench("maple", "--n", "many");
    expect(size.status).not.toBe(0);
    expect(size.err).toContain('"many" is no whole number');
    const file = bench("compare", "/nonexistent/a.json", "/nonexistent/b.json");
    expect(file.status).toBe(2);
    expect(file.err).toMatch(/^bench: \/nonexistent\/a\.json: ENOENT/);
  });
});

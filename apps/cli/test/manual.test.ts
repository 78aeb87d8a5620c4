/** The man page and the completion scripts are made from the commands; the page that ships is up to date. */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { manualPage } from "../src/manual.js";
import { buildProgram } from "../src/program.js";
import { Terminal } from "../src/terminal.js";
import { vma } from "./support/run.js";

const stream = { write: () => true };
const program = buildProgram(
  new Terminal({ stdout: stream, stderr: stream, stdin: Readable.from([]), env: {} }),
  () => {},
);
const names = program.commands.map((command) => command.name());
const shipped = fileURLToPath(new URL("../man/vma.1", import.meta.url));

describe("the man page", () => {
  // VMA_UPDATE=1 rewrites it.
  it("is the one the commands make", () => {
    const page = manualPage(program);
    if (process.env.VMA_UPDATE === "1") writeFileSync(shipped, page);
    expect(readFileSync(shipped, "utf8")).toBe(page);
    for (const name of names) expect(page).toContain(`.SS vma ${name}`);
  });
});

describe("completion", () => {
  it.each(["bash", "zsh", "fish"])("for %s knows every command", async (shell) => {
    const { code, out } = await vma(["completion", shell]);
    expect(code).toBe(0);
    for (const name of names) expect(out).toContain(name);
  });

  it("completes in bash", async () => {
    const { out } = await vma(["completion", "bash"]);
    const complete = (words: string): string =>
      execFileSync(
        "bash",
        [
          "-c",
          `${out}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _vma; echo "\${COMPREPLY[*]}"`,
        ],
        {
          encoding: "utf8",
        },
      ).trim();
    expect(complete("vma ratch")).toBe("ratchets");
    expect(complete("vma check cor")).toBe("corpus");
    expect(complete("vma replay --tim")).toBe("--timeline");
  });

  it("refuses other shells", async () => {
    expect((await vma(["completion", "ksh"])).code).toBe(2);
  });
});

describe("help", () => {
  it("is there for every command, and for a typing mistake", async () => {
    for (const name of names) {
      const { code, out } = await vma(["help", name]);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: vma ${name}`);
    }
    const wrong = await vma(["repaly"]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("replay");
  });

  it("has the table of exit statuses", async () => {
    const { out } = await vma(["--help"]);
    for (const code of [0, 1, 2, 3]) expect(out).toMatch(new RegExp(`^  ${code}  `, "m"));
  });
});

/** The examples of README.md are run, and what they print is what stands there. VMA_UPDATE=1 writes it anew. */

import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { scratch } from "./support/maps.js";
import { vma } from "./support/run.js";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));
const files = scratch();

/** Words of a command line; single quotes hold words together. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

it("prints what README.md shows", async () => {
  copyFileSync(new URL("data/java.smaps.gz", import.meta.url), join(files.path, "java.smaps.gz"));
  symlinkSync(fileURLToPath(new URL("../../../examples", import.meta.url)), join(files.path, "examples"));
  process.chdir(files.path);
  const before = readFileSync(readme, "utf8");
  let after = before;
  const blocks = [...before.matchAll(/```console\n([\s\S]*?)```/g)].map((match) => match[1] as string);
  expect(blocks.length).toBeGreaterThan(4);
  for (const block of blocks) {
    const commands = block.split("\n").filter((line) => line.startsWith("$ vma "));
    expect(commands.length).toBeGreaterThan(0);
    let text = "";
    for (const command of commands) {
      const { out } = await vma(words(command).slice(2), { env: { COLUMNS: "116" } });
      text += `${command}\n${out}`;
    }
    after = after.replace(block, () => text);
  }
  if (process.env.VMA_UPDATE === "1") writeFileSync(readme, after);
  else expect(after).toBe(before);
});

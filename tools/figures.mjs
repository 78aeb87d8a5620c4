// The figures in docs/how-it-is-tested.md: runs the command of each row and writes what it printed into the table.
// With --check, compares and says what differs. Needs the packages built.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./build.mjs";
import { figureRows } from "./docs/figure-rows.mjs";
import { survivorRows } from "./docs/survivor-rows.mjs";

const page = join(root, "docs/how-it-is-tested.md");
const { values: given } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const scratch = mkdtempSync(join(tmpdir(), "vma-figures-"));

/** The arguments of a command, with the one pattern that occurs taken apart as a shell would. @param {string} text */
function argumentsOf(text) {
  return text.split(" ").flatMap((word) => {
    const pattern = /^(.*)\/\*(\..+)$/.exec(word);
    if (pattern === null) return [word];
    const [, folder = "", suffix = ""] = pattern;
    const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(suffix));
    return names.sort().map((name) => `${folder}/${name}`);
  });
}

/** What a command printed, parsed. @param {string} command */
function printed(command) {
  const [program = "", ...args] = argumentsOf(command);
  const report = join(scratch, "list.json");
  const programs = {
    vma: ["apps/cli/dist/main.js", "--json"],
    mutants: ["tools/mutants.mjs", "--json"],
    vitest: ["node_modules/vitest/vitest.mjs", `--json=${report}`],
  };
  const [file, more] = programs[program];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, file), ...args, more], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stdout}\n${stderr}`);
  return JSON.parse(program === "vitest" ? readFileSync(report, "utf8") : stdout);
}

/** The recordings that ship. */
function examples() {
  const folder = join(root, "examples");
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

try {
  const rows = figureRows(examples()).map(({ what, command, figures }) => {
    const typed = command
      .replace(/^vma/, "npm start --")
      .replace(/^vitest/, "npx vitest")
      .replace(/^mutants.*/, "npm run mutants");
    const row = `| ${what} | ${figures(printed(command))} | \`${typed}\` |`;
    console.error(row);
    return row;
  });
  const before = readFileSync(page, "utf8");
  const tables = {
    figures: ["| what | how much | command |", "| --- | --- | --- |", ...rows],
    survivors: ["| file | mutation | why nothing can notice it |", "| --- | --- | --- |", ...survivorRows()],
  };
  let after = before;
  for (const [name, lines] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name}: npm run figures -->`, `<!-- end of ${name} -->`];
    const [head = "", rest = ""] = after.split(begin);
    const tail = rest.split(end)[1];
    if (tail === undefined) throw new Error(`${page} has no place for ${name}: "${begin}" ... "${end}"`);
    after = `${head}${begin}\n\n${lines.join("\n")}\n\n${end}${tail}`;
  }
  if (!given.check) writeFileSync(page, after);
  else if (after !== before)
    throw new Error("docs/how-it-is-tested.md has other figures: run npm run figures");
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

// Builds, then replays a recording that ships in examples/ and prints the report. Arguments after `--`
// are handed to `vma`: `npm start -- replay examples/another --json`.
import { existsSync, readdirSync } from "node:fs";
import { build, root, run } from "./build.mjs";

const folder = "examples";

/** The recordings that ship with the repository: folders that hold a trace, in the order of their names. */
function recordings() {
  if (!existsSync(root + folder)) return [];
  return readdirSync(root + folder, { withFileTypes: true })
    .filter(
      (e) => e.isDirectory() && readdirSync(`${root}${folder}/${e.name}`).some((f) => f.startsWith("trace.")),
    )
    .map((e) => `${folder}/${e.name}`)
    .sort();
}

const given = process.argv.slice(2);
const [first] = recordings();
if (given.length === 0 && first === undefined) {
  console.error(`There is no recording in ${folder}/ to replay.`);
  process.exitCode = 2;
} else if (!build()) {
  console.error("The build failed, so nothing was replayed.");
  process.exitCode = 1;
} else {
  const args = given.length > 0 ? given : ["replay", first];
  console.error(`vma ${args.join(" ")}\n`);
  process.exitCode = run("node", ["apps/cli/dist/main.js", ...args]);
}

// The page docs/merge-cases.md: every geometry of a merge with its picture, its rule, the marks passed on the way
// and the tests that show it.
import { MERGE_RULES } from "./merge-rules.mjs";
import { seenMerges } from "./merge-scenarios.mjs";
import { geometries, marks, owners, pictures } from "./merge-sources.mjs";

const code = (/** @type {string} */ text) => `\`${text}\``;
const fence = "```";

/** Fails with a message that says what to add where. @returns {never} */
function missing(/** @type {string} */ what) {
  throw new Error(`docs/merge-cases.md cannot be made: ${what}`);
}

/** Prose in lines of at most 115 columns. @param {string} text @param {string} indent of all lines but the first */
function wrapped(text, indent = "") {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length >= 115) lines.push(indent + word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}

/** How many scenarios are named, besides the one that is drawn. */
const NAMED = 4;

/** One geometry. */
function section(geometry, picture, seen) {
  if (!(geometry in MERGE_RULES)) missing(`tools/docs/merge-rules.mjs has no words for ${geometry}`);
  if (picture === undefined) missing(`no comment of the engine has a picture of ${geometry}`);
  // The harness's own scenarios of plain merges are the easiest to read.
  const drawn = seen.find(({ scenario }) => /^merge (new|existing): /.test(scenario)) ?? seen[0];
  if (drawn === undefined) missing(`no scenario of tests/scenarios merges as ${geometry}`);
  const numbers = [...new Set(seen.map(({ number }) => number).filter((number) => number !== null))].sort();
  const passed = [...new Set(seen.flatMap((merge) => merge.marks))];
  const others = [...new Set(seen.map(({ scenario }) => scenario))].filter((name) => name !== drawn.scenario);
  const named = others.slice(0, NAMED).map((name) => `“${name}”`);
  if (others.length > NAMED) named.push(`${others.length - NAMED} more`);
  const file = picture.file.replace("packages/core/src/", "");
  return [
    `## ${geometry}`,
    "",
    `${fence}\n${picture.before}    ${picture.after}\n${fence}`,
    "",
    wrapped(MERGE_RULES[geometry]),
    "",
    `- decided by ${code(picture.function)} in [${file}](../${picture.file})`,
    numbers.length > 0
      ? `- before the series: case ${numbers.join(" or ")}`
      : "- before the series: no such merge",
    ...passed.map((mark) => `- passes the mark ${code(mark)}`),
    ...(named.length > 0 ? [wrapped(`- also in the scenarios ${named.join(", ")}`, "  ")] : []),
    wrapped(
      `- shown by “${drawn.scenario}” of [tests/conformance.test.ts](../tests/conformance.test.ts):`,
      "  ",
    ),
    "",
    `${fence}\n${drawn.picture}\n${fence}`,
  ].join("\n");
}

/** The table of marks. */
function marksTable() {
  const owned = owners();
  const rows = [...marks()].sort().map(([mark, { file, function: around }]) => {
    const owner = owned.get(mark) ?? missing(`no test says hits(onMark, "${mark}", ...)`);
    const where = `[${file.replace("packages/core/src/", "")}](../${file})`;
    return `| ${code(mark)} | ${code(around)} in ${where} | [${owner.file}](../${owner.file}): ${owner.title} |`;
  });
  return ["| mark | where | owning test |", "| --- | --- | --- |", ...rows].join("\n");
}

/**
 * The page.
 *
 * @param {{ core: any, debug: any, testkit: any }} built the built packages
 * @returns {Promise<string>}
 */
export async function mergeCasesPage(built) {
  const seen = await seenMerges(built);
  const drawn = pictures();
  const names = geometries();
  const strange = [...drawn.keys()].filter((name) => !names.includes(name));
  if (strange.length > 0)
    missing(`a comment of the engine has a picture of ${strange.join()}, which is no geometry`);
  const sections = names.map((geometry) =>
    section(
      geometry,
      drawn.get(geometry),
      seen.filter((merge) => merge.geometry === geometry),
    ),
  );
  return `# Every geometry of a merge

Made by \`npm run pages\` from the engine's comments and marks, and by carrying out the scenarios of \`tests/scenarios\`.
A test makes it again and compares. The key to the pictures is [notation.md](notation.md): \`P\` the area below, \`V\` the
one being changed, \`N\` the one above, \`*\` the range in question; before on the left, after on the right.

A request offers a range to its neighbours: either one where nothing is mapped (\`new-\`), or part of an area that is
about to change (\`existing-\`). A merge is one of these ${names.length} geometries, named in the event \`merged\`. What a
neighbour must be like to fit is told by the reasons against it, in
[reason.ts](../packages/core/src/merge/reason.ts). The survivor keeps its own attributes. A part that reaches neither
end of its area is offered to nobody, and neither is a range with a flag that never merges.

${sections.join("\n\n")}

## Marks

A rare branch carries a mark, and one test owns it.

${marksTable()}
`;
}

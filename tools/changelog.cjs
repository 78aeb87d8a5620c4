// How changesets become changelogs: the sentences as they are, without hashes, and one line for the packages of this
// workspace that a release needs. Named in .changeset/config.json.

/** One changeset. @param {{ summary: string }} changeset */
async function getReleaseLine(changeset) {
  const [first = "", ...rest] = changeset.summary.trim().split("\n");
  return [`- ${first}`, ...rest.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
}

/** All updated dependencies. @param {unknown} _ @param {{ name: string, newVersion: string }[]} updated */
async function getDependencyReleaseLine(_, updated) {
  if (updated.length === 0) return "";
  const names = updated.map(({ name, newVersion }) => `\`${name}\` ${newVersion}`).sort();
  return `- Needs ${names.join(", ")}.`;
}

module.exports = { getReleaseLine, getDependencyReleaseLine };

// The page docs/differences.md: what differs between kernels, from the profile's data, and what is not modelled.
import { PROVEN_AGAINST, VALUE_WORDS } from "./kernel-words.mjs";
import { NOT_MODELLED } from "./not-modelled.mjs";

/**
 * @typedef {object} Rule
 * @property {string} summary
 * @property {readonly (readonly [since: string, value: unknown])[]} values
 * @property {readonly string[]} shownBy
 */

/** "6.12" as a number that compares. @param {string} version */
function versionNumber(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major * 1000 + minor;
}

const code = (/** @type {unknown} */ text) => `\`${text}\``;
const row = (/** @type {readonly unknown[]} */ cells) => `| ${cells.join(" | ")} |`;

/** @param {readonly string[]} head @param {readonly (readonly unknown[])[]} rows */
function table(head, rows) {
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

/**
 * A value as the page shows it.
 *
 * @param {unknown} value
 * @param {(flags: number, flagsHigh: number) => string} formatVmFlags
 */
function valueText(value, formatVmFlags) {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (typeof value === "number") return value === 0 ? "none" : code(formatVmFlags(value, 0));
  return code(value);
}

/** What a named value means; throws when nobody has said. @param {string} rule @param {unknown} value */
function meaning(rule, value) {
  if (typeof value !== "string") return "";
  const words = VALUE_WORDS[rule]?.[value];
  if (words === undefined) throw new Error(`tools/docs/kernel-words.mjs has no words for ${rule} "${value}"`);
  return words;
}

/** One rule with its values and the versions they hold for. */
function section(/** @type {string} */ name, /** @type {Rule} */ rule, core) {
  const lines = rule.values.map(([since, value], index) => {
    const until = rule.values[index + 1]?.[0];
    const span = [index > 0 && `from ${since}`, until !== undefined && `before ${until}`].filter(Boolean);
    const words = meaning(name, value);
    return `- ${span.join(", ")}: ${valueText(value, core.formatVmFlags)}${words === "" ? "" : `, ${words}`}`;
  });
  const shown =
    rule.shownBy.length === 0
      ? "No recorded case shows it; the truth tables, or a running kernel, did."
      : `Recorded cases that show it: ${rule.shownBy.map(code).join(", ")}.`;
  return [`### ${name}`, "", rule.summary, "", ...lines, "", shown].join("\n");
}

/**
 * The page.
 *
 * @param {any} core the built @vma/core
 * @returns {string}
 */
export function differencesPage(core) {
  const { KERNEL_RULES, PROFILES } = core;
  const profiles = table(
    ["profile", "stands for", "held against"],
    PROFILES.map(({ name, versions }) => {
      const proof = PROVEN_AGAINST[name];
      if (proof === undefined)
        throw new Error(`tools/docs/kernel-words.mjs has no words for profile ${name}`);
      const [first, last] = versions;
      return [code(name), first === last ? first : `${first} to ${last}`, proof];
    }),
  );
  const matrix = table(
    ["rule", ...PROFILES.map(({ name }) => name)],
    Object.keys(KERNEL_RULES).map((rule) => [
      `[${rule}](#${rule.toLowerCase()})`,
      ...PROFILES.map((profile) => valueText(profile[rule], core.formatVmFlags)),
    ]),
  );
  const has = ({ since, until }, { versions: [first, last] }) =>
    (since === null || versionNumber(since) <= versionNumber(last)) &&
    (until === undefined || versionNumber(until) >= versionNumber(first));
  const missing = table(
    ["not modelled", ...PROFILES.map(({ name }) => name), "instead"],
    NOT_MODELLED.map((entry) => [
      entry.what,
      ...PROFILES.map((profile) => (has(entry, profile) ? "missing" : "—")),
      entry.instead,
    ]),
  );
  return `# What differs between kernels, and what is not modelled

Made by \`npm run pages\` from \`KERNEL_RULES\` and \`PROFILES\` of \`@vma/core\`, and from the lists in \`tools/docs/\`. A
test makes it again and compares.

## Profiles

${profiles}

A release that no profile stands for gets the nearest one, and \`profileForRelease\` says so (\`exact: false\`). \`6.18-early\`
is never chosen by release, only by name: it is 6.18 as first released, before its copies kept their chains. Releases
between two profiles have the rule values given below, but no recording of one has been held against the engine.

## Rules that differ

Anything not listed is the same in all of them.

${matrix}

${Object.entries(KERNEL_RULES)
  .map(([name, rule]) => section(name, rule, core))
  .join("\n\n")}

## Not modelled

\`missing\`: kernels of that profile have it and the engine does not. \`—\`: those kernels do not have it either.

${missing}
`;
}

// The table of explained mutations in docs/how-it-is-tested.md, out of what tools/mutants/survivors.mjs says.
import { SURVIVORS } from "../mutants/survivors.mjs";

/** Text as code in a table. @param {string} text */
const code = (text) => `\`${text.replaceAll("|", "\\|")}\``;

/** @returns {string[]} rows of a Markdown table */
export const survivorRows = () =>
  SURVIVORS.map(({ file, before, after, why }) => {
    const change = after === "" ? `${code(before)} left out` : `${code(before)} as ${code(after)}`;
    return `| \`${file}\` | ${change} | ${why} |`;
  });

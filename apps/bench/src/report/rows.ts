// A run as rows of text, for the terminal's table and for Markdown alike.
import type { Outcome } from "../run/outcome.js";
import { ratiosOf, spreadOf } from "../run/statistics.js";
import { figures, times } from "./number.js";

export interface Row {
  readonly case: string;
  readonly contender: string;
  /** "534 [381-832]" */
  readonly measured: string;
  /** How many times more than ours it takes, with its spread; empty for ours itself. */
  readonly ratio: string;
}

/** "3.97x [3.10-4.20]" */
function ratioText(of: readonly number[], to: readonly number[]): string {
  const { median, min, max } = spreadOf(ratiosOf(of, to));
  return `${times(median)} [${times(min)}-${times(max)}]`;
}

export function rowsOf(outcome: Outcome): Row[] {
  const ours = outcome.entries[0];
  const rows: Row[] = outcome.entries.map(({ contender, samples }) => {
    const { median, min, max } = spreadOf(samples);
    return {
      case: outcome.name,
      contender,
      measured: `${figures(median)} [${figures(min)}-${figures(max)}]`,
      ratio: ours === undefined || ours.contender === contender ? "" : ratioText(samples, ours.samples),
    };
  });
  for (const { contender, why } of outcome.missing) {
    rows.push({ case: outcome.name, contender, measured: "-", ratio: why });
  }
  return rows;
}

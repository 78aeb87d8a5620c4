// The terminal's tables: one for each size.
import Table from "cli-table3";
import type { Outcome, Run } from "../run/outcome.js";
import { rowsOf } from "./rows.js";

/** Sizes in the order in which they come first. */
export function sizesOf(outcomes: readonly Outcome[]): number[] {
  return [...new Set(outcomes.map(({ n }) => n))];
}

export function machineLine({ machine, pinned, rounds, keys }: Run): string {
  const { node, kernel, processor, processors, memoryMiB } = machine;
  const where = pinned ? "pinned to one processor" : "not pinned";
  return `node ${node}, ${kernel}, ${processor} x ${processors}, ${memoryMiB} MiB; ${where}; CPU time, median [min-max] of ${rounds} rounds${keys === undefined ? "" : `; keys: ${keys}`}`;
}

export function tableOf(run: Run): string {
  const parts = [machineLine(run)];
  for (const n of sizesOf(run.outcomes)) {
    const table = new Table({
      head: ["case", "contender", "median [min-max]", "unit", "against ours"],
      style: { head: [], border: [], compact: true },
    });
    for (const outcome of run.outcomes.filter((candidate) => candidate.n === n)) {
      for (const [index, row] of rowsOf(outcome).entries()) {
        table.push([index === 0 ? row.case : "", row.contender, row.measured, outcome.unit, row.ratio]);
      }
    }
    parts.push(`n = ${n}`, table.toString());
  }
  return `${parts.join("\n")}\n`;
}

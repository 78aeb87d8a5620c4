/** Finding the shortest script that still fails: steps are left out, larger pieces first, as long as it does. */

import type { CorpusCase, CorpusStep } from "../corpus/format.js";

/** Runs a script and says whether it still fails. */
export type StillFails = (script: CorpusCase) => Promise<boolean>;

/**
 * The shortest script found within `trials` runs. The `initial` step of brk and placement cases is kept. `script` must
 * fail itself; steps behind its failing one should have been cut off already.
 */
export async function shrinkScript(
  script: CorpusCase,
  fails: StillFails,
  trials: number,
): Promise<CorpusCase> {
  const fixed = script.steps[0]?.op.name === "initial" ? 1 : 0;
  let best = script.steps.slice(fixed);
  const head = script.steps.slice(0, fixed);
  let left = trials;
  const build = (steps: readonly CorpusStep[]): CorpusCase => ({ ...script, steps: [...head, ...steps] });
  for (let size = Math.ceil(best.length / 2); size >= 1; ) {
    let removed = false;
    for (let from = 0; from < best.length && left > 0; ) {
      const shorter = [...best.slice(0, from), ...best.slice(from + size)];
      left -= 1;
      if (shorter.length > 0 && (await fails(build(shorter)))) {
        best = shorter;
        removed = true;
      } else from += size;
    }
    if (left <= 0) break;
    if (size === 1 && !removed) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return build(best);
}

/**
 * Which fallible steps of an operation fail. The engine asks its host for memory step by step; the steps are counted
 * from 1 in the order they are reached, and a plan says which of them find none.
 */

/**
 * The kinds of step that may fail, named as in the recorded decisions: `dup` a new area's record, `prealloc` tree
 * nodes, `policy` a copy of a memory policy, `clone` a copy of a non-empty anonymous chain, `detach` a place on
 * munmap's side list, `ufprep` a userfaultfd event, `clear` writing a hole into the tree.
 */
export type StepKind = "dup" | "prealloc" | "policy" | "clone" | "detach" | "ufprep" | "clear";

/** The step kinds, in the order they are listed in the documents. */
export const STEP_KINDS: readonly StepKind[] = [
  "dup",
  "prealloc",
  "policy",
  "clone",
  "detach",
  "ufprep",
  "clear",
];

/** Says of each fallible step whether it fails. */
export interface FaultPlan {
  /** `step` counts from 1 over all kinds, `nth` counts from 1 among the steps of this kind. */
  fails(step: number, kind: StepKind, nth: number): boolean;
}

/** Nothing fails. */
export const NO_FAULTS: FaultPlan = { fails: () => false };

/** The `n`-th fallible step fails (counted from 1). Throws RangeError unless `n` is a positive integer. */
export function failStep(n: number): FaultPlan {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`the step to fail is ${n}, not a positive integer`);
  return { fails: (step) => step === n };
}

/** The `n`-th step of one kind fails (the first by default). */
export function failKind(kind: StepKind, n: number = 1): FaultPlan {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`the step to fail is ${n}, not a positive integer`);
  return { fails: (_step, reached, nth) => reached === kind && nth === n };
}

/** Every step from the `n`-th on fails: memory has run out and does not come back. */
export function failFrom(n: number): FaultPlan {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`the step to fail is ${n}, not a positive integer`);
  return { fails: (step) => step >= n };
}

/**
 * Runs `body` once for each fallible step, with that step failing, until a run no longer reaches it.
 *
 * `body` builds its own address space, runs the operation under the plan it is given, and returns whether the planned
 * failure was reached. Returns the number of steps that were failed.
 */
export function failEachStep(body: (plan: FaultPlan, step: number) => boolean): number {
  let step = 1;
  while (body(failStep(step), step)) step += 1;
  return step - 1;
}

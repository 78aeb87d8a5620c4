/** What the command's exit status says: one table for every command. */

export const EXIT = {
  /** Done, and nothing to report. */
  fine: 0,
  /** Done, and something was found: a difference, a mismatch, a limit that is near. */
  found: 1,
  /** Wrong arguments, or an input that cannot be read. */
  wrongUse: 2,
  /** Not possible here: no Linux, no permission, a tool that is missing. */
  notPossible: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table as `vma --help` and the man page print it. */
export const EXIT_TABLE: readonly (readonly [ExitCode, string])[] = [
  [EXIT.fine, "fine: done, nothing found, nothing differs"],
  [EXIT.found, "found something: a difference, a mismatch, a limit that is near"],
  [EXIT.wrongUse, "wrong use, or an input that cannot be read"],
  [EXIT.notPossible, "not possible here: no permission, no such tool, not Linux"],
];

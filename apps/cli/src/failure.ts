/** The one error a command ends with: what went wrong, what to do next, and the exit status. */

import { EXIT, type ExitCode } from "./exit-code.js";

/** Printed as `vma: message`, then the hint on a line of its own. Never a stack trace. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;
  /** What to do next, one sentence; empty when the message says it all. */
  readonly hint: string;

  constructor(exitCode: ExitCode, message: string, hint = "") {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** Wrong arguments, or an input that cannot be read (exit 2). */
export function wrongUse(message: string, hint = ""): Failure {
  return new Failure(EXIT.wrongUse, message, hint);
}

/** The request is fine but cannot be met on this machine or by this user (exit 3). */
export function notPossible(message: string, hint = ""): Failure {
  return new Failure(EXIT.notPossible, message, hint);
}

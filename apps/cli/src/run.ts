/** One run of the command: arguments in, exit status out, errors as messages. */

import { InputError } from "@vma/trace";
import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "./exit-code.js";
import { Failure, wrongUse } from "./failure.js";
import { safe } from "./output/escape.js";
import { buildProgram } from "./program.js";
import { type Surroundings, Terminal } from "./terminal.js";

/** Whether the reader of our output has gone: nothing is wrong then. */
export function isClosedPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
}

function report(error: unknown, terminal: Terminal): ExitCode {
  const { red } = terminal.errorColors;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.wrongUse;
  if (error instanceof Failure) {
    terminal.note(`${red("vma:")} ${safe(error.message)}`);
    if (error.hint !== "") terminal.note(`     ${safe(error.hint)}`);
    return error.exitCode;
  }
  if (error instanceof InputError) {
    terminal.note(`${red("vma:")} ${safe(error.message)}`);
    return EXIT.wrongUse;
  }
  if (isClosedPipe(error)) return EXIT.fine;
  throw error;
}

/** Runs `vma` with `args` (without the program's own name). Rejects only for faults of its own. */
export async function runVma(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const terminal = new Terminal(surroundings);
  let status: ExitCode = EXIT.fine;
  const program = buildProgram(terminal, (code) => {
    status = code;
  });
  try {
    const [first, topic] = args;
    if (first === "help" && topic !== undefined && !program.commands.some((one) => one.name() === topic))
      throw wrongUse(`help ${topic}: no such command`, "vma --help lists them.");
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    return report(error, terminal);
  }
}

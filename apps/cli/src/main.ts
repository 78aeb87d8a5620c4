#!/usr/bin/env node
/** The `vma` command: connects the process's streams, runs the command chosen, turns errors into messages. */

import { InputError } from "@vma/trace";
import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "./exit-code.js";
import { Failure } from "./failure.js";
import { safe } from "./output/escape.js";
import { buildProgram } from "./program.js";
import { Terminal } from "./terminal.js";

/** A reader that closed its end early is no error: whoever runs `vma ... | head` has what they wanted. */
function leaveQuietlyOnClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") process.exit(process.exitCode ?? 0);
    throw error;
  });
}

function report(error: unknown, terminal: Terminal): ExitCode {
  const { red } = terminal.errorColors;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.wrongUse;
  if (error instanceof Failure) {
    terminal.note(`${red("vma:")} ${error.message}`);
    if (error.hint !== "") terminal.note(`     ${error.hint}`);
    return error.exitCode;
  }
  if (error instanceof InputError) {
    terminal.note(`${red("vma:")} ${safe(error.message)}`);
    return EXIT.wrongUse;
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED") return EXIT.fine;
  throw error;
}

leaveQuietlyOnClosedPipe(process.stdout);
leaveQuietlyOnClosedPipe(process.stderr);
const terminal = new Terminal(process);
try {
  await buildProgram(terminal, (code) => {
    process.exitCode = code;
  }).parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error, terminal);
}

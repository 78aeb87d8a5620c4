#!/usr/bin/env node
/** The `vma` command: connects the process's streams and runs it. */

import { isClosedPipe, runVma } from "./run.js";

// A reader that closed its end early has what it wanted: `vma ... | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (isClosedPipe(error)) process.exit(process.exitCode ?? 0);
    throw error;
  });
}
process.exitCode = await runVma(process.argv.slice(2), process);

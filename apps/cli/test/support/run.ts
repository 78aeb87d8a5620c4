/** Runs the command inside the test, with streams that collect. */

import { Readable } from "node:stream";
import { runVma } from "../../src/run.js";
import type { OutputStream } from "../../src/terminal.js";

export interface RunResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunSettings {
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  readonly columns?: number;
}

class Collector implements OutputStream {
  text = "";
  readonly isTTY: boolean;
  readonly columns?: number;

  constructor(isTTY: boolean, columns: number | undefined) {
    this.isTTY = isTTY;
    if (columns !== undefined) this.columns = columns;
  }

  write(text: string, done?: (error?: Error | null) => void): boolean {
    this.text += text;
    done?.(null);
    return true;
  }
}

/** `vma ARGS`; output is no terminal unless asked for. */
export async function vma(args: readonly string[], settings: RunSettings = {}): Promise<RunResult> {
  const stdout = new Collector(settings.tty ?? false, settings.columns);
  const stderr = new Collector(false, undefined);
  const code = await runVma(args, { stdout, stderr, stdin: Readable.from([]), env: settings.env ?? {} });
  return { code, out: stdout.text, err: stderr.text };
}

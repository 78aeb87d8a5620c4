/** Where a command writes: standard output and error, whether they are terminals, how wide, in colour or not. */

import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;
export type ColorChoice = "auto" | "always" | "never";

/** What a stream must offer; `process.stdout` does, and so does a collector in a test. */
export interface OutputStream {
  write(text: string, done?: (error?: Error | null) => void): boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The streams and settings a run is given. */
export interface Surroundings {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Narrowest table that is laid out; below it lines run over. */
const MIN_WIDTH = 60;

/** Standard output and error of one run. All text is the caller's to escape (output/escape.ts). */
export class Terminal {
  readonly stdin: Surroundings["stdin"];
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  readonly #env: Surroundings["env"];
  colors: Colors;
  /** Colours of standard error, which may be a terminal when standard output is none. */
  errorColors: Colors;

  constructor(surroundings: Surroundings) {
    this.#stdout = surroundings.stdout;
    this.#stderr = surroundings.stderr;
    this.stdin = surroundings.stdin;
    this.#env = surroundings.env;
    this.colors = this.#choose("auto", this.#stdout);
    this.errorColors = this.#choose("auto", this.#stderr);
  }

  /** `--color`: always and never win over NO_COLOR and FORCE_COLOR, auto asks them and then the stream. */
  useColor(choice: ColorChoice): void {
    this.colors = this.#choose(choice, this.#stdout);
    this.errorColors = this.#choose(choice, this.#stderr);
  }

  #choose(choice: ColorChoice, stream: OutputStream): Colors {
    if (choice !== "auto") return pc.createColors(choice === "always");
    const { NO_COLOR, FORCE_COLOR, TERM } = this.#env;
    if (NO_COLOR !== undefined && NO_COLOR !== "") return pc.createColors(false);
    if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return pc.createColors(FORCE_COLOR !== "0");
    return pc.createColors(stream.isTTY === true && TERM !== "dumb");
  }

  /** Columns to lay out for; Infinity when standard output is no terminal and COLUMNS does not say. */
  get width(): number {
    const given = Number(this.#env.COLUMNS);
    const columns = this.#stdout.columns ?? (Number.isInteger(given) && given > 0 ? given : undefined);
    return columns === undefined ? Number.POSITIVE_INFINITY : Math.max(MIN_WIDTH, columns);
  }

  /** The same terminal without colours, for text that goes elsewhere. */
  plain(): Terminal {
    const copy = new Terminal({
      stdout: this.#stdout,
      stderr: this.#stderr,
      stdin: this.stdin,
      env: this.#env,
    });
    copy.useColor("never");
    return copy;
  }

  get isInteractive(): boolean {
    return this.#stdout.isTTY === true;
  }

  /** Whether progress may be drawn on standard error. */
  get showsProgress(): boolean {
    return this.#stderr.isTTY === true && this.#env.TERM !== "dumb";
  }

  /** Standard error itself, for the progress bar. */
  get errorStream(): OutputStream {
    return this.#stderr;
  }

  /** Writes to standard output; resolves when the reader has room for more. */
  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** One line on standard error. */
  note(text: string): void {
    this.#stderr.write(`${text}\n`);
  }
}

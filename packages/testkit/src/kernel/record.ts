/** Running scripts on the running kernel and writing down what it did, in the corpus' form (Node only). */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { errnoName, PAGE_SIZE } from "@vma/core";
import type { CorpusArea, CorpusCase, CorpusOperation, CorpusResult, CorpusStep } from "../corpus/format.js";
import { KernelUnavailable } from "./build.js";
import { operationLine } from "./operation-line.js";

/** Longest time one script may take, milliseconds. */
const PATIENCE = 60_000;

/** Pages of the window of a case, as offsets to its base. */
const WINDOW_BELOW = 8192;
const WINDOW_ABOVE = 2 ** 20;
/** Pages of heap the helper makes before a `brk` script. */
const HEAP_PAGES = 34;

/** A compiled helper, running. One script at a time. */
export class KernelHelper {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #waiting: string[] = [];
  #wake: (() => void) | null = null;
  #ended: string | null = null;

  /** Starts the program at `path`. */
  constructor(path: string) {
    this.#process = spawn(path, [], { stdio: "pipe", env: {} });
    this.#process.on("error", (error) => this.#end(error.message));
    this.#process.on("close", (code, signal) => this.#end(`it ended (${signal ?? code})`));
    this.#process.stdin.on("error", (error) => this.#end(error.message));
    this.#process.stderr.resume();
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#lines.on("line", (line) => {
      this.#waiting.push(line);
      this.#wake?.();
    });
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    this.#wake?.();
  }

  /** Sends text and returns the lines of the answer, up to and without the closing one. */
  async #ask(text: string): Promise<string[]> {
    this.#process.stdin.write(text);
    const answer: string[] = [];
    const deadline = setTimeout(() => this.#end("it does not answer"), PATIENCE);
    try {
      for (;;) {
        for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
          if (line.startsWith("x ")) throw new KernelUnavailable(`the helper gave up: ${line.slice(2)}`);
          if (line.startsWith("e ")) {
            if (line !== "e 0") answer.push(line);
            return answer;
          }
          answer.push(line);
        }
        if (this.#ended !== null) throw new KernelUnavailable(`the helper cannot be used: ${this.#ended}`);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** What the system is like, by name. Throws KernelUnavailable when the helper does not run. */
  async probe(): Promise<Map<string, number>> {
    const answers = new Map<string, number>();
    for (const line of await this.#ask("probe\n")) {
      const [, name, value] = line.split(" ");
      if (name !== undefined) answers.set(name, Number(value));
    }
    return answers;
  }

  /**
   * Runs the operations of `script` and returns the same case with what the kernel did. Steps behind one that ended
   * the process are missing. Throws KernelUnavailable when the helper fails.
   */
  async record(script: CorpusCase, withPolicies: boolean): Promise<CorpusCase> {
    return withAnswer(script, await this.#ask(scriptText(script, withPolicies)));
  }

  /** Ends the program. */
  close(): void {
    this.#process.stdin.end();
    this.#lines.close();
    this.#process.kill();
  }
}

/** What the helper reads for one case: head, operations, `end`. */
function scriptText(script: CorpusCase, withPolicies: boolean): string {
  const { kind } = script;
  const base = kind === "arena" ? (script.arena?.base ?? "0x0").slice(2) : kind === "brk" ? "brk" : "0";
  const head = `case ${base} ${windowOf(kind, Number.parseInt(base, 16))} ${withPolicies ? 1 : 0}\n`;
  return `${head}${script.steps.map(({ op }) => operationLine(op)).join("\n")}\nend\n`;
}

/** `script` with the steps that the helper's answer, split into lines, tells of. */
function withAnswer(script: CorpusCase, answer: readonly string[]): CorpusCase {
  const operations = script.steps.map(({ op }) => op);
  return { ...script, steps: new AnswerReader(script, operations).read(answer) };
}

function windowOf(kind: CorpusCase["kind"], base: number): string {
  if (kind === "placement") return "0 ffffffffffffffff";
  if (kind === "brk")
    return `-${(HEAP_PAGES * PAGE_SIZE).toString(16)} ${(WINDOW_ABOVE * PAGE_SIZE).toString(16)}`;
  const low = base - WINDOW_BELOW * PAGE_SIZE;
  return `${low.toString(16)} ${(base + WINDOW_ABOVE * PAGE_SIZE).toString(16)}`;
}

/** The helper's lines for one case, turned into steps. */
class AnswerReader {
  readonly #kind: CorpusCase["kind"];
  readonly #operations: readonly CorpusOperation[];
  /** Names of files by device and inode. */
  readonly #files: Map<string, string> = new Map();
  /** Names of segments by id, which smaps shows as inode. */
  readonly #segments: Map<string, string> = new Map();
  #shared = 0;
  #base = 0;

  constructor(script: CorpusCase, operations: readonly CorpusOperation[]) {
    this.#kind = script.kind;
    this.#operations = operations;
  }

  read(lines: readonly string[]): CorpusStep[] {
    const steps: CorpusStep[] = [];
    let result: CorpusResult = "ok";
    let areas: CorpusArea[] = [];
    let changed = true;
    let attached: Record<string, number> | undefined;
    for (const line of lines) {
      const rest = line.slice(2);
      switch (line[0]) {
        case "b":
          this.#base = Number.parseInt(rest, 16);
          break;
        case "f": {
          const [name = "", device = "", inode = ""] = rest.split(" ");
          this.#files.set(`${device} ${inode}`, name);
          break;
        }
        case "g":
          this.#nameSegment(rest.split(" "));
          break;
        case "r":
          result = this.#result(this.#operations[steps.length] as CorpusOperation, rest);
          areas = [];
          changed = true;
          attached = undefined;
          break;
        case "=":
          changed = false;
          break;
        case "v":
          areas.push(this.#area(rest));
          break;
        case "p":
          this.#policy(areas, rest);
          break;
        case "n": {
          const [index = "", count] = rest.split(" ");
          attached = { ...attached, [`S${index}`]: Number(count) };
          break;
        }
        case ".": {
          const step = { op: this.#operations[steps.length] as CorpusOperation, ret: result };
          const shown = changed ? { ...step, vmas: areas } : step;
          steps.push(attached === undefined ? shown : { ...shown, nattch: attached });
          break;
        }
        default:
          break;
      }
    }
    return steps;
  }

  #nameSegment([index = "", id = ""]: readonly string[]): void {
    this.#segments.set(id, `S${index}`);
  }

  #position(bytes: number): number | string {
    return this.#kind === "placement" ? `0x${bytes.toString(16)}` : (bytes - this.#base) / PAGE_SIZE;
  }

  #result(op: CorpusOperation, text: string): CorpusResult {
    if (text.startsWith("SIG")) return text;
    const value = Number(text);
    if (value < 0) return errnoName(value);
    if (op.name === "brk") {
      const wanted = this.#base + Number(op.to) * PAGE_SIZE + (op.toBytes ?? 0);
      if (value === wanted) return "ok";
      const pages = Math.floor((value - this.#base) / PAGE_SIZE);
      const bytes = value - this.#base - pages * PAGE_SIZE;
      return bytes === 0 ? { brk: pages } : { brk: pages, bytes };
    }
    if (op.name !== "mmap" && op.name !== "mremap" && op.name !== "shmat") return "ok";
    if (this.#kind === "placement") return `0x${value.toString(16)}`;
    const asked = op.name === "mremap" && op.to !== undefined ? op.to : op.start;
    const page = (value - this.#base) / PAGE_SIZE;
    return page === asked ? "ok" : { at: page };
  }

  /** `START END PERMS OFFSET DEVICE INODE`, the path and the flags, parted by tabs. */
  #area(text: string): CorpusArea {
    const [head = "", path = "", flagText = ""] = text.split("\t");
    const [start = "", end = "", permissions = "", offset = "", device = "", inode = ""] = head.split(" ");
    const bracketed = path.startsWith("[");
    // A segment's id is its inode, and the first one's is 0.
    const isFile = inode !== "0" || path.startsWith("/");
    const backing = isFile ? this.#backing(device, inode, path) : null;
    const from = this.#position(Number.parseInt(start, 16));
    const to = this.#position(Number.parseInt(end, 16));
    const pgoff = Number.parseInt(offset, 16) / PAGE_SIZE;
    const flags = flagText.trim();
    if (bracketed) return [from, to, permissions, pgoff, backing, flags, path];
    return [from, to, permissions, pgoff, backing, flags];
  }

  #backing(device: string, inode: string, path: string): string {
    const key = `${device} ${inode}`;
    if (path.startsWith("/SYSV")) return this.#segments.get(inode) ?? "[segment]";
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    let name = "[runner]";
    if (path.startsWith("/dev/zero") || path.startsWith("[")) {
      this.#shared += 1;
      name = `Z${this.#shared}`;
    }
    this.#files.set(key, name);
    return name;
  }

  #policy(areas: CorpusArea[], text: string): void {
    const [start = "", policy = ""] = text.split(" ");
    const from = this.#position(Number.parseInt(start, 16));
    const index = areas.findIndex((area) => area[0] === from);
    const area = areas[index];
    if (area === undefined) return;
    areas[index] = [area[0], area[1], area[2], area[3], area[4], area[5], area[6] ?? null, policy];
  }
}

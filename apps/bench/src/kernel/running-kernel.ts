// The running Linux as a contender: compiles kernel/calls.c once, and lets it perform the stream.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../run/cache.js";
import { type Subject, Unavailable } from "../run/case.js";
import type { Clock } from "../run/clock.js";
import type { CallProgram } from "./call-list.js";

/** From dist/ and from src/kernel/ alike. */
const SOURCES: readonly string[] = ["../kernel/calls.c", "../../kernel/calls.c"];

function source(): string {
  for (const place of SOURCES) {
    const file = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(file)) return file;
  }
  throw new Error("kernel/calls.c is missing beside the benchmark");
}

/** Compiles the program, or finds it compiled. Throws Unavailable with the reason. */
function compiled(): string {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Unavailable(`needs Linux on x86-64, this is ${process.platform} on ${process.arch}`);
  }
  const file = source();
  const digest = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
  const program = join(cacheFolder(), `calls-${digest}`);
  if (existsSync(program)) return program;
  const fresh = `${program}.${process.pid}`;
  const compiler = spawnSync("cc", ["-O2", "-o", fresh, file], { encoding: "utf8" });
  if (compiler.error !== undefined) throw new Unavailable(`no C compiler: ${compiler.error.message}`);
  if (compiler.status !== 0) throw new Unavailable(`cc failed: ${compiler.stderr.trim().slice(0, 400)}`);
  renameSync(fresh, program);
  return program;
}

function encode({ setup, round }: CallProgram): Buffer {
  const stretches = [{ timed: false, calls: setup }, ...round];
  const heads = stretches.flatMap(({ timed, calls }) => [timed ? 1 : 0, calls.length]);
  const numbers = [
    Int32Array.of(stretches.length, ...heads),
    ...stretches.map(({ calls }) => calls.toArray()),
  ];
  return Buffer.concat(
    numbers.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
}

class KernelSubject implements Subject {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaint = "";

  constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#lines = createInterface(process.stdout)[Symbol.asyncIterator]();
    process.stderr.on("data", (text: Buffer) => {
      this.#complaint += text.toString();
    });
    process.stdin.on("error", () => {
      // Its end is told by the line that does not come.
    });
  }

  /** The next line of the program. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true)
      throw new Error(`the program of calls ended: ${this.#complaint.trim() || "no message"}`);
    return value;
  }

  async round(clock: Clock): Promise<number> {
    this.#process.stdin.write("round\n");
    const [timed = 0, cpu = 0, wall = 0, sum = 0] = (await this.line()).split(" ").map(Number);
    clock.add(timed, cpu, wall);
    return sum;
  }

  close(): void {
    this.#process.kill();
  }
}

/** The program on the running kernel. Throws Unavailable where that is impossible. */
export async function kernelSubject(program: CallProgram): Promise<Subject> {
  const binary = compiled();
  const folder = mkdtempSync(join(tmpdir(), "vma-bench-"));
  try {
    const stream = join(folder, "stream");
    writeFileSync(stream, encode(program));
    const subject = new KernelSubject(spawn(binary, [stream], { stdio: "pipe" }));
    await subject.line();
    return subject;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

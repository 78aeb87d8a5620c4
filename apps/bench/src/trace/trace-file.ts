// Traces to read, made by the engine: a million calls as a program might make them, with the results that the kernel
// would have given, in the two renderings of strace that matter.
import { closeSync, existsSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  AddressSpace,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MREMAP_MAYMOVE,
  OpenFile,
  PAGE_SIZE,
  PROT_READ,
  PROT_WRITE,
} from "@vma/core";
import { cacheFolder } from "../run/cache.js";
import { mix, Random } from "../run/random.js";

/** `strace`, and `strace -f -ttt -T -y -X verbose`. */
export type Rendering = "default" | "verbose";

/** Process id of the verbose rendering. */
export const PID = 4711;
const HEAP = 0x5565_0000_0000;
const ARENA = 0x7f00_0000_0000;
const ARENA_PAGES = 20_000;
/** Grows with the generator: files of an older one are not used. */
const VERSION = 4;

/** A file of calls, and the sum over their numbers that a reader has to come to. */
export interface TraceFile {
  readonly path: string;
  readonly lines: number;
  readonly sum: number;
}

/** What is behind the mappings of a file, one in five, and how `-y` prints its descriptor. */
const LIBRARY = "/usr/lib/x86_64-linux-gnu/libexample.so.1.2.3";
const DESCRIPTOR = 3;

const PROTECTIONS: readonly [number, string][] = [
  [0, "PROT_NONE"],
  [PROT_READ, "PROT_READ"],
  [PROT_READ | PROT_WRITE, "PROT_READ|PROT_WRITE"],
];

/** One call: its numbers as they are summed, and as the two renderings print them. */
interface Drawn {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly plain: readonly string[];
  readonly verbose: readonly string[];
  readonly result: number;
}

function hex(value: number): string {
  return value === 0 ? "NULL" : `0x${value.toString(16)}`;
}

function symbol(value: number, names: string): string {
  return `${value === 0 ? "0" : `0x${value.toString(16)}`} /* ${names} */`;
}

/** Draws calls and performs them: 50 % mmap, a fifth of it of a file, 25 % mprotect, 17 % munmap, 4 % brk, 4 % mremap. */
class Program {
  readonly #space = new AddressSpace({
    kernel: "6.18",
    startBrk: HEAP,
    mmapBase: ARENA + ARENA_PAGES * PAGE_SIZE,
    limits: { maxMapCount: Number.POSITIVE_INFINITY },
  });
  readonly #library = new OpenFile({ path: LIBRARY });
  readonly #random = new Random(40);

  /** The first line: what the heap's start is. */
  start(): Drawn {
    return { name: "brk", numbers: [0], plain: ["NULL"], verbose: ["NULL"], result: this.#space.brk(0) };
  }

  draw(): Drawn {
    const random = this.#random;
    const address = ARENA + random.below(ARENA_PAGES - 32) * PAGE_SIZE;
    const length = (1 + random.below(16)) * PAGE_SIZE;
    const [prot, protName] = PROTECTIONS[random.below(3)] as [number, string];
    const kind = random.below(100);
    const space = this.#space;
    if (kind < 10) {
      const flags = MAP_PRIVATE | MAP_FIXED;
      const names = "MAP_PRIVATE|MAP_FIXED";
      const pgoff = random.below(1000);
      const offset = pgoff * PAGE_SIZE;
      const at = pgoff === 0 ? "0" : hex(offset);
      const named = `${DESCRIPTOR}<${LIBRARY}>`;
      return {
        name: "mmap",
        numbers: [address, length, prot, flags, DESCRIPTOR, offset],
        plain: [hex(address), `${length}`, protName, names, `${DESCRIPTOR}`, at],
        verbose: [hex(address), `${length}`, symbol(prot, protName), symbol(flags, names), named, at],
        result: space.mmap({ address, length, prot, flags, file: this.#library, pgoff }),
      };
    }
    if (kind < 50) {
      const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
      const names = "MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS";
      return {
        name: "mmap",
        numbers: [address, length, prot, flags, -1, 0],
        plain: [hex(address), `${length}`, protName, names, "-1", "0"],
        verbose: [hex(address), `${length}`, symbol(prot, protName), symbol(flags, names), "-1", "0"],
        result: space.mmap({ address, length, prot, flags }),
      };
    }
    if (kind < 75) {
      return {
        name: "mprotect",
        numbers: [address, length, prot],
        plain: [hex(address), `${length}`, protName],
        verbose: [hex(address), `${length}`, symbol(prot, protName)],
        result: space.mprotect(address, length, prot),
      };
    }
    if (kind < 92) {
      const text = [hex(address), `${length}`];
      const result = space.munmap(address, length);
      return { name: "munmap", numbers: [address, length], plain: text, verbose: text, result };
    }
    if (kind < 96) {
      const to = HEAP + random.below(1000) * PAGE_SIZE;
      return { name: "brk", numbers: [to], plain: [hex(to)], verbose: [hex(to)], result: space.brk(to) };
    }
    const grown = length + PAGE_SIZE;
    const sizes = [hex(address), `${length}`, `${grown}`];
    return {
      name: "mremap",
      numbers: [address, length, grown, MREMAP_MAYMOVE],
      plain: [...sizes, "MREMAP_MAYMOVE"],
      verbose: [...sizes, symbol(MREMAP_MAYMOVE, "MREMAP_MAYMOVE")],
      result: space.mremap(address, length, grown, MREMAP_MAYMOVE),
    };
  }
}

const ERRORS: Readonly<Record<number, string>> = {
  12: "ENOMEM (Cannot allocate memory)",
  13: "EACCES (Permission denied)",
  14: "EFAULT (Bad address)",
  22: "EINVAL (Invalid argument)",
};

function resultText(result: number): string {
  if (result < 0) return `-1 ${ERRORS[-result] ?? `ERRNO_${-result}`}`;
  return result === 0 ? "0" : `0x${result.toString(16)}`;
}

function lineOf(call: Drawn, rendering: Rendering, index: number): string {
  if (rendering === "default")
    return `${`${call.name}(${call.plain.join(", ")})`.padEnd(39)} = ${resultText(call.result)}\n`;
  const micros = index * 37;
  const time = `${1_795_380_000 + Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, "0")}`;
  const text = `${call.name}(${call.verbose.join(", ")})`.padEnd(15);
  return `${PID} ${time} ${text} = ${resultText(call.result)} <0.0000${10 + (index % 80)}>\n`;
}

/** The line before the calls: the program begins. It is not summed. */
function firstLine(rendering: Rendering): string {
  const call = 'execve("/bin/program", ["program"], 0x7ffd00020f00 /* 12 vars */)';
  if (rendering === "default") return `${call} = 0\n`;
  return `${PID} 1795379999.000000 ${call} = 0 <0.000500>\n`;
}

/** What a reader adds up for each call: its numbers, its result (-1 for a failure) and the error. */
export function sumCall(
  sum: number,
  numbers: ArrayLike<number>,
  count: number,
  result: number,
  error: number,
): number {
  let total = sum;
  for (let i = 0; i < count; i += 1) total = mix(total, numbers[i] as number);
  return mix(mix(total, result), error);
}

/** The trace of `calls` calls, made if it is not there. */
export function traceFile(calls: number, rendering: Rendering): TraceFile {
  const path = join(cacheFolder(), `trace-${VERSION}-${calls}-${rendering}.strace`);
  const program = new Program();
  const file = existsSync(path) ? null : openSync(`${path}.${process.pid}`, "w");
  let sum = 0;
  let text = firstLine(rendering);
  for (let index = 0; index < calls; index += 1) {
    const call = index === 0 ? program.start() : program.draw();
    const failed = call.result < 0;
    sum = sumCall(
      sum,
      call.numbers,
      call.numbers.length,
      failed ? -1 : call.result,
      failed ? -call.result : 0,
    );
    if (file === null) continue;
    text += lineOf(call, rendering, index);
    if (text.length < 1 << 16) continue;
    writeSync(file, text);
    text = "";
  }
  if (file !== null) {
    writeSync(file, text);
    closeSync(file);
    renameSync(`${path}.${process.pid}`, path);
  }
  return { path, lines: calls + 1, sum };
}

const CHUNK: Uint8Array = new Uint8Array(1 << 20);

/** Reads a file in chunks of 1 MiB; the chunk is reused. */
export function* readChunks(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const count = readSync(file, CHUNK, 0, CHUNK.length, null);
      if (count === 0) return;
      yield count === CHUNK.length ? CHUNK : CHUNK.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}

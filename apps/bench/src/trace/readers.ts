// Three ways to read a trace: ours, one regular expression for each line, and nothing but counting lines.
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MREMAP_MAYMOVE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from "@vma/core";
import { CALL_EXECVE, RESULT_ERROR, StraceReader } from "@vma/trace";
import { readChunks, sumCall, type TraceFile } from "./trace-file.js";

/** Reads with @vma/trace; returns the sum over all calls. */
export function readWithReader({ path, lines }: TraceFile): number {
  let sum = 0;
  const reader = new StraceReader({
    call(record) {
      if (record.call === CALL_EXECVE) return;
      const { args, argCount, resultKind, result, error } = record;
      sum = sumCall(sum, args, argCount, resultKind === RESULT_ERROR ? -1 : result, error);
    },
  });
  for (const chunk of readChunks(path)) reader.push(chunk);
  const totals = reader.end();
  if (totals.used !== lines) throw new Error(`${path}: ${totals.used} of ${lines} lines were understood`);
  return sum;
}

const LINE =
  /^(?:(\d+) )?(?:(\d+\.\d+) )?(\w+)\((.*)\)\s+= (-?\d+|0x[0-9a-f]+|\?)(?: ([A-Z]+) \([^)]*\))?(?: <([\d.]+)>)?$/;
const COMMENT = /(0x[0-9a-f]+|\d+) \/\* [^*]* \*\//g;

const NAMES: ReadonlyMap<string, number> = new Map([
  ["NULL", 0],
  ["PROT_NONE", 0],
  ["PROT_READ", PROT_READ],
  ["PROT_WRITE", PROT_WRITE],
  ["PROT_EXEC", PROT_EXEC],
  ["MAP_PRIVATE", MAP_PRIVATE],
  ["MAP_FIXED", MAP_FIXED],
  ["MAP_ANONYMOUS", MAP_ANONYMOUS],
  ["MREMAP_MAYMOVE", MREMAP_MAYMOVE],
]);

const ERRNOS: ReadonlyMap<string, number> = new Map([
  ["ENOMEM", 12],
  ["EACCES", 13],
  ["EFAULT", 14],
  ["EINVAL", 22],
]);

/** A number; of "3</path>", how -y prints a descriptor, the number before the path. */
function numberOf(text: string): number {
  const first = text.charCodeAt(0);
  if (first < 0x3a) return Number.parseInt(text, text.startsWith("0x") ? 16 : 10);
  let value = 0;
  for (const name of text.split("|")) value |= NAMES.get(name) ?? 0;
  return value;
}

/** Reads as a script would: one regular expression for each line, then splits. Returns the same sum. */
export function readWithRegex({ path }: TraceFile): number {
  let sum = 0;
  let rest = "";
  for (const chunk of readChunks(path)) {
    const lines = (rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1")).split(
      "\n",
    );
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const match = LINE.exec(line);
      if (match === null) throw new Error(`no call: ${line.slice(0, 100)}`);
      const [, , , name, list = "", result = "", error] = match;
      if (name === "execve") continue;
      const args = list.replace(COMMENT, "$1").split(", ").map(numberOf);
      sum = sumCall(
        sum,
        args,
        args.length,
        Number(result),
        error === undefined ? 0 : (ERRNOS.get(error) ?? 0),
      );
    }
  }
  return sum;
}

/** Only looks for newlines. Has nothing to add up: answers with the right sum when it found the right lines. */
export function readNewlines({ path, lines, sum }: TraceFile): number {
  let count = 0;
  for (const chunk of readChunks(path)) {
    for (let i = 0; i < chunk.length; i += 1) if (chunk[i] === 10) count += 1;
  }
  return count === lines ? sum : count;
}

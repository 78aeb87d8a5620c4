/** Reading corpus lines: text in, checked cases out, or an error that names file, line and reason. */

import { InputError } from "@vma/trace";
import type {
  CorpusArea,
  CorpusCase,
  CorpusMeta,
  CorpusOperation,
  CorpusResult,
  CorpusStep,
} from "./format.js";

/** Longest line that is read, in characters; recorded lines stay below 1 million. */
const MAX_LINE_LENGTH: number = 64 * 1024 * 1024;

/** Furthest page a position may name, either side of the base. */
const MAX_PAGE = 2 ** 40;

const KINDS: ReadonlySet<unknown> = new Set(["arena", "brk", "placement"]);

/** Fields that hold a position or a length, in any operation. */
const POSITIONS = ["start", "pages", "newPages", "to", "at"] as const;
const RESTS = ["startBytes", "pagesBytes", "newPagesBytes", "toBytes", "atBytes", "pgoffBytes"] as const;
const WORD_LISTS = ["flags", "modes"] as const;
const WORDS = ["prot", "advice", "policy", "seg"] as const;

/** The fields each operation must have. */
const REQUIRED: Readonly<Record<CorpusOperation["name"], readonly string[]>> = {
  initial: [],
  mmap: ["start", "pages", "prot", "flags", "file"],
  munmap: ["start", "pages"],
  mlock: ["start", "pages"],
  mlock2: ["start", "pages"],
  munlock: ["start", "pages"],
  mseal: ["start", "pages"],
  mprotect: ["start", "pages", "prot"],
  mremap: ["start", "pages", "newPages", "flags"],
  madvise: ["start", "pages", "advice"],
  mlockall: ["flags"],
  munlockall: [],
  read: ["at"],
  write: ["at"],
  setname: ["start", "pages", "value"],
  ksm_all: ["on"],
  uffd_register: ["uffd", "start", "pages", "modes"],
  uffd_unregister: ["uffd", "start", "pages"],
  uffd_close: ["uffd"],
  mbind: ["start", "pages", "policy"],
  shmget: ["seg", "pages"],
  shmat: ["seg", "start", "flags"],
  shmdt: ["start"],
  remap_file_pages: ["start", "pages", "pgoff"],
  brk: ["to"],
  fork: [],
  forkchild: [],
  reap: [],
  fill: ["keep"],
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * One line of a corpus file. `file` and `line` (from 1) are for the error only.
 *
 * Throws InputError when the line is not JSON or not a case. Operations nobody knows are kept: replaying one ends the
 * comparison of its case.
 */
export function parseCorpusLine(text: string, file: string, line: number): CorpusCase {
  const fail = (reason: string): never => {
    throw new InputError(file, line, reason);
  };
  if (text.length > MAX_LINE_LENGTH) fail(`the line is longer than ${MAX_LINE_LENGTH} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    fail("the line is not JSON");
  }
  if (!isFields(value)) return fail("the line is not a JSON object");
  for (const key of ["case", "family", "kernel"]) {
    if (typeof value[key] !== "string") fail(`the case has no text "${key}"`);
  }
  if (!KINDS.has(value.kind)) fail('the "kind" is none of arena, brk, placement');
  const arena = value.arena;
  if (value.kind === "arena") {
    if (!isFields(arena) || !isAddress(arena.base)) fail("the arena has no base address");
  }
  const steps = value.steps;
  if (!Array.isArray(steps)) return fail('the case has no list "steps"');
  for (let i = 0; i < steps.length; i += 1) {
    const reason = wrongStep(steps[i]);
    if (reason !== null) fail(`step ${i}: ${reason}`);
  }
  return value as unknown as CorpusCase;
}

/** The text of a meta.json. Throws InputError when it is not a JSON object. */
export function parseCorpusMeta(text: string, file: string): CorpusMeta {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(file, 0, "not JSON");
  }
  if (!isFields(value)) throw new InputError(file, 0, "not a JSON object");
  const config = value.config;
  if (config !== undefined && !isFields(config)) throw new InputError(file, 0, '"config" is not an object');
  return value as unknown as CorpusMeta;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^0x[0-9a-fA-F]{1,16}$/.test(value);
}

function isPosition(value: unknown): boolean {
  return typeof value === "number"
    ? Number.isInteger(value) && Math.abs(value) <= MAX_PAGE
    : isAddress(value);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((word) => typeof word === "string");
}

/** Why a value is no step, or null. */
function wrongStep(step: unknown): string | null {
  if (!isFields(step)) return "not an object";
  const { op, ret, vmas, nattch } = step as unknown as Partial<CorpusStep>;
  const wrong = wrongOperation(op);
  if (wrong !== null) return wrong;
  if (!isResult(ret)) return '"ret" is no answer of a call';
  if (vmas !== undefined) {
    if (!Array.isArray(vmas)) return '"vmas" is not a list';
    for (let i = 0; i < vmas.length; i += 1) if (!isArea(vmas[i])) return `area ${i} is no area`;
  }
  if (nattch !== undefined) {
    if (!isFields(nattch)) return '"nattch" is not an object';
    for (const count of Object.values(nattch))
      if (typeof count !== "number") return '"nattch" is not numbers';
  }
  return null;
}

function wrongOperation(op: CorpusOperation | undefined): string | null {
  if (!isFields(op)) return "no operation";
  const fields: Fields = op;
  const name = fields.name;
  if (typeof name !== "string") return "the operation has no name";
  if (!Object.hasOwn(REQUIRED, name)) return null;
  for (const field of REQUIRED[name as CorpusOperation["name"]]) {
    if (!Object.hasOwn(fields, field)) return `${name} has no "${field}"`;
  }
  if (fields.keep !== undefined && !Number.isSafeInteger(fields.keep)) return '"keep" is no count of areas';
  for (const field of POSITIONS) {
    if (fields[field] !== undefined && !isPosition(fields[field])) return `"${field}" is no page or address`;
  }
  for (const field of RESTS) {
    const rest = fields[field];
    if (rest !== undefined && !(Number.isInteger(rest) && (rest as number) >= 0 && (rest as number) < 4096)) {
      return `"${field}" is not 0 to 4095`;
    }
  }
  for (const field of WORD_LISTS) {
    if (fields[field] !== undefined && !isTextList(fields[field])) return `"${field}" is no list of words`;
  }
  for (const field of WORDS) {
    if (fields[field] !== undefined && typeof fields[field] !== "string") return `"${field}" is no word`;
  }
  const { file, value, pgoff, uffd } = fields;
  if (file !== undefined && file !== null && typeof file !== "string") return '"file" is no name';
  if (value !== undefined && value !== null && typeof value !== "string") return '"value" is no name';
  if (pgoff !== undefined && !(Number.isInteger(pgoff) && Math.abs(pgoff as number) <= 2 ** 52)) {
    return '"pgoff" is no page number';
  }
  if (uffd !== undefined && !(Number.isInteger(uffd) && (uffd as number) >= 0 && (uffd as number) < 64)) {
    return '"uffd" is no descriptor';
  }
  return null;
}

function isResult(ret: unknown): ret is CorpusResult {
  if (typeof ret === "string") return true;
  return isFields(ret) && (typeof ret.at === "number" || typeof ret.brk === "number");
}

function isArea(area: unknown): area is CorpusArea {
  if (!Array.isArray(area) || area.length < 6 || area.length > 8) return false;
  const [start, end, permissions, pgoff, backing, flags, name = null, policy] = area as unknown[];
  return (
    isPosition(start) &&
    isPosition(end) &&
    typeof permissions === "string" &&
    typeof pgoff === "number" &&
    (backing === null || typeof backing === "string") &&
    typeof flags === "string" &&
    (name === null || typeof name === "string") &&
    (policy === undefined || typeof policy === "string")
  );
}

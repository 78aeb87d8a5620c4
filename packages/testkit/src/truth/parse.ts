/** Reading one line of recorded decisions, checked field by field, so that a damaged file is told from a mismatch. */

import {
  TRUTH_OPERATIONS,
  type TruthArea,
  TruthFormatError,
  type TruthInput,
  type TruthLine,
  type TruthOperation,
  type TruthOutput,
} from "./format.js";

type Fields = Record<string, unknown>;
type Kind =
  | "number"
  | "page"
  | "string"
  | "name"
  | "flags"
  | "list"
  | "names"
  | "range"
  | "iterator"
  | "record";

const ERROR_TEXT = 60;
/** Pages of a 64-bit address space. */
const LAST_PAGE = 2 ** 52;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > ERROR_TEXT ? `${text.slice(0, ERROR_TEXT)}...` : text;
}

function holds(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "page":
      return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LAST_PAGE;
    case "string":
      return typeof value === "string";
    case "name":
      return value === null || typeof value === "string";
    case "flags":
      return typeof value === "string" && /^[0-9a-f]{1,16}$/i.test(value);
    case "list":
      return Array.isArray(value);
    case "names":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "range":
      return Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === "number");
    case "iterator":
      return (
        Array.isArray(value) &&
        value.length === 3 &&
        typeof value[0] === "number" &&
        typeof value[1] === "number" &&
        typeof value[2] === "string"
      );
    case "record":
      return typeof value === "object" && value !== null && !Array.isArray(value);
  }
}

type Shape = readonly (readonly [field: string, kind: Kind, required: boolean])[];

const AREA: Shape = [
  ["n", "string", true],
  ["s", "page", true],
  ["e", "page", true],
  ["pg", "page", true],
  ["f", "flags", true],
  ["file", "name", true],
  ["av", "name", true],
  ["ch", "string", true],
  ["cl", "number", true],
  ["ms", "number", false],
  ["op", "number", false],
  ["pol", "string", false],
  ["uf", "number", false],
  ["nm", "string", false],
  ["det", "number", false],
  ["slot", "range", false],
];
const REQUEST: Shape = [
  ["s", "page", true],
  ["e", "page", true],
  ["pg", "page", true],
  ["prev", "name", true],
  ["vma", "name", true],
  ["next", "name", true],
  ["f", "flags", true],
  ["file", "name", true],
  ["av", "name", true],
  ["pol", "string", false],
  ["uf", "number", false],
  ["nm", "string", false],
  ["just", "number", false],
  ["gup", "number", false],
  ["skipu", "number", false],
];
const ARGUMENTS: Shape = [
  ["span", "string", false],
  ["vma", "string", false],
  ["delta", "number", false],
  ["s", "number", false],
  ["e", "number", false],
  ["pg", "number", false],
  ["addr", "number", false],
  ["new_below", "number", false],
  ["len", "number", false],
  ["keep", "number", false],
  ["unlock", "number", false],
  ["uf", "number", false],
];
const COUNTERS: Shape = [
  ["tot", "number", true],
  ["lck", "number", true],
  ["dat", "number", true],
  ["exe", "number", true],
  ["stk", "number", true],
];
const INPUT: Shape = [
  ["vmas", "list", true],
  ["cnt", "number", true],
  ["acc", "record", false],
  ["it", "iterator", true],
  ["vmg", "record", false],
  ["args", "record", false],
  ["fail", "number", false],
  ["maxmaps", "number", false],
];
const OUTPUT: Shape = [
  ["vmas", "list", true],
  ["cnt", "number", true],
  ["acc", "record", false],
  ["it", "iterator", false],
  ["vmg", "record", false],
  ["case", "number", false],
  ["vmap", "string", false],
  ["nrl", "number", false],
  ["anon", "name", false],
  ["ev", "names", false],
  ["pts", "names", false],
  ["hit", "name", false],
  ["warn", "names", false],
];

/** Which operations need which part of the input. */
const NEEDS: Readonly<Record<TruthOperation, readonly string[]>> = {
  new: ["vmg"],
  existing: ["vmg", "vmg.vma"],
  modify: ["vmg", "vmg.vma"],
  merge_extend: ["args.vma", "args.delta"],
  expand: ["vmg", "vmg.vma"],
  shrink: ["args.vma", "args.s", "args.e", "args.pg"],
  split: ["args.vma", "args.addr", "args.new_below"],
  find_anon: ["args.vma"],
  copy_vma: ["args.vma", "args.addr", "args.len", "args.pg", "args.keep"],
  munmap: ["acc", "args.s", "args.len"],
};

function record(value: unknown, where: string): Fields {
  if (!holds(value, "record")) throw new TruthFormatError(`${where} is ${shown(value)}, not an object`);
  return value as Fields;
}

function check(value: unknown, shape: Shape, where: string): Fields {
  const fields = record(value, where);
  for (const [field, kind, required] of shape) {
    const found = fields[field];
    if (found === undefined) {
      if (required) throw new TruthFormatError(`${where}.${field} is missing`);
    } else if (!holds(found, kind)) {
      throw new TruthFormatError(`${where}.${field} is ${shown(found)}, which is no ${kind}`);
    }
  }
  return fields;
}

function areas(value: unknown, where: string): readonly TruthArea[] {
  const list = value as unknown[];
  let floor = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < list.length; i += 1) {
    const { s, e } = check(list[i], AREA, `${where}[${i}]`) as unknown as TruthArea;
    if (e <= s || s < floor) {
      throw new TruthFormatError(`${where}[${i}] is ${s}-${e}, which is empty or not above the one before`);
    }
    floor = e;
  }
  return list as readonly TruthArea[];
}

function input(value: unknown, where: string, op: TruthOperation | null): TruthInput {
  const fields = check(value, INPUT, where);
  const names = new Set(areas(fields.vmas, `${where}.vmas`).map((area) => area.n));
  if (fields.acc !== undefined) check(fields.acc, COUNTERS, `${where}.acc`);
  if (fields.args !== undefined) check(fields.args, ARGUMENTS, `${where}.args`);
  if (fields.vmg !== undefined) check(fields.vmg, REQUEST, `${where}.vmg`);
  const parts: Fields = {
    ...fields,
    ...prefixed("vmg", fields.vmg),
    ...prefixed("args", fields.args),
  };
  for (const need of op === null ? ["vmg"] : NEEDS[op]) {
    if (parts[need] === undefined || parts[need] === null) {
      throw new TruthFormatError(`${where}.${need} is missing`);
    }
  }
  for (const part of ["vmg.prev", "vmg.vma", "vmg.next", "args.vma"]) {
    const name = parts[part];
    if (typeof name === "string" && !names.has(name)) {
      throw new TruthFormatError(`${where}.${part} names ${shown(name)}, which is none of its areas`);
    }
  }
  const checked = fields as unknown as TruthInput;
  checkRange(checked, where, op);
  return checked;
}

/** A new range names no area; a part of an area lies inside it. */
function checkRange({ vmas, vmg }: TruthInput, where: string, op: TruthOperation | null): void {
  if (vmg === undefined || op === null) return;
  if (vmg.s >= vmg.e) throw new TruthFormatError(`${where}.vmg is ${vmg.s}-${vmg.e}, which is empty`);
  if (op === "new" && vmg.vma !== null) {
    throw new TruthFormatError(`${where}.vmg.vma is ${shown(vmg.vma)}: a new range is no part of an area`);
  }
  const vma = vmas.find(({ n }) => n === vmg.vma);
  if ((op === "existing" || op === "modify") && vma !== undefined && (vmg.s < vma.s || vmg.e > vma.e)) {
    throw new TruthFormatError(`${where}.vmg is ${vmg.s}-${vmg.e}, which is not inside area ${vma.n}`);
  }
}

function prefixed(prefix: string, value: unknown): Fields {
  const fields: Fields = {};
  if (value !== undefined) {
    for (const [key, part] of Object.entries(value as Fields)) fields[`${prefix}.${key}`] = part;
  }
  return fields;
}

function output(value: unknown, where: string): TruthOutput {
  const fields = check(value, OUTPUT, where);
  areas(fields.vmas, `${where}.vmas`);
  if (fields.acc !== undefined) check(fields.acc, COUNTERS, `${where}.acc`);
  if (!holds(fields.ret, "name") && !holds(fields.ret, "number")) {
    throw new TruthFormatError(`${where}.ret is ${shown(fields.ret)}, which is no name, number or null`);
  }
  return fields as unknown as TruthOutput;
}

function text(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value !== "string")
    throw new TruthFormatError(`${field} is ${shown(value)}, which is no string`);
  return value;
}

function isOperation(op: string): op is TruthOperation {
  return (TRUTH_OPERATIONS as readonly string[]).includes(op);
}

/** Reads one line. Throws TruthFormatError, without file and line, when it is not of the format. */
export function parseTruthLine(line: string): TruthLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new TruthFormatError(
      `not JSON: ${shown(line)} (${error instanceof Error ? error.message : error})`,
    );
  }
  const fields = record(value, "the line");
  if ("r612" in fields) {
    return {
      kind: "rules-difference",
      id: text(fields, "r612"),
      in: input(fields.in, "in", null),
      out612: output(fields.out612, "out612"),
      out618: output(fields.out618, "out618"),
    };
  }
  if ("entry" in fields) {
    const number = fields.case;
    if (typeof number !== "number")
      throw new TruthFormatError(`case is ${shown(number)}, which is no number`);
    return {
      kind: "before-after",
      id: text(fields, "after"),
      entry: text(fields, "entry"),
      difference: text(fields, "kind"),
      cause: text(fields, "cause"),
      case: number,
      in: input(fields.in, "in", null),
      outAfter: output(fields.outAfter, "outAfter"),
      outBefore: output(fields.outBefore, "outBefore"),
    };
  }
  const op = text(fields, "op");
  if (!isOperation(op)) throw new TruthFormatError(`op is ${shown(op)}, which is no operation`);
  const decision = {
    kind: "decision" as const,
    id: text(fields, "id"),
    op,
    set: text(fields, "set"),
    in: input(fields.in, "in", op),
    out: output(fields.out, "out"),
  };
  return typeof fields.art === "number" ? { ...decision, art: fields.art } : decision;
}

/** From `name(` to the end of the line: arguments and result of one call, into a record. */

import { VALUE } from "../scan-number.js";
import {
  ARG_ANY,
  ARG_BOXED,
  ARG_FD,
  ARG_FLAGS,
  ARG_NAMED,
  ARG_NUMBER,
  ARG_STRUCT,
  ARG_TEXT,
} from "./argument-kinds.js";
import { RESULT_PENDING } from "./call-numbers.js";
import { CALL_SPECS, type CallSpec } from "./calls.js";
import type { FlagMemo } from "./flag-memo.js";
import {
  isUnfinished,
  scanExpression,
  skipAnnotation,
  skipComment,
  skipDescription,
  skipQuoted,
  skipValue,
  startsWith,
} from "./lexer.js";
import { NAME_COLUMN, type NameTrie, TRIE_ROOT } from "./name-trie.js";
import type { CallRecord } from "./record.js";
import { DELETED, parseResult, pathEnd } from "./result-parser.js";

/** Outcomes of parseCall, besides a position: the line is of another form. */
export const BAD_ARGUMENT = -1;
/** Arguments that the call does not have. */
export const BAD_COUNT = -3;

/** Bytes of the mark behind a call whose result stands on a later line. */
export const UNFINISHED_LENGTH: number = "<unfinished ...>".length;

/**
 * Reads the arguments and the result of `record.call`, the first argument at `position`.
 *
 * Returns the position of the line's newline; or, when the call has only been entered, of its `<unfinished ...>`
 * (`record.resultKind` is then RESULT_PENDING); or one of the BAD_ numbers, where `record.argCount` is the number of the
 * argument (from 1) that stopped it. Texts are left as positions in `bytes`.
 */
export function parseCall(bytes: Uint8Array, position: number, record: CallRecord, memo: FlagMemo): number {
  const spec = CALL_SPECS[record.call]!;
  const kinds = spec.args;
  const count = kinds.length;
  const args = record.args;
  record.bytes = bytes;
  record.textEnd = 0;
  record.fdEnd = 0;
  record.resultEnd = 0;
  record.delayed = false;
  record.injected = false;
  record.error = 0;
  record.duration = -1;
  let p = position;
  let slot = 0;
  let index = 0;
  let c = bytes[p]!;
  while (c !== 0x29 /* ) */) {
    if (c === 0x20 /* blank */ || (c === 0x3c /* < */ && index === 0)) {
      if (c === 0x20 /* blank */) p++;
      if (isUnfinished(bytes, p)) {
        endArguments(record, slot);
        record.resultKind = RESULT_PENDING;
        // `<unfinished ...>) = ?`: the process went away inside the call and the line was finished at once.
        if (bytes[p + UNFINISHED_LENGTH] === 0x29 /* ) */)
          return parseResult(bytes, p + UNFINISHED_LENGTH, record, memo.view);
        return p;
      }
      record.argCount = index + 1;
      return BAD_ARGUMENT;
    }
    if (index === count) {
      record.argCount = index + 1;
      return BAD_COUNT;
    }
    const kind = kinds[index]!;
    if (kind === ARG_NUMBER) {
      p = scanExpression(bytes, p);
      args[slot++] = VALUE[0]!;
    } else if (kind === ARG_FLAGS) {
      p = memo.scan(bytes, p, (record.call << 3) | index);
      args[slot++] = VALUE[0]!;
    } else {
      p = parseOther(bytes, p, record, spec, kind, slot, memo.view);
      slot += kind === ARG_STRUCT || kind === ARG_NAMED ? spec.structSlots : 1;
      if (kind === ARG_NAMED) index = count - 1;
    }
    index++;
    if (p < 0) {
      record.argCount = index;
      return BAD_ARGUMENT;
    }
    c = bytes[p]!;
    if (c === 0x2c /* , */) {
      p += bytes[p + 1] === 0x20 /* blank */ ? 2 : 1;
      c = bytes[p]!;
      if (c === 0x29 /* ) */) {
        record.argCount = index;
        return BAD_ARGUMENT;
      }
    } else if (c !== 0x29 /* ) */ && c !== 0x20 /* blank */) {
      record.argCount = index;
      return BAD_ARGUMENT;
    }
  }
  endArguments(record, slot);
  return parseResult(bytes, p, record, memo.view);
}

/** Slots that the line did not fill hold no number, and not one of the call before. */
function endArguments(record: CallRecord, count: number): void {
  record.argCount = count;
  const { args } = record;
  for (let slot = count; slot < args.length; slot++) args[slot] = Number.NaN;
}

function parseOther(
  bytes: Uint8Array,
  position: number,
  record: CallRecord,
  spec: CallSpec,
  kind: number,
  slot: number,
  view: DataView,
): number {
  const args = record.args;
  switch (kind) {
    case ARG_FD:
      return parseDescriptor(bytes, position, record, slot, view);
    case ARG_TEXT:
    case ARG_ANY: {
      args[slot] = Number.NaN;
      if (bytes[position] === 0x22 /* " */) return parseText(bytes, position, record);
      const end = scanExpression(bytes, position);
      const behind = end < 0 ? 10 : bytes[end]!;
      if (
        behind === 0x2c /* , */ ||
        behind === 0x29 /* ) */ ||
        (behind === 0x20 /* blank */ && bytes[end + 1] === 0x3c) /* < */
      ) {
        args[slot] = VALUE[0]!;
        return end;
      }
      return skipValue(bytes, position);
    }
    case ARG_STRUCT:
      return parseStruct(bytes, position, record, spec.fields!, slot, spec.structSlots);
    case ARG_NAMED:
      return parseFields(bytes, position, record, spec.fields!, slot, 0x29 /* ) */, spec.structSlots);
    case ARG_BOXED: {
      if (bytes[position] !== 0x5b /* [ */) {
        const end = scanExpression(bytes, position);
        args[slot] = end < 0 ? Number.NaN : VALUE[0]!;
        return end < 0 ? skipValue(bytes, position) : end;
      }
      const end = scanExpression(bytes, position + 1);
      args[slot] = end >= 0 && bytes[end] === 0x5d /* ] */ ? VALUE[0]! : Number.NaN;
      return skipValue(bytes, position);
    }
    default:
      return -1;
  }
}

function parseText(bytes: Uint8Array, position: number, record: CallRecord): number {
  const end = skipQuoted(bytes, position);
  if (end < 0) return -1;
  record.textStart = position + 1;
  record.textEnd = bytes[end - 1] === 0x2e /* . */ ? end - 4 : end - 1;
  return end;
}

/** `3`, `3</etc/passwd>`, `-100 /* AT_FDCWD *\/</tmp>`, `0xffffffff` (a raw -1). Slot: a signed 32-bit number. */
function parseDescriptor(
  bytes: Uint8Array,
  position: number,
  record: CallRecord,
  slot: number,
  view: DataView,
): number {
  let p = scanExpression(bytes, position);
  if (p < 0) return -1;
  const value = VALUE[0]!;
  record.args[slot] = value >= 0x80000000 ? (value >= 2 ** 53 ? -1 : value | 0) : value;
  if (bytes[p] !== 0x3c /* < */) return p;
  const start = p + 1;
  p = skipDescription(bytes, p, view);
  if (p < 0) return -1;
  const end = pathEnd(bytes, start, p - 1);
  const deleted = startsWith(bytes, p, DELETED);
  if (deleted) p += DELETED.length;
  if (record.fdEnd === 0) {
    record.fdStart = start;
    record.fdEnd = end;
    record.fdDeleted = deleted;
  }
  return p;
}

function parseStruct(
  bytes: Uint8Array,
  position: number,
  record: CallRecord,
  fields: NameTrie,
  slot: number,
  slots: number,
): number {
  if (bytes[position] !== 0x7b /* { */) {
    for (let i = 0; i < slots; i++) record.args[slot + i] = Number.NaN;
    return skipValue(bytes, position);
  }
  const end = parseFields(bytes, position + 1, record, fields, slot, 0x7d /* } */, slots);
  // What the call left in the structure (`{...} => {...}`) belongs to the argument.
  return end < 0 ? -1 : skipValue(bytes, end + 1);
}

/** `name=value, name=value` up to `closer`; values of names in `fields` go to their slots, others are skipped. */
function parseFields(
  bytes: Uint8Array,
  position: number,
  record: CallRecord,
  fields: NameTrie,
  slot: number,
  closer: number,
  slots: number,
): number {
  for (let i = 0; i < slots; i++) record.args[slot + i] = Number.NaN;
  let p = position;
  while (bytes[p] !== closer) {
    if (bytes[p] === 0x2e /* . */ && bytes[p + 1] === 0x2e /* . */ && bytes[p + 2] === 0x2e /* . */) {
      p += 3;
      continue;
    }
    let state = TRIE_ROOT;
    let column = NAME_COLUMN[bytes[p]!]!;
    const start = p;
    while (column > 0) {
      state = fields.next[(state << 6) | column]!;
      column = NAME_COLUMN[bytes[++p]!]!;
    }
    if (p === start || bytes[p] !== 0x3d /* = */) return -1;
    p++;
    const field = fields.values[state]!;
    const value = Number.isNaN(field) ? -1 : scanExpression(bytes, p);
    if (value >= 0) {
      record.args[slot + field] = VALUE[0]!;
      p = value;
    } else {
      // Inside braces a closing brace ends the value; skipValue stops only at commas and parentheses.
      p = closer === 0x7d /* } */ ? skipField(bytes, p) : skipValue(bytes, p);
      if (p < 0) return -1;
    }
    if (bytes[p] === 0x2c /* , */) p += bytes[p + 1] === 0x20 /* blank */ ? 2 : 1;
    else if (bytes[p] === 0x20 /* blank */ && isUnfinished(bytes, p + 1))
      return closer === 0x29 /* ) */ ? p : -1;
    else if (bytes[p] !== closer) return -1;
  }
  return p;
}

/** Behind one value inside braces. */
function skipField(bytes: Uint8Array, position: number): number {
  let p = position;
  let depth = 0;
  for (;;) {
    const c = bytes[p]!;
    if (c === 10) return -1;
    if (c === 0x22 /* " */) p = skipQuoted(bytes, p);
    else if (c === 0x2f && bytes[p + 1] === 0x2a) p = skipComment(bytes, p);
    else if (c === 0x3c /* < */ && bytes[p + 1] !== 0x3c /* < */) p = skipAnnotation(bytes, p);
    else {
      if (c === 0x7b /* { */ || c === 0x5b /* [ */ || c === 0x28 /* ( */) depth += 1;
      else if (c === 0x7d /* } */ || c === 0x5d /* ] */ || c === 0x29 /* ) */) {
        if (depth === 0) return p;
        depth -= 1;
      } else if (c === 0x2c /* , */ && depth === 0) return p;
      p++;
    }
    if (p < 0) return -1;
  }
}

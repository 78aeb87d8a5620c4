/** A call in one line of text, for messages. */

import {
  CALL_CLONE,
  CALL_CLONE3,
  CALL_EXECVE,
  CALL_EXECVEAT,
  CALL_MADVISE,
  CALL_MMAP,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_OPEN,
  CALL_OPENAT,
  RESULT_ERROR,
  RESULT_VALUE,
} from "../strace/call-numbers.js";
import type { CallRecord } from "../strace/record.js";

/** Slots that are flags and so read better in hexadecimal, by call. */
const FLAG_SLOTS: ReadonlyMap<number, readonly number[]> = new Map([
  [CALL_MMAP, [2, 3]],
  [CALL_MPROTECT, [2]],
  [CALL_MADVISE, [2]],
  [CALL_MREMAP, [3]],
  [CALL_OPEN, [1]],
  [CALL_OPENAT, [2]],
  [CALL_CLONE, [0]],
  [CALL_CLONE3, [0]],
]);

/** Numbers from here on are addresses rather than lengths. */
const ADDRESS_LIKE = 2 ** 32;

function numberText(value: number, isFlag: boolean): string {
  if (Number.isNaN(value)) return "...";
  return isFlag || value >= ADDRESS_LIKE ? `0x${value.toString(16)}` : String(value);
}

/** `mprotect(0x7f0000000000, 4096, 0x1) = 0`; strings and structures are left out as `...`. */
export function callText(record: CallRecord): string {
  const flags = FLAG_SLOTS.get(record.call) ?? [];
  const shown = record.call === CALL_EXECVE || record.call === CALL_EXECVEAT ? 0 : record.argCount;
  const args: string[] = [];
  for (let slot = 0; slot < shown; slot++) args.push(numberText(record.args[slot]!, flags.includes(slot)));
  const result =
    record.resultKind === RESULT_VALUE
      ? numberText(record.result, false)
      : record.resultKind === RESULT_ERROR
        ? `-1 ${record.errorName}`
        : "?";
  return `${record.name}(${shown === 0 && record.argCount > 0 ? "..." : args.join(", ")}) = ${result}`;
}

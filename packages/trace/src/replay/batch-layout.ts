/** What stands where among the numbers of a batch of calls (call-batch.ts). Imports nothing: see strace/call-numbers.ts. */

/** Numbers of one call, in the order of the constants below. */
export const WIDTH = 10;
/** Arguments of a memory or limit call, from the first slot on. */
export const ARGUMENTS = 6;
/** What the kernel returned: an address, 0, or a negative errno. */
export const RECORDED = 6;
export const LINE = 7;
export const START_LINE = 8;
export const PID = 9;

/** In a call's head: the call's number, 0 when it has no effect that can be told. */
export const CALL_MASK = 0xff;
/** In a call's head: the call failed. */
export const FAILED = 0x100;
export const COUNT_SHIFT = 16;

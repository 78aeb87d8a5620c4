/** How the arguments of calls are written. Imports nothing: see call-numbers.ts. */

/** How one argument is written: an address, a length, any number. */
export const ARG_NUMBER = 0;
/** Named flags: few texts, met again and again. */
export const ARG_FLAGS = 7;
/** A file descriptor, perhaps with what it refers to: `3</etc/passwd>`. */
export const ARG_FD = 1;
/** A quoted string, NULL, or the address of one that could not be read. */
export const ARG_TEXT = 2;
/** Anything: a number where it can be read as one, else NaN. */
export const ARG_ANY = 3;
/** `flags=..., child_stack=...`: clone's named arguments; they stand in CLONE_FIELDS order. */
export const ARG_NAMED = 4;
/** `{flags=..., stack=...}`: fields of one structure, in the order of the call's `fields`. */
export const ARG_STRUCT = 5;
/** `[0x7f...]`: a number behind a pointer. */
export const ARG_BOXED = 6;

/** What a call's result can be. Imports nothing: see call-numbers.ts. */

/** The call returned a value (or an address). */
export const RESULT_VALUE = 0;
/** The call failed: `error` holds the number. */
export const RESULT_ERROR = 1;
/** `?`: the process was gone before the result was known. */
export const RESULT_UNKNOWN = 2;
/** The call has only been entered (`<unfinished ...>`). */
export const RESULT_PENDING = 3;

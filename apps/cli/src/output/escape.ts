/** Names from outside made harmless: what a terminal would obey becomes visible text. */

import { quoteForMessage } from "@vma/trace";

/**
 * `text` with control characters, ESC among them, line and direction marks, and bytes that are no UTF-8 as `\xNN` or
 * `\uNNNN`. The rest, emoji and letters of any script, stays.
 */
export function safe(text: string): string {
  return quoteForMessage(text, Number.POSITIVE_INFINITY);
}

const UNSAFE_IN_JSON = /[\x7f-\x9f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * JSON of `value` in which nothing but printable text is left as it is: it may be shown on a terminal, and reads back
 * the same.
 */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    UNSAFE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

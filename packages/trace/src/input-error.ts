/** The one error that bad input raises: which file, which line, why. */

/** What a bare input is called in messages when it has no file name. */
const UNNAMED = "input";

/**
 * An input that cannot be read: rubbish, truncated, of another architecture, out of the format.
 *
 * `message` is one line, "file:line: reason" (without the line when the whole file is meant). Programs print it and
 * stop; it never points at a fault of the library, so a stack trace adds nothing.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  /** The file as the caller named it, or "input". */
  readonly file: string;
  /** 1-based line, or 0 when the file as a whole is meant. */
  readonly line: number;
  readonly reason: string;

  constructor(file: string | undefined, line: number, reason: string) {
    const named = file ?? UNNAMED;
    super(line > 0 ? `${named}:${line}: ${reason}` : `${named}: ${reason}`);
    this.file = named;
    this.line = line;
    this.reason = reason;
  }
}

const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * `text` made safe to show in a message: control characters, line and direction marks and lone surrogates become
 * `\xNN` or `\uNNNN`, and what is longer than `limit` characters is cut with "...".
 */
export function quoteForMessage(text: string, limit = 80): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}...` : text;
  return cut.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

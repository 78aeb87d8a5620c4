/** HTML out of text that is never trusted: everything put into a template is escaped unless it is markup already. */

import escapeHtml from "escape-html";
import { safe } from "../escape.js";

/** Text that is HTML. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | readonly Part[];

function partText(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escapeHtml(safe(part));
  return part.map(partText).join("");
}

/** A template whose values are escaped: control characters and direction marks first, then HTML's own. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  let text = strings[0] ?? "";
  values.forEach((value, index) => {
    text += partText(value) + (strings[index + 1] ?? "");
  });
  return new Markup(text);
}

/** JSON that may stand inside a script element. */
export function scriptJson(value: unknown): Markup {
  const text = JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
  return new Markup(text);
}

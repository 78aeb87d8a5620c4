/**
 * What a scenario does: one operation a line, in words. Ranges and addresses are in pages.
 *
 * ```
 *   new 3-5 rw- [expand-only] [give-up] [no-uprobes]     offer a new range to its neighbours, make no area of it
 *   map 3-5 rw-                                          the same, and an area of its own when none takes it
 *   merge V 3-5 r--   [give-up] [no-uprobes]             offer part of V, as it is about to be, to its neighbours
 *   modify V 3-5 r--  [give-up]                          the same, and split it off when none takes it; then change it
 *   extend V 2                                           grow V by 2 pages, over what follows if that fits
 *   expand V 3-9 [next=N]                                grow V to pages 3-9, unchecked
 *   shrink V 3-5                                         V keeps pages 3-5
 *   split V 5 below | above                              cut V at page 5; the new area is the lower or upper piece
 *   copy V 64 4 [keep]                                   copy V to 4 pages at page 64, as mremap does
 *   unmap 3-9                                            unmap pages 3 to 9
 *   write V                                              V is written to: it gets an anonymous object
 * ```
 */

import { readAttributes, ScenarioError } from "./area.js";

/** Modes of a merge request. */
export interface RequestModes {
  readonly expandOnly: boolean;
  readonly giveUp: boolean;
  readonly noUprobes: boolean;
}

export type Operation =
  | {
      readonly kind: "new" | "map";
      readonly start: number;
      readonly end: number;
      /** What the new range would be, as words over plain memory. */
      readonly words: readonly string[];
      readonly modes: RequestModes;
    }
  | {
      readonly kind: "merge" | "modify";
      readonly area: string;
      readonly start: number;
      readonly end: number;
      /** What changes, as words: they are read over the area's own attributes. */
      readonly words: readonly string[];
      readonly modes: RequestModes;
    }
  | { readonly kind: "extend"; readonly area: string; readonly pages: number }
  | {
      readonly kind: "expand";
      readonly area: string;
      readonly start: number;
      readonly end: number;
      readonly next: string | null;
    }
  | { readonly kind: "shrink"; readonly area: string; readonly start: number; readonly end: number }
  | { readonly kind: "split"; readonly area: string; readonly at: number; readonly piece: "below" | "above" }
  | {
      readonly kind: "copy";
      readonly area: string;
      readonly to: number;
      readonly pages: number;
      readonly keep: boolean;
    }
  | { readonly kind: "unmap"; readonly start: number; readonly end: number }
  | { readonly kind: "write"; readonly area: string };

export type OperationKind = Operation["kind"];

const MODE_WORDS: ReadonlySet<string> = new Set(["expand-only", "give-up", "no-uprobes"]);

function range(word: string | undefined, line: string): { start: number; end: number } {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(word ?? "");
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (match === null || start >= end)
    throw new ScenarioError(`"${line}": "${word ?? ""}" is no range of pages`);
  return { start, end };
}

function number(word: string | undefined, line: string): number {
  if (!/^\d{1,15}$/.test(word ?? ""))
    throw new ScenarioError(`"${line}": "${word ?? ""}" is no number of pages`);
  return Number(word);
}

function area(word: string | undefined, line: string): string {
  if (!/^[A-Za-z]$/.test(word ?? ""))
    throw new ScenarioError(`"${line}": "${word ?? ""}" is no area's letter`);
  return word as string;
}

function splitModes(words: readonly string[]): { rest: string[]; modes: RequestModes } {
  const said = new Set(words.filter((word) => MODE_WORDS.has(word)));
  return {
    rest: words.filter((word) => !MODE_WORDS.has(word)),
    modes: {
      expandOnly: said.has("expand-only"),
      giveUp: said.has("give-up"),
      noUprobes: said.has("no-uprobes"),
    },
  };
}

/** Reads one line. Throws ScenarioError naming it. */
export function readOperation(line: string): Operation {
  const [kind, ...words] = line.trim().split(/\s+/);
  const [first, second, third] = words;
  switch (kind) {
    case "new":
    case "map": {
      const { rest, modes } = splitModes(words.slice(1));
      readAttributes(rest, {});
      return { kind, ...range(first, line), words: rest, modes };
    }
    case "merge":
    case "modify": {
      const { rest, modes } = splitModes(words.slice(2));
      readAttributes(rest, {});
      return { kind, area: area(first, line), ...range(second, line), words: rest, modes };
    }
    case "extend":
      return { kind, area: area(first, line), pages: number(second, line) };
    case "expand": {
      const next = third === undefined ? null : area(/^next=(.)$/.exec(third)?.[1], line);
      return { kind, area: area(first, line), ...range(second, line), next };
    }
    case "shrink":
      return { kind, area: area(first, line), ...range(second, line) };
    case "split":
      if (third !== "below" && third !== "above") throw new ScenarioError(`"${line}": below or above?`);
      return { kind, area: area(first, line), at: number(second, line), piece: third };
    case "copy": {
      const keep = words[3] === "keep";
      return { kind, area: area(first, line), to: number(second, line), pages: number(third, line), keep };
    }
    case "unmap":
      return { kind, ...range(first, line) };
    case "write":
      return { kind, area: area(first, line) };
    default:
      throw new ScenarioError(`"${line}" is no operation`);
  }
}

function modeWords(modes: RequestModes): string[] {
  const words: string[] = [];
  if (modes.expandOnly) words.push("expand-only");
  if (modes.giveUp) words.push("give-up");
  if (modes.noUprobes) words.push("no-uprobes");
  return words;
}

/** The line that `readOperation` reads back as this operation. */
export function operationLine(operation: Operation): string {
  switch (operation.kind) {
    case "new":
    case "map": {
      const { kind, start, end, words, modes } = operation;
      return [kind, `${start}-${end}`, ...words, ...modeWords(modes)].join(" ");
    }
    case "merge":
    case "modify": {
      const { kind, start, end, words, modes } = operation;
      return [kind, operation.area, `${start}-${end}`, ...words, ...modeWords(modes)].join(" ");
    }
    case "extend":
      return `extend ${operation.area} ${operation.pages}`;
    case "expand": {
      const next = operation.next === null ? "" : ` next=${operation.next}`;
      return `expand ${operation.area} ${operation.start}-${operation.end}${next}`;
    }
    case "shrink":
      return `shrink ${operation.area} ${operation.start}-${operation.end}`;
    case "split":
      return `split ${operation.area} ${operation.at} ${operation.piece}`;
    case "copy":
      return `copy ${operation.area} ${operation.to} ${operation.pages}${operation.keep ? " keep" : ""}`;
    case "unmap":
      return `unmap ${operation.start}-${operation.end}`;
    case "write":
      return `write ${operation.area}`;
  }
}

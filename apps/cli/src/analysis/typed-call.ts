/** Calls typed by hand: `mprotect 3-5 r--`, `madvise MADV_DONTDUMP`, `mmap 7f0000000000-7f0000004000 rw-`. */

import {
  type AddressSpace,
  MADV_DONTNEED,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_STACK,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  type OpenFile,
  PAGE_SIZE,
} from "@vma/core";
import { wrongUse } from "../failure.js";
import { safe } from "../output/escape.js";
import { ADVICE_NAMES, protectionText } from "./call-kind.js";
import { fileNamed } from "./drawn-map.js";

/** A range in bytes. */
export interface CallRange {
  readonly start: number;
  readonly end: number;
}

/** A call, ready to be carried out. */
export interface TypedCall {
  readonly name: string;
  readonly range: CallRange;
  /** As it is shown: "mprotect 3-5 r--". */
  readonly text: string;
  /** File a new mapping is of; null for none. */
  readonly file: OpenFile | null;
  run(space: AddressSpace): number;
}

/** How pages and addresses are written where the call is typed. */
export interface CallPlaces {
  /** Address of page 0 of a drawing; null when ranges are addresses. */
  readonly base: number | null;
  /** The range marked in a drawing. */
  readonly marked: CallRange | null;
  readonly files: Map<string, OpenFile>;
}

const USAGE =
  "Calls: mmap, munmap, mprotect, madvise, mlock, munlock, mseal, mremap, name, write, read; for example mprotect 3-5 r--.";

function readRange(word: string, places: CallPlaces): CallRange | null {
  const { base } = places;
  const match =
    base === null
      ? /^(?:0x)?([0-9a-f]{4,16})-(?:0x)?([0-9a-f]{4,16})$/.exec(word)
      : /^(\d{1,4})-(\d{1,4})$/.exec(word);
  if (match === null) return null;
  const number = (text: string | undefined): number =>
    base === null ? Number.parseInt(text ?? "", 16) : base + Number(text) * PAGE_SIZE;
  const range = { start: number(match[1]), end: number(match[2]) };
  if (range.end <= range.start) throw wrongUse(`the range ${word} is empty`);
  if (range.start % PAGE_SIZE !== 0) throw wrongUse(`the range ${word} does not begin at a page`);
  return range;
}

function rangeText(range: CallRange, places: CallPlaces): string {
  const { base } = places;
  if (base === null) return `${range.start.toString(16)}-${range.end.toString(16)}`;
  return `${(range.start - base) / PAGE_SIZE}-${(range.end - base) / PAGE_SIZE}`;
}

function readProtection(words: string[], otherwise: number | null): number {
  const index = words.findIndex((word) => /^[r-][w-]?[x-]?$/.test(word) && word !== "");
  const word = index < 0 ? undefined : words.splice(index, 1)[0];
  if (word === undefined && otherwise === null)
    throw wrongUse("the call needs rights such as r-- or rw-", USAGE);
  if (word === undefined) return otherwise ?? 0;
  return (word.includes("r") ? 1 : 0) | (word.includes("w") ? 2 : 0) | (word.includes("x") ? 4 : 0);
}

function readAdvice(words: string[]): number {
  const word = words.shift();
  const wanted = (word ?? "").toUpperCase().replace(/^(MADV_)?/, "MADV_");
  for (const [number, name] of ADVICE_NAMES) if (name === wanted) return number;
  throw wrongUse(
    word === undefined ? "madvise needs an advice" : `"${safe(word)}" is not an advice`,
    `For example ${ADVICE_NAMES.get(MADV_DONTNEED)}, MADV_DONTDUMP, MADV_HUGEPAGE.`,
  );
}

/** Reads one call. Throws a Failure that says what is missing. */
export function readCall(text: string, places: CallPlaces): TypedCall {
  const words = text
    .replace(/[(),]/g, " ")
    .split(/\s+/)
    .filter((word) => word !== "");
  const name = words.shift() ?? "";
  if (name === "write" || name === "read") return touchCall(name, words, places);
  const at = words.findIndex((word) => readRange(word, places) !== null);
  const range = at < 0 ? places.marked : readRange(words.splice(at, 1)[0] ?? "", places);
  if (range === null) {
    throw wrongUse(
      `${safe(name)}: no range`,
      places.base === null
        ? "Write it as addresses: 7f0000000000-7f0000004000."
        : "Mark it with * in the drawing, or write pages: 3-5.",
    );
  }
  const length = range.end - range.start;
  const place = rangeText(range, places);
  const made = (rest: string, run: TypedCall["run"], file: OpenFile | null = null): TypedCall => {
    if (words.length > 0)
      throw wrongUse(`${safe(name)}: "${safe(words.join(" "))}" means nothing here`, USAGE);
    return { name, range, text: `${name} ${place}${rest === "" ? "" : ` ${rest}`}`, file, run };
  };
  switch (name) {
    case "mmap":
      return mapCall(words, range, places, made);
    case "munmap":
      return made("", (space) => space.munmap(range.start, length));
    case "mprotect": {
      const prot = readProtection(words, null);
      return made(protectionText(prot), (space) => space.mprotect(range.start, length, prot));
    }
    case "madvise": {
      const advice = readAdvice(words);
      return made(ADVICE_NAMES.get(advice) ?? "", (space) => space.madvise(range.start, length, advice));
    }
    case "mlock":
      return made("", (space) => space.mlock(range.start, length));
    case "munlock":
      return made("", (space) => space.munlock(range.start, length));
    case "mseal":
      return made("", (space) => space.mseal(range.start, length));
    case "name": {
      const label = words.shift() ?? null;
      return made(label ?? "", (space) => space.setAnonName(range.start, length, label));
    }
    case "mremap":
      return moveCall(words, range, places, made);
    default:
      throw wrongUse(`"${safe(name)}" is not a call that can be explained`, USAGE);
  }
}

type Make = (rest: string, run: TypedCall["run"], file?: OpenFile | null) => TypedCall;

function mapCall(words: string[], range: CallRange, places: CallPlaces, made: Make): TypedCall {
  const prot = readProtection(words, 3);
  let flags = MAP_FIXED | MAP_PRIVATE;
  let file: OpenFile | null = null;
  let pgoff = places.base === null ? 0 : (range.start - places.base) / PAGE_SIZE;
  const told: string[] = [protectionText(prot)];
  for (const word of words.splice(0)) {
    const named = /^file=([^@]+)(?:@(\d+))?$/.exec(word);
    told.push(word);
    if (named !== null) {
      file = fileNamed(places.files, named[1] as string);
      if (named[2] !== undefined) pgoff = Number(named[2]);
    } else if (word === "shared") flags = (flags & ~MAP_PRIVATE) | MAP_SHARED;
    else if (word === "noreserve") flags |= MAP_NORESERVE;
    else if (word === "stack") flags |= MAP_STACK;
    else words.push(word);
  }
  if (file === null) flags |= MAP_ANONYMOUS;
  const call = { address: range.start, length: range.end - range.start, prot, flags, file, pgoff };
  return made(told.join(" "), (space) => space.mmap(call), file);
}

function moveCall(words: string[], range: CallRange, places: CallPlaces, made: Make): TypedCall {
  const pages = Number(words.shift());
  if (!Number.isInteger(pages) || pages < 1)
    throw wrongUse("mremap needs the new length in pages", "For example mremap 0-3 5, or mremap 0-3 3 to 8.");
  let target: number | null = null;
  if (words[0] === "to") {
    words.shift();
    const word = words.shift() ?? "";
    target = places.base === null ? Number.parseInt(word, 16) : places.base + Number(word) * PAGE_SIZE;
    if (!Number.isFinite(target)) throw wrongUse(`mremap: "${safe(word)}" is no place`);
  }
  const flags = target === null ? MREMAP_MAYMOVE : MREMAP_MAYMOVE | MREMAP_FIXED;
  const where =
    target === null
      ? ""
      : places.base === null
        ? ` to ${target.toString(16)}`
        : ` to ${(target - places.base) / PAGE_SIZE}`;
  return made(`${pages}${where}`, (space) =>
    space.mremap(range.start, range.end - range.start, pages * PAGE_SIZE, flags, target ?? 0),
  );
}

function touchCall(name: "write" | "read", words: readonly string[], places: CallPlaces): TypedCall {
  const word = words[0] ?? "";
  const address =
    places.base === null
      ? Number.parseInt(word.replace(/^0x/, ""), 16)
      : places.base + Number(word) * PAGE_SIZE;
  if (word === "" || !Number.isFinite(address) || words.length > 1)
    throw wrongUse(`${name} needs one page`, `For example ${name} 4.`);
  const start = address - (address % PAGE_SIZE);
  return {
    name,
    range: { start, end: start + PAGE_SIZE },
    text: `${name} ${word}`,
    file: null,
    run: (space) => space.fault(address, name === "write"),
  };
}

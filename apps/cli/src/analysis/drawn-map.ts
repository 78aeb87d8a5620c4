/** Maps drawn with letters, as in `PPP**NNN`: each letter an area, a column a page, `.` nothing, `*` the range of a call. */

import {
  AddressSpace,
  FLAG_LETTERS,
  OpenFile,
  PAGE_SIZE,
  VM_ACCOUNT,
  VM_EXEC,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_READ,
  VM_SHARED,
  VM_WRITE,
  type Vma,
} from "@vma/core";
import { wrongUse } from "../failure.js";
import { safe } from "../output/escape.js";

/** Address of a drawing's page 0: far enough up that nothing is below the kernel's lowest address. */
export const DRAWN_BASE: number = 0x10000 * PAGE_SIZE;
const MAX_PAGES = 120;

/** A drawing, read. */
export interface DrawnMap {
  readonly pages: number;
  readonly areas: readonly { readonly letter: string; readonly from: number; readonly to: number }[];
  /** The pages marked with `*`, or null. */
  readonly marked: { readonly from: number; readonly to: number } | null;
}

/** Whether the text is a drawing and no file name. */
export function isDrawing(text: string): boolean {
  return /^[A-Za-z.*]+$/.test(text) && /[.*]|^(.)\1/.test(text);
}

/** Reads a drawing. Throws a Failure for one that is too wide or in which a letter stands twice. */
export function readDrawing(text: string): DrawnMap {
  if (text.length > MAX_PAGES)
    throw wrongUse(`the drawing is ${text.length} pages wide; ${MAX_PAGES} are drawn at most`);
  const areas: { letter: string; from: number; to: number }[] = [];
  for (const match of text.matchAll(/([A-Za-z])\1*/g)) {
    const letter = match[1] as string;
    if (areas.some((area) => area.letter === letter)) {
      throw wrongUse(`${letter} stands in two places of the drawing`, "Give each area a letter of its own.");
    }
    areas.push({ letter, from: match.index, to: match.index + match[0].length });
  }
  const stars = [...text.matchAll(/\*+/g)];
  if (stars.length > 1)
    throw wrongUse("the drawing marks two ranges with *", "Name ranges by page instead: mprotect 3-5 r--.");
  const star = stars[0];
  const marked = star === undefined ? null : { from: star.index, to: star.index + star[0].length };
  return { pages: text.length, areas, marked };
}

/** Attributes given to a letter: "r--", VmFlags codes, "shared", "written", "inherited", "file=F", "at=3", "name=x". */
export type LetterWords = ReadonlyMap<string, readonly string[]>;

/** Reads `P=r--,dd` options. Throws a Failure for anything else. */
export function readLetters(given: readonly string[]): LetterWords {
  const words = new Map<string, string[]>();
  for (const text of given) {
    const match = /^([A-Za-z])=(.+)$/s.exec(text);
    if (match === null)
      throw wrongUse(`--with ${safe(text)}: not LETTER=WORDS`, "For example --with P=r--,dd,written");
    words.set(match[1] as string, (match[2] as string).split(","));
  }
  return words;
}

interface Attributes {
  flags: number;
  flagsHigh: number;
  written: boolean;
  inherited: boolean;
  file: string | null;
  at: number | null;
  name: string | null;
}

function readWord(word: string, into: Attributes): boolean {
  const rights = /^([r-])([w-])([x-])$/.exec(word);
  if (rights !== null) {
    into.flags &= ~(VM_READ | VM_WRITE | VM_EXEC | VM_ACCOUNT);
    if (rights[1] === "r") into.flags |= VM_READ;
    if (rights[2] === "w") into.flags |= VM_WRITE | VM_ACCOUNT;
    if (rights[3] === "x") into.flags |= VM_EXEC;
    return true;
  }
  const value = /^(file|at|name)=(.+)$/s.exec(word);
  if (value !== null) {
    const text = value[2] as string;
    if (value[1] === "file") into.file = text;
    else if (value[1] === "name") into.name = text;
    else into.at = Number(text);
    return value[1] !== "at" || /^\d{1,9}$/.test(text);
  }
  if (word === "written" || word === "inherited") {
    into.written = true;
    into.inherited = word === "inherited";
    return true;
  }
  if (word === "shared") {
    into.flags = (into.flags | VM_SHARED | VM_MAYSHARE) & ~VM_ACCOUNT;
    return true;
  }
  const letter = FLAG_LETTERS.find(({ code }) => code === word);
  if (letter === undefined) return false;
  if (letter.word === "low") into.flags |= letter.bit;
  else into.flagsHigh |= letter.bit;
  return true;
}

/** A drawn map as an address space, and the letter of each area by its number. */
export interface DrawnSpace {
  readonly space: AddressSpace;
  readonly letters: Map<number, string>;
  /** Open files by name, for calls that map one. */
  readonly files: Map<string, OpenFile>;
}

/** Builds the address space of a drawing. Throws a Failure for words that mean nothing. */
export function buildDrawn(map: DrawnMap, words: LetterWords, kernel: string): DrawnSpace {
  const space = new AddressSpace({ kernel, limits: { anonNames: true }, startBrk: 0 });
  const letters = new Map<number, string>();
  const files = new Map<string, OpenFile>();
  const inheritedFrom = new AddressSpace({ kernel });
  for (const { letter, from, to } of map.areas) {
    const made: Attributes = {
      flags: VM_READ | VM_WRITE | VM_ACCOUNT | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
      flagsHigh: 0,
      written: false,
      inherited: false,
      file: null,
      at: null,
      name: null,
    };
    for (const word of words.get(letter) ?? []) {
      if (readWord(word, made)) continue;
      throw wrongUse(
        `--with ${letter}=...: "${safe(word)}" means nothing`,
        "Words: r--, rw-, r-x, a VmFlags code (dd, dc, nh, ...), shared, written, inherited, file=NAME, at=PAGE, name=NAME.",
      );
    }
    const file = made.file === null ? null : fileNamed(files, made.file);
    const parent = made.inherited ? inheritedFrom.mm.family.anonVmas.create() : null;
    const own = made.written ? space.mm.family.anonVmas.create() : null;
    const area: Vma = space.addArea({
      start: DRAWN_BASE + from * PAGE_SIZE,
      end: DRAWN_BASE + to * PAGE_SIZE,
      flags: made.flags,
      flagsHigh: made.flagsHigh,
      file,
      ...(file === null && made.at === null ? {} : { pgoff: made.at ?? from }),
      anonVma: own,
      ...(own === null || parent === null ? {} : { anonChain: [parent, own] }),
      anonName: made.name,
    });
    letters.set(area.id, letter);
  }
  return { space, letters, files };
}

/** The open file of that name; the same name is the same open file. */
export function fileNamed(files: Map<string, OpenFile>, name: string): OpenFile {
  let file = files.get(name);
  if (file === undefined) {
    file = new OpenFile({ path: name });
    files.set(name, file);
  }
  return file;
}

/**
 * What a scenario says of one area, as values and as words: `rw- sd file=F1 anon=A close`.
 *
 * The first word is the permissions, `r`, `w`, `x` or `-` each; every area may be read and written later (`mr`, `mw`)
 * unless it says `-mr` or `-mw`, `x` brings `me` along and `sh` brings `ms`. Then come the flag codes of smaps' VmFlags line and these words, in any order:
 * `file=F1`, `anon=A` (anonymous object A), `chain=AX` (what the area is linked to; `anon=A` alone means just A),
 * `policy=p1`, `uffd=1`, `name=x`, `close`, `open`, `maysplit`, `nosplit` (hooks), `@7` (offset of its first page;
 * without it the offset is the page number) and `0x...` (flag bits without a code).
 */

import { FLAG_LETTERS } from "@vma/core";

/** Whether the area has a may-split hook, and what it answers. */
export type MaySplitHook = "none" | "agrees" | "refuses";

/** One area. Positions and offsets are in pages, the end is exclusive. */
export interface AreaSpec {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly pgoff: number;
  /** Flag bits 0 to 31, signed. */
  readonly flags: number;
  /** Flag bits 32 to 63, signed. */
  readonly flagsHigh: number;
  /** Name of the open file, or null. */
  readonly file: string | null;
  /** Letter of the anonymous object, or null for an area never written to. */
  readonly anon: string | null;
  /** One letter per entry of the chain. */
  readonly chain: string;
  readonly close: boolean;
  readonly open: boolean;
  readonly maySplit: MaySplitHook;
  readonly policy: string | null;
  readonly uffd: number | null;
  readonly anonName: string | null;
}

/** What is said of an area besides its name and place. */
export type AreaAttributes = Omit<AreaSpec, "name" | "start" | "end">;

/** The attributes that words may leave open. */
export type AttributeWords = Partial<AreaAttributes>;

/** A scenario that cannot be read; the message names the line and what is wrong with it. */
export class ScenarioError extends Error {
  override readonly name: string = "ScenarioError";
}

const MAY_READ_WRITE = 0x30;
const MAY_EXEC = 0x40;
const ACCESS = 0x7;
/** Flags that a word brings along: shared memory may also be shared. */
const IMPLIED: ReadonlyMap<number, number> = new Map([[0x8, 0x80]]);

/** An area of plain readable and writable memory. */
export const PLAIN: Omit<AreaAttributes, "pgoff"> = {
  flags: MAY_READ_WRITE | 3,
  flagsHigh: 0,
  file: null,
  anon: null,
  chain: "",
  close: false,
  open: false,
  maySplit: "none",
  policy: null,
  uffd: null,
  anonName: null,
};

const CODES: ReadonlyMap<string, { readonly word: "low" | "high"; readonly bit: number }> = new Map(
  FLAG_LETTERS.map(({ code, word, bit }) => [code, { word, bit }]),
);

interface MutableWords {
  flags?: number;
  flagsHigh?: number;
  file?: string | null;
  anon?: string | null;
  chain?: string;
  close?: boolean;
  open?: boolean;
  maySplit?: MaySplitHook;
  policy?: string | null;
  uffd?: number | null;
  anonName?: string | null;
  pgoff?: number;
}

function orNone(value: string): string | null {
  return value === "none" ? null : value;
}

function wholeNumber(text: string, word: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new ScenarioError(`"${word}" holds no whole number`);
  return value;
}

/**
 * Reads attribute words over `base`: what no word names keeps the base's value. `none` takes a thing away
 * (`anon=none`), a dash takes a flag away (`-sd`).
 */
export function readAttributes<T extends AttributeWords>(words: readonly string[], base: T): T {
  const said: MutableWords = { ...base };
  let low = base.flags ?? MAY_READ_WRITE;
  let high = base.flagsHigh ?? 0;
  // A chain that is said outright stands, wherever it is said.
  const chains = words.filter((word) => word.startsWith("chain="));
  for (const word of [...words.filter((word) => !word.startsWith("chain=")), ...chains]) {
    const [, key, value] = /^([a-z]+)=(.+)$/.exec(word) ?? [];
    const taken = word.startsWith("-") ? CODES.get(word.slice(1)) : undefined;
    const flag = taken ?? CODES.get(word);
    if (/^[r-][w-][x-]$/.test(word)) {
      low = (low & ~ACCESS) | accessBits(word);
    } else if (flag !== undefined) {
      const bit = flag.bit | (taken === undefined && flag.word === "low" ? (IMPLIED.get(flag.bit) ?? 0) : 0);
      if (flag.word === "low") low = taken === undefined ? low | bit : low & ~bit;
      else high = taken === undefined ? high | bit : high & ~bit;
    } else if (/^0x[0-9a-f]{1,16}$/.test(word)) {
      const bits = BigInt(word);
      low |= Number(BigInt.asIntN(32, bits));
      high |= Number(BigInt.asIntN(32, bits >> 32n));
    } else if (key !== undefined && value !== undefined) {
      readPair(said, key, value, word);
    } else if (word === "close") said.close = true;
    else if (word === "open") said.open = true;
    else if (word === "maysplit") said.maySplit = "agrees";
    else if (word === "nosplit") said.maySplit = "refuses";
    else if (word.startsWith("@")) said.pgoff = wholeNumber(word.slice(1), word);
    else throw new ScenarioError(`"${word}" says nothing of an area`);
  }
  if (base.flags !== undefined || low !== MAY_READ_WRITE) said.flags = low;
  if (base.flagsHigh !== undefined || high !== 0) said.flagsHigh = high;
  return said as T;
}

/** What `rwx` stands for; executable memory may also be executable. */
function accessBits(word: string): number {
  return (word[0] === "r" ? 1 : 0) | (word[1] === "w" ? 2 : 0) | (word[2] === "x" ? 4 | MAY_EXEC : 0);
}

function readPair(said: MutableWords, key: string, value: string, word: string): void {
  switch (key) {
    case "file":
      said.file = orNone(value);
      break;
    case "anon":
      said.anon = orNone(value);
      said.chain = said.anon ?? "";
      break;
    case "chain":
      said.chain = orNone(value) ?? "";
      break;
    case "policy":
      said.policy = orNone(value);
      break;
    case "uffd":
      said.uffd = value === "none" ? null : wholeNumber(value, word);
      break;
    case "name":
      said.anonName = orNone(value);
      break;
    default:
      throw new ScenarioError(`"${word}" says nothing of an area`);
  }
}

/**
 * The words that `readAttributes` reads back as these attributes over plain memory. `start` is the page the offset is
 * measured from.
 */
export function attributeWords(area: AreaAttributes, start: number): string[] {
  const { flags, flagsHigh } = area;
  const words = [(flags & 1 ? "r" : "-") + (flags & 2 ? "w" : "-") + (flags & 4 ? "x" : "-")];
  const expected = MAY_READ_WRITE | (flags & 4 ? MAY_EXEC : 0) | (flags & 8 ? 0x80 : 0);
  let low = flags;
  let high = flagsHigh;
  for (const { code, word, bit } of FLAG_LETTERS) {
    if (word === "low") low &= ~bit;
    else high &= ~bit;
    const set = ((word === "low" ? flags : flagsHigh) & bit) !== 0;
    const usual = word === "low" && ((expected | ACCESS) & bit) !== 0;
    if (usual && !set && (bit & ACCESS) === 0) words.push(`-${code}`);
    if (!usual && set) words.push(code);
  }
  if (low !== 0 || high !== 0) {
    const bits = (BigInt.asUintN(32, BigInt(high)) << 32n) | BigInt.asUintN(32, BigInt(low));
    words.push(`0x${bits.toString(16)}`);
  }
  if (area.file !== null) words.push(`file=${area.file}`);
  if (area.anon !== null) words.push(`anon=${area.anon}`);
  if (area.chain !== (area.anon ?? "")) words.push(`chain=${area.chain === "" ? "none" : area.chain}`);
  if (area.policy !== null) words.push(`policy=${area.policy}`);
  if (area.uffd !== null) words.push(`uffd=${area.uffd}`);
  if (area.anonName !== null) words.push(`name=${area.anonName}`);
  if (area.close) words.push("close");
  if (area.open) words.push("open");
  if (area.maySplit !== "none") words.push(area.maySplit === "agrees" ? "maysplit" : "nosplit");
  if (area.pgoff !== start) words.push(`@${area.pgoff}`);
  return words;
}

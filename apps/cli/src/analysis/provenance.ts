/** Who made each attribute of each address: the calls of a recording, kept by address while it is replayed. */

import { type AddressSpace, AttributeHistory, PAGE_SIZE, pageAlignUp } from "@vma/core";
import {
  CALL_BRK,
  CALL_MADVISE,
  CALL_MBIND,
  CALL_MLOCK,
  CALL_MLOCK2,
  CALL_MLOCKALL,
  CALL_MMAP,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_MSEAL,
  CALL_MUNLOCK,
  CALL_MUNLOCKALL,
  CALL_MUNMAP,
  CALL_PKEY_MPROTECT,
  CALL_PRCTL,
  CALL_SHMAT,
  type CallRecord,
  RESULT_VALUE,
  type ReplayFork,
  type ReplayStep,
} from "@vma/trace";
import { callKind } from "./call-kind.js";

/** Address spaces whose story is kept; of more, those with the fewest areas are forgotten. */
const MAX_SPACES = 64;

/** What calls of one kind did to the number of areas. */
export interface KindTotals {
  readonly kind: string;
  calls: number;
  /** Areas added by calls that added any. */
  raised: number;
  /** Areas taken away by calls that took any. */
  lowered: number;
  firstLine: number;
  lastLine: number;
}

/** One address space's story. */
export interface SpaceStory {
  readonly spaceId: number;
  /** Thread of the first call. */
  readonly pid: number;
  /** As it was after the last call. */
  space: AddressSpace;
  readonly history: AttributeHistory<number>;
  /** Line of the fork that made it a copy of another; 0 when it began with an exec or with the recording. */
  readonly bornAt: number;
  readonly kinds: Map<string, KindTotals>;
  /** Areas before the next call. */
  areas: number;
  peak: number;
  peakLine: number;
  lastLine: number;
  brk: number;
}

const FOREVER = 2 ** 47;

/** Watches the steps of a replay. */
export class Provenance {
  readonly #stories: Map<number, SpaceStory> = new Map();
  /** What copies inherited that have made no call yet; of too many, the oldest are forgotten. */
  readonly #unborn: Map<number, Pick<SpaceStory, "history" | "brk" | "bornAt">> = new Map();

  /** Stories by number of areas at the end, most first. */
  stories(): SpaceStory[] {
    return [...this.#stories.values()].sort((a, b) => b.areas - a.areas || a.spaceId - b.spaceId);
  }

  /** A child knows what its parent knew. Most exec without another call, so its story begins with its first one. */
  fork({ parentId, spaceId, line }: ReplayFork): void {
    const parent = this.#stories.get(parentId) ?? this.#unborn.get(parentId);
    if (parent === undefined) return;
    if (this.#unborn.size >= MAX_SPACES) {
      for (const [oldest] of this.#unborn) {
        this.#unborn.delete(oldest);
        break;
      }
    }
    this.#unborn.set(spaceId, { history: parent.history.clone(), brk: parent.brk, bornAt: line });
  }

  add(step: ReplayStep): void {
    const { record, space } = step;
    const story = this.#story(step);
    story.space = space;
    const areas = space.mapCount;
    const delta = areas - story.areas;
    story.areas = areas;
    story.lastLine = record.line;
    if (areas > story.peak) {
      story.peak = areas;
      story.peakLine = record.line;
    }
    const kind = callKind(record);
    let totals = story.kinds.get(kind);
    if (totals === undefined) {
      totals = { kind, calls: 0, raised: 0, lowered: 0, firstLine: record.line, lastLine: record.line };
      story.kinds.set(kind, totals);
    }
    totals.calls += 1;
    totals.lastLine = record.line;
    if (delta > 0) totals.raised += delta;
    else totals.lowered -= delta;
    if (record.resultKind === RESULT_VALUE) this.#remember(story, record);
  }

  #story(step: ReplayStep): SpaceStory {
    const known = this.#stories.get(step.spaceId);
    if (known !== undefined) return known;
    if (this.#stories.size >= MAX_SPACES) {
      const smallest = this.stories().at(-1);
      if (smallest !== undefined) this.#stories.delete(smallest.spaceId);
    }
    const { record, space, spaceId } = step;
    const inherited = this.#unborn.get(spaceId);
    this.#unborn.delete(spaceId);
    const story: SpaceStory = {
      spaceId,
      pid: record.pid,
      space,
      history: inherited?.history ?? new AttributeHistory<number>(),
      bornAt: inherited?.bornAt ?? 0,
      kinds: new Map(),
      areas: space.mapCount,
      peak: space.mapCount,
      peakLine: record.line,
      lastLine: record.line,
      brk: inherited?.brk ?? 0,
    };
    this.#stories.set(spaceId, story);
    return story;
  }

  #remember(story: SpaceStory, record: CallRecord): void {
    const { history } = story;
    const { args, line, result } = record;
    const start = args[0] ?? 0;
    const end = start + pageAlignUp(args[1] ?? 0);
    const isRange = start % PAGE_SIZE === 0 && end > start && end <= FOREVER;
    switch (record.call) {
      case CALL_MMAP:
        history.mapped(result, result + pageAlignUp(args[1] ?? 0), line);
        return;
      case CALL_SHMAT: {
        const area = story.space.areaAt(result);
        if (area !== null) history.mapped(area.start, area.end, line);
        return;
      }
      case CALL_BRK:
        this.#moveBreak(story, result, line);
        return;
      case CALL_MREMAP:
        if (isRange) this.#move(story, start, end, result, pageAlignUp(args[2] ?? 0), line);
        return;
      case CALL_MLOCKALL:
      case CALL_MUNLOCKALL:
        history.set("lock", 0, FOREVER, line);
        return;
      case CALL_PRCTL:
        if (record.text !== null && (args[3] ?? 0) > 0 && (args[2] ?? 0) % PAGE_SIZE === 0) {
          history.set("name", args[2] ?? 0, (args[2] ?? 0) + pageAlignUp(args[3] ?? 0), line);
        }
        return;
      case CALL_MUNMAP:
        if (isRange) history.forget(start, end);
        return;
      default: {
        const field = isRange ? FIELDS.get(record.call) : undefined;
        if (field !== undefined) history.set(field, start, end, line);
      }
    }
  }

  #moveBreak(story: SpaceStory, result: number, line: number): void {
    const before = pageAlignUp(story.brk === 0 ? result : story.brk);
    const after = pageAlignUp(result);
    if (after > before) story.history.mapped(before, after, line);
    else if (after < before) story.history.forget(after, before);
    story.brk = result;
  }

  #move(story: SpaceStory, start: number, end: number, to: number, length: number, line: number): void {
    const { history } = story;
    if (to === start) {
      if (to + length > end) history.mapped(end, to + length, line);
      else if (to + length < end) history.forget(to + length, end);
      return;
    }
    history.move(start, Math.min(end, start + length), to);
    if (start + length < end) history.forget(start + length, end);
    // The place is this call's doing, whatever made the contents.
    history.set("mapping", to, to + length, line);
  }
}

const FIELDS: ReadonlyMap<number, "access" | "advice" | "lock" | "seal" | "policy"> = new Map([
  [CALL_MPROTECT, "access"],
  [CALL_PKEY_MPROTECT, "access"],
  [CALL_MADVISE, "advice"],
  [CALL_MLOCK, "lock"],
  [CALL_MLOCK2, "lock"],
  [CALL_MUNLOCK, "lock"],
  [CALL_MSEAL, "seal"],
  [CALL_MBIND, "policy"],
]);

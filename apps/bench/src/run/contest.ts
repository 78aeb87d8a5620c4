// One case at one size: every contender in a child process, rounds interleaved, checksums compared.
import { type Case, type Contender, Unavailable } from "./case.js";
import { Child } from "./child.js";
import type { KeysName } from "./keys.js";
import type { Entry, Outcome } from "./outcome.js";

export interface ContestOptions {
  readonly rounds: number;
  /** Rounds before the first that counts. */
  readonly warmUp: number;
  /** A round repeats its work until so much CPU time was measured (milliseconds). */
  readonly millis: number;
  /** The processor to run on, or null to leave that open. */
  readonly processor: number | null;
  /** Names of the contenders wanted; all when empty. */
  readonly contenders: readonly string[];
  readonly keys: KeysName;
}

/** Two contenders came to different results: whatever they timed was not the same work. */
export class Disagreement extends Error {
  override readonly name: string = "Disagreement";
}

/** Runs the case. Throws Disagreement, or Error when a contender breaks. */
export async function runContest(subject: Case, n: number, options: ContestOptions): Promise<Outcome> {
  const children: Child[] = [];
  const entries: Entry[] = [];
  const missing: { contender: string; why: string }[] = [];
  try {
    for (const contender of subject.contenders) {
      if (options.contenders.length > 0 && !options.contenders.includes(contender.name)) continue;
      const why = await enter(subject, contender, n, options, children);
      if (why !== null) missing.push({ contender: contender.name, why });
    }
    for (const child of children) {
      entries.push({ contender: child.name, samples: [], wall: [], checksum: 0, operations: 0 });
    }
    for (let round = -options.warmUp; round < options.rounds; round += 1) {
      for (const [index, child] of children.entries()) {
        const { value, wall, checksum, operations } = await child.round(options.millis);
        const entry = entries[index] as Entry;
        if (round === -options.warmUp) entry.checksum = checksum;
        else if (entry.checksum !== checksum) {
          throw new Disagreement(
            `${subject.name} at ${n}: ${child.name} came to ${checksum}, one round before to ${entry.checksum}`,
          );
        }
        if (round < 0) continue;
        entry.samples.push(value);
        entry.wall.push(wall);
        entry.operations = operations;
      }
      if (round === -options.warmUp) compareSums(subject, n, entries);
    }
  } finally {
    await Promise.all(children.map((child) => child.close()));
  }
  const { suite, name, title, unit } = subject;
  return { suite, name, title, unit, n, entries, missing };
}

/** Starts a contender and prepares it. Returns why it takes no part, or null. */
async function enter(
  subject: Case,
  contender: Contender,
  n: number,
  { processor, keys }: ContestOptions,
  children: Child[],
): Promise<string | null> {
  if (contender.maxN !== undefined && n > contender.maxN) return `too slow above ${contender.maxN}`;
  const child = new Child(contender.name, processor);
  children.push(child);
  try {
    await child.prepare(subject, n, keys);
    return null;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    children.pop();
    await child.close();
    return error.message;
  }
}

function compareSums(subject: Case, n: number, entries: readonly Entry[]): void {
  const [first] = entries;
  const other = entries.find(({ checksum }) => checksum !== first?.checksum);
  if (first === undefined || other === undefined) return;
  throw new Disagreement(
    `${subject.name} at ${n}: ${first.contender} came to ${first.checksum}, ${other.contender} to ${other.checksum}`,
  );
}

/** Splitting a check into parts whose reports add up to that of the whole. */

/** Part `index` of `count`, counted from 1 as people write it: 1/4 is the first of four. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Everything. */
const WHOLE: Shard = { index: 1, count: 1 };

/** The part that was asked for, or everything. Throws RangeError for one that is not between 1/count and count/count. */
export function checkedShard(asked: Shard | null | undefined): Shard {
  const shard = asked ?? WHOLE;
  const { index, count } = shard;
  if (!Number.isInteger(index) || !Number.isInteger(count) || index < 1 || index > count) {
    throw new RangeError(`shard ${index}/${count} is not one of 1/${count} to ${count}/${count}`);
  }
  return shard;
}

/** Whether the part has what comes `turn`-th, counted from 0: things are dealt out in turn. */
export function isInShard({ index, count }: Shard, turn: number): boolean {
  return turn % count === index - 1;
}

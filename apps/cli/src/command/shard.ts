/** `--shard i/n`: which part of a check to run, counted from 1 as people write it. */

import type { Shard } from "@vma/testkit";
import { InvalidArgumentError } from "commander";

/** Reads "2/4". Throws commander's error for anything else. */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (match === null || index < 1 || index > count) {
    throw new InvalidArgumentError("It must be i/n, with i from 1 to n: 1/4 is the first of four parts.");
  }
  return { index, count };
}

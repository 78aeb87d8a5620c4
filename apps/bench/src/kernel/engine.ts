// The engine as a contender: runs a stream of calls on an address space.
import {
  AddressSpace,
  type AddressSpaceOptions,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  PAGE_SIZE,
} from "@vma/core";
import type { Subject } from "../run/case.js";
import type { Clock } from "../run/clock.js";
import { mix } from "../run/random.js";
import {
  CALL_BRK,
  CALL_FIELDS,
  CALL_FORK,
  CALL_MMAP_ANYWHERE,
  CALL_MMAP_FIXED,
  CALL_MPROTECT,
  CALL_MREMAP,
  CALL_MUNMAP,
  type CallProgram,
  mixResult,
} from "./call-list.js";

/** Where the arena lies, far from everything a process has by itself (bytes). calls.c uses the same. */
export const ARENA: number = 2 ** 40;
const HEAP: number = 2 ** 46;
const PRIVATE: number = MAP_PRIVATE | MAP_ANONYMOUS;

/** An address space without limits, as the running kernel of a test machine would have it. */
export function newSpace(options: AddressSpaceOptions = {}): AddressSpace {
  return new AddressSpace({
    kernel: "6.18",
    startBrk: HEAP,
    ...options,
    limits: { maxMapCount: Number.POSITIVE_INFINITY, ...options.limits },
  });
}

/** Runs the calls and returns the checksum of their results. */
export function runCalls(space: AddressSpace, calls: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < calls.length; i += CALL_FIELDS) {
    const at = ARENA + (calls[i + 1] as number) * PAGE_SIZE;
    const length = (calls[i + 2] as number) * PAGE_SIZE;
    const argument = calls[i + 3] as number;
    let result = 0;
    switch (calls[i]) {
      case CALL_MMAP_FIXED:
        result = space.mmap({ address: at, length, prot: argument, flags: PRIVATE | MAP_FIXED });
        break;
      case CALL_MUNMAP:
        result = space.munmap(at, length);
        break;
      case CALL_MPROTECT:
        result = space.mprotect(at, length, argument);
        break;
      case CALL_BRK:
        result = space.brk(at - ARENA + HEAP) - HEAP + ARENA;
        break;
      case CALL_MREMAP:
        result = space.mremap(at, length, argument * PAGE_SIZE, 0);
        break;
      case CALL_FORK:
        result = space.fork().mapCount > 0 ? 0 : -1;
        break;
      case CALL_MMAP_ANYWHERE:
        result = space.mmap({ address: 0, length, prot: argument, flags: PRIVATE });
        break;
    }
    sum = mixResult(sum, result > 0 ? (result - ARENA) / PAGE_SIZE : result);
  }
  return sum;
}

/** The program on the engine. `listen` is called once the setup has run. */
export function engineSubject(
  program: CallProgram,
  options: AddressSpaceOptions = {},
  listen: (space: AddressSpace) => void = () => {},
): Subject {
  const space = newSpace(options);
  const setup = runCalls(space, program.setup.toArray());
  // No setup maps anything elsewhere. Counted, and not looked at: areas that were have records.
  const start = mix(setup, space.mapCount);
  const stretches = program.round.map(({ timed, calls }) => ({ timed, calls: calls.toArray() }));
  listen(space);
  return {
    round(clock: Clock) {
      let sum = start;
      for (const { timed, calls } of stretches) {
        if (timed) clock.start();
        const result = runCalls(space, calls);
        if (timed) clock.stop(calls.length / CALL_FIELDS);
        sum = mix(sum, result);
      }
      return sum;
    },
  };
}

// Each kind of call by itself, and the mix: the engine alone (for growth with size), and against the running kernel.
import { release } from "node:os";
import type { CallProgram } from "../../kernel/call-list.js";
import { engineSubject } from "../../kernel/engine.js";
import {
  brkGrow,
  forkAll,
  mixOfCalls,
  mmapBeside,
  mmapFixed,
  mprotectMerge,
  mprotectSplit,
  mremapGrow,
  munmap,
} from "../../kernel/programs.js";
import { kernelSubject } from "../../kernel/running-kernel.js";
import type { Case } from "../../run/case.js";

interface Workload {
  readonly name: string;
  readonly title: string;
  readonly program: (n: number) => CallProgram;
}

const WORKLOADS: readonly Workload[] = [
  { name: "mix", title: "mix: 50 % mprotect, 25 % mmap fixed, 25 % munmap", program: mixOfCalls },
  { name: "mmap-fixed", title: "mmap fixed, 1 to 16 pages", program: mmapFixed },
  { name: "mmap-beside", title: "mmap fixed beside a neighbour", program: mmapBeside },
  { name: "mprotect-split", title: "mprotect that splits", program: mprotectSplit },
  { name: "mprotect-merge", title: "mprotect that merges back", program: mprotectMerge },
  { name: "munmap", title: "munmap, 1 to 16 pages", program: munmap },
  { name: "brk-grow", title: "brk grow by a page", program: brkGrow },
  { name: "mremap-grow", title: "mremap grow in place", program: mremapGrow },
  { name: "fork", title: "fork", program: forkAll },
];

export const CALL_CASES: readonly Case[] = WORKLOADS.map(({ name, title, program }) => ({
  suite: "core",
  name,
  title,
  unit: "ns/op",
  contenders: [{ name: "engine", prepare: (n) => engineSubject(program(n)) }],
}));

/** Above this many areas the running kernel meets its own limit (vm.max_map_count, 65,530 as shipped). */
const MOST_AREAS = 60_000;

export const KERNEL_CASES: readonly Case[] = WORKLOADS.map(({ name, title, program }) => ({
  suite: "kernel",
  name,
  title,
  unit: "ns/op",
  contenders: [
    { name: "engine", prepare: (n) => engineSubject(program(n), { kernel: release() }) },
    { name: "running kernel", maxN: MOST_AREAS, prepare: (n) => kernelSubject(program(n)) },
  ],
}));

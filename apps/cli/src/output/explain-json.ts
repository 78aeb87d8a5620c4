/** JSON of `vma explain`. */

import { formatPermissions, formatVmFlags } from "@vma/core";
import type { FrozenArea } from "../analysis/explained.js";
import { hex } from "./amount.js";
import type { KernelStory } from "./explain-story.js";

function areaJson(area: FrozenArea): Record<string, unknown> {
  return {
    id: area.id,
    start: hex(area.start),
    end: hex(area.end),
    permissions: formatPermissions(area.flags),
    vmFlags: formatVmFlags(area.flags, area.flagsHigh),
    file: area.file?.path ?? null,
    pgoff: area.pgoff,
    name: area.anonName,
    written: area.anonVma !== null,
  };
}

/** One story a kernel. Steps carry the numbers of areas. */
export function explainJson(stories: readonly KernelStory[]): Record<string, unknown> {
  return {
    schema: "vma.explain/1",
    kernels: stories.map((story) => ({
      kernel: story.kernel,
      letters: Object.fromEntries(story.letters),
      calls: story.calls.map((call) => ({
        call: call.text,
        result: call.result,
        before: call.before.map(areaJson),
        after: call.after.map(areaJson),
        steps: call.steps,
      })),
    })),
  };
}

/** exit and exec: letting go of a whole address space (`exit_mmap`). */

import { VM_LOCKED_MASK } from "../abi/flags.js";
import type { MergeRequest } from "../merge/request.js";
import type { Vma } from "../object/vma.js";
import { forgetArea } from "../region/unmap.js";

/** Unmaps everything, calling close hooks in address order, and resets counters and defaults. */
export function exitMmap(request: MergeRequest): void {
  const { mm } = request;
  const { cells, cursor } = mm;
  for (let cell = cells.find(0); cell !== undefined; cell = cells.next()) {
    // Nobody need hear of an area without a record.
    if (mm.events !== null) forgetArea(mm, cursor.value as Vma);
    else if (typeof cell === "object") forgetArea(mm, cell);
  }
  cells.delete(0, 2 ** 64);
  mm.rooms.forget();
  mm.mapCount = 0;
  mm.totalVm = 0;
  mm.lockedVm = 0;
  mm.dataVm = 0;
  mm.execVm = 0;
  mm.stackVm = 0;
  mm.committed = 0;
  mm.startBrk = 0;
  mm.brk = 0;
  mm.defFlags &= ~VM_LOCKED_MASK;
  mm.ksmAll = false;
  if (mm.pages !== null) mm.pages.clear();
}

/** Recomputes everything an address space keeps from nothing but its areas, and tells what does not hold. */

import { validate as validateTree } from "@vma/maple/debug";
import {
  VM_ACCOUNT,
  VM_EXEC,
  VM_LOCKED_MASK,
  VM_MAYSHARE,
  VM_READ,
  VM_SHARED,
  VM_WRITE,
} from "./abi/flags.js";
import { isPageAligned, PAGE_SIZE } from "./abi/page.js";
import { Mm } from "./mm.js";
import { accountPages } from "./region/accounting.js";

const COUNTERS = ["totalVm", "lockedVm", "dataVm", "execVm", "stackVm"] as const;

/**
 * Every broken rule of the address space, one sentence each; empty when it is sound. Checks the tree itself, that
 * areas and tree agree, order and alignment, counters, chains, and flags that exclude one another. Changes nothing.
 */
export function validateMm(mm: Mm): string[] {
  const findings = [...validateTree(mm.map)];
  const counted = new Mm(mm.profile, mm.limits, mm.host, mm.family);
  let count = 0;
  let committed = 0;
  let lastEnd = 0;
  for (const [start, end, cell] of mm.map.entries()) {
    const isRecord = typeof cell === "object";
    const where = `area ${isRecord ? cell.id : "without a record"} at 0x${start.toString(16)}`;
    count += 1;
    if (!isRecord && !mm.compact.isSound(cell)) {
      findings.push(`${where}: its cell is ${cell}`);
      continue;
    }
    const vma = isRecord ? cell : mm.compact.recordOf(cell, 0, start, end);
    if (vma.start !== start || vma.end !== end) {
      findings.push(`${where}: its record says [0x${vma.start.toString(16)}, 0x${vma.end.toString(16)})`);
    }
    if (!isPageAligned(start) || !isPageAligned(end) || end <= start) findings.push(`${where}: bad range`);
    if (start < lastEnd) findings.push(`${where}: overlaps the area below`);
    if (mm.rooms.misses(lastEnd, start)) findings.push(`${where}: searches miss the hole below`);
    lastEnd = end;
    if (!Number.isInteger(vma.pgoff) || vma.pgoff < 0) findings.push(`${where}: offset ${vma.pgoff}`);
    if (vma.anonVma !== null && !vma.anonChain.includes(vma.anonVma)) {
      findings.push(`${where}: its anonymous object is not in its chain`);
    }
    if (vma.anonVma === null && vma.anonChain.length > 0)
      findings.push(`${where}: a chain without an object`);
    if ((vma.flags & VM_SHARED) !== 0 && (vma.flags & VM_MAYSHARE) === 0) {
      findings.push(`${where}: shared but may not share`);
    }
    for (const bit of [VM_READ, VM_WRITE, VM_EXEC]) {
      if ((vma.flags & bit) !== 0 && (vma.flags & (bit << 4)) === 0) {
        findings.push(`${where}: has an access it may not have`);
      }
    }
    if ((vma.flags | 0) !== vma.flags || (vma.flagsHigh | 0) !== vma.flagsHigh) {
      findings.push(`${where}: flags are not 32-bit words`);
    }
    const pages = (end - start) / PAGE_SIZE;
    accountPages(counted, vma.flags, pages);
    if ((vma.flags & VM_ACCOUNT) !== 0) committed += pages;
  }
  if (mm.rooms.misses(lastEnd, 2 ** 64)) findings.push("searches miss the hole above all areas");
  if (count !== mm.mapCount) findings.push(`map count is ${mm.mapCount}, there are ${count} areas`);
  for (const name of COUNTERS) {
    if (counted[name] !== mm[name])
      findings.push(`${name} is ${mm[name]} pages, the areas add up to ${counted[name]}`);
  }
  if (committed !== mm.committed) {
    findings.push(`committed is ${mm.committed} pages, the areas add up to ${committed}`);
  }
  if (mm.gathered.length > 0) findings.push(`${mm.gathered.length} areas are left on the unmap list`);
  if ((mm.defFlags & ~VM_LOCKED_MASK) !== 0) findings.push("default flags hold more than lock bits");
  return findings;
}

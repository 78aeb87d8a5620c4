/** Entry "./kernel": random scripts on the running Linux kernel and on the engine. Node only. */

export { KernelDriver } from "./driver/kernel.js";
export { buildHelper, helperCache, KernelUnavailable } from "./kernel/build.js";
export {
  checkKernel,
  type KernelCheckOptions,
  type KernelMismatch,
  type KernelReport,
} from "./kernel/check.js";
export { SCRIPT_FAMILIES, type ScriptFamily } from "./kernel/family.js";
export { describeKernelMismatch } from "./kernel/picture.js";
export { KernelHelper } from "./kernel/record.js";
export { type RunningKernel, runningKernel } from "./kernel/system.js";

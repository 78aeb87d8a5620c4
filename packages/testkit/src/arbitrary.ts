/** Entry "./arbitrary": fast-check arbitraries of areas, requests and call sequences. Needs fast-check. */

export { addressSpace, attributes, memoryWords, type SpaceOptions } from "./arbitrary/area.js";
export { type Call, type CallSequence, call, callSequence, mergeAttempt, resolve } from "./arbitrary/call.js";

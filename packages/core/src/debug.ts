/** Entry "./debug": checks for tests and tools. */

export { onMark } from "./mark.js";
export { validateMm } from "./validate.js";

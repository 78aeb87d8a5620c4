/** Entry "./debug": checks for tests and tools. */

export { validateMm } from "./validate.js";

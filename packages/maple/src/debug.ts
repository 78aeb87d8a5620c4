// The "./debug" entry of @vma/maple: named exports only.
export { dump, type Stats, stats } from "./dump.js";
export { validate, validateArena } from "./validate.js";

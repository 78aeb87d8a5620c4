// The "./debug" entry of @vma/maple: named exports only.
export { onMark } from "./mark.js";
export { validate, validateArena } from "./validate.js";

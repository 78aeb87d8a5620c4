// The public surface of @vma/maple: named exports only.
export { InvariantError, MapleFullError } from "./assert.js";
export { Cursor } from "./cursor.js";
export { type Entry, type MapleOptions, MapleTree } from "./maple-tree.js";
export type { Rules } from "./rules.js";

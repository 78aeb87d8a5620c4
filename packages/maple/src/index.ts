// The public surface of @vma/maple: named exports only.
export { InvariantError, MapleFullError } from "./assert.js";
export { Cursor } from "./cursor.js";
export { type Difference, diff, difference, equals, intersection, union } from "./diff.js";
export { type Entry, type MapleOptions, MapleTree } from "./maple-tree.js";
export type { Merge, Rules, Split } from "./state.js";

// The shape of the nodes, in numbers. Imports nothing.
//
// A leaf holds up to LEAF entries in three parts, each in the page arrays of the arena:
//   ranges  LEAF starts, then LEAF ends (doubles); the starts behind the last entry are Infinity
//   order   LEAF bytes, a permutation: entry i keeps its value in place order[i] of the leaf's values,
//           the places behind the last entry are the free ones
//   values  LEAF places for the caller's values
// So a shift moves numbers and bytes, never a value: no write barrier of the garbage collector runs.
//
// An inner node holds up to INNER children:
//   keys    INNER_SLOTS lower bounds, then INNER_SLOTS gap bounds (doubles); unused bounds are Infinity
//   kids    INNER_SLOTS node numbers
// Child i holds the entries with keys[i] <= start and end <= keys[i + 1]; keys[0] is not used.
// gaps[i] is at least the largest hole that ends at an entry of child i, except, for i = 0, the hole before
// the first entry: that one lies between two subtrees and is counted where both are children of one node.

/** Entries in a leaf. */
export const LEAF = 32;
export const LEAF_BITS = 5;
/** Fewest entries of a leaf that is neither the root nor first or last of its level. */
export const LEAF_MIN = 8;
/** Two leaves that would hold at most this many together become one. */
export const LEAF_JOIN = 24;
/** A full leaf hands entries to a neighbour that has at least this much room, else it splits. */
export const LEAF_ROOM = 8;

/** Slots of an inner node; the last one stays Infinity, as a stop for searches. */
export const INNER_SLOTS = 64;
export const INNER_BITS = 6;
/** Children of an inner node. */
export const INNER: number = INNER_SLOTS - 1;
export const INNER_MIN = 16;
export const INNER_JOIN = 48;

/** Leaves in a page of the arena, as a power of two; 64 leaves are 50 KB. */
export const LEAF_PAGE_BITS = 6;
export const LEAF_PAGE_MASK: number = (1 << LEAF_PAGE_BITS) - 1;
/** Inner nodes in a page of the arena, as a power of two; 16 of them are 20 KB. */
export const INNER_PAGE_BITS = 4;
export const INNER_PAGE_MASK: number = (1 << INNER_PAGE_BITS) - 1;

/** Levels of inner nodes that 2^31 leaves can need: each has at least INNER_MIN children but the edges. */
export const MAX_HEIGHT = 10;

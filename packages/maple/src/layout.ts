// The shape of the nodes, in numbers. Imports nothing.
//
// Every node has slots of a pair of doubles and an item, side by side in the arrays of its pool:
//
//            pair                                   item
//   leaf     start and end of an entry              the entry's value
//   inner    lower bound and gap bound of a child   the child's node number
//
// Behind the last slot in use the first number of each pair is Infinity, so a search needs no count, and the item
// is undefined, so that nothing is kept alive.
//
// Child i of an inner node holds the entries with bound[i] <= start and end <= bound[i + 1]; bound[0] says
// nothing. Its gap bound is at least the largest hole that ends at one of its entries, except that for child 0
// the hole before its first entry does not count: it lies between two subtrees, and counts where both are
// children of one node. So a node's gap bounds depend on what is below it alone, and versions can share it.

/** Entries in a leaf. */
export const LEAF = 32;
export const LEAF_BITS = 5;
/** Fewest entries of a leaf that is neither the root nor first or last of its level. */
export const LEAF_MIN = 8;
/** Leaves in a page of the arena, as a power of two; a page of 64 leaves takes 50 KB. */
export const LEAF_PAGE_BITS = 6;
export const LEAF_PAGE_MASK: number = (1 << LEAF_PAGE_BITS) - 1;

/** Slots of an inner node, as a power of two; the last one stays Infinity, as a stop for searches. */
export const INNER_BITS = 6;
/** Children of an inner node. */
export const INNER = 63;
export const INNER_MIN = 16;

/** Levels of inner nodes that 2^31 leaves can need, with room to spare. */
export const MAX_HEIGHT = 10;

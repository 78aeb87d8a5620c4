// The shape of the nodes, in numbers. Imports nothing.
//
// Every node has slots of a key, a mate and an item, in the arrays of its pool:
//
//            key                   mate                      item
//   leaf     start of an entry     end of the entry          the entry's value
//   inner    key of a child        gap bound of the child    the child's node number
//
// The keys of a node lie side by side, so that a search touches few lines of memory, and behind them, in the same array,
// the mates. Behind the last slot in use the keys are Infinity, so a search needs no count, and the items of a leaf are
// undefined, so that nothing is kept alive.
//
// The key of a child is the start of its first entry, always; that of the first child of a node says nothing. So
// each hole is the matter of one leaf: that of the entry before it, at whose end it begins; the leaf ends where the
// next one begins. Only the hole before the first entry of the tree lies before an entry of its leaf.
//
// The gap bound of a child is at least its largest hole. It need not be at least as large as those of the child
// itself: versions share nodes, and a bound may grow for another version's sake.

/** Entries in a leaf; an end lies that far behind its start. */
export const LEAF = 32;
export const LEAF_BITS = 5;
/** Fewest entries of a leaf that is neither the root nor first or last of its level. */
export const LEAF_MIN = 8;
/** Free slots of a leaf that was filled in order, so that the first writes in its midst find room. */
export const SPARE = 4;
/** Leaves in a page of the arena, as a power of two; a page of 64 leaves takes 50 KB. */
export const LEAF_PAGE_BITS = 6;
export const LEAF_PAGE_MASK: number = (1 << LEAF_PAGE_BITS) - 1;

/** So many leaves are 3 MB, more than the caches near a processor hold. */
export const MANY = 4096;
/** Numbers, or items, in a line of those caches. */
export const LINE = 8;

/** Slots of an inner node, as a power of two; the last one stays Infinity, as a stop for searches. */
export const INNER_BITS = 6;
/** How far a gap bound lies behind its key. */
export const GAPS: number = 1 << INNER_BITS;
/** Children of an inner node. */
export const INNER = 63;
export const INNER_MIN = 16;

/** Levels of inner nodes that 2^31 leaves can need, with room to spare. */
export const MAX_HEIGHT = 10;

/** Where the key of a child lies in the table of the inner nodes. */
export function keyAt(node: number, slot: number): number {
  return (node << (INNER_BITS + 1)) + slot;
}

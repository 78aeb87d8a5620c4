// The structures that take part in the range workloads, ours first.
import { bintrees } from "./bintrees.js";
import { flattenIntervalTree } from "./flatten-interval-tree.js";
import { functionalRedBlackTree } from "./functional-red-black-tree.js";
import { jsSdsl } from "./js-sdsl.js";
import { maple } from "./maple.js";
import { nodeIntervalTree } from "./node-interval-tree.js";
import type { RangeStructure } from "./range-map.js";
import { sortedArray } from "./sorted-array.js";
import { sortedBtreeMap } from "./sorted-btree.js";
import { sortedDoubles } from "./sorted-doubles.js";

export const STRUCTURES: readonly RangeStructure[] = [
  maple,
  sortedBtreeMap,
  sortedArray,
  sortedDoubles,
  functionalRedBlackTree,
  bintrees,
  jsSdsl,
  flattenIntervalTree,
  nodeIntervalTree,
];

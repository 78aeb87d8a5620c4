/** Entry "./node": what needs Node, reading files of recorded decisions from disk. */

export { openTruthFile, type TruthFile } from "./truth/load.js";

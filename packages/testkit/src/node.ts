/** Entry "./node": what needs Node, reading recorded decisions and recorded kernels from disk. */

export { type CorpusFile, corpusFiles, openCorpusFile, readCorpusMeta } from "./corpus/node-file.js";
export { openTruthFile, type TruthFile } from "./truth/load.js";

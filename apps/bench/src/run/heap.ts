// How much memory the process uses once its garbage is collected. Needs node's --expose-gc, which workers have.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | null = null;

function collector(): () => void {
  if (collect === null) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  return collect;
}

/** Bytes of heap and of typed arrays after a full collection. */
export function bytesInUse(): number {
  const gc = collector();
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

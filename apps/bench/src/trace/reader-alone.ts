// A process that does nothing but read a trace: `node reader-alone.js FILE` prints how many calls there were and the
// most memory it took, in kB, by the kernel's own account.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { StraceReader } from "@vma/trace";

const [, , path = ""] = process.argv;
let calls = 0;
const reader = new StraceReader({
  call() {
    calls += 1;
  },
});
const chunk = new Uint8Array(1 << 20);
const file = openSync(path, "r");
for (;;) {
  const count = readSync(file, chunk, 0, chunk.length, null);
  if (count === 0) break;
  reader.push(chunk.subarray(0, count));
}
closeSync(file);
reader.end();
const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
process.stdout.write(`${calls} ${peak}\n`);

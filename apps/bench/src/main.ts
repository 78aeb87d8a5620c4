// Entry of the benchmarks: prints the machine they run on, then one table per case.
import { cpus } from "node:os";

process.stdout.write(
  `node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"} x ${cpus().length}\n`,
);

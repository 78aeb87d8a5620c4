// Mutation testing of the merge engine's decisions: makes each small wrong change, runs the tests that should notice,
// and tells the ones that none noticed. A survivor must be explained in tools/mutants/survivors.mjs; an explained one
// that is noticed after all must go from there.
//
//   node tools/mutants.mjs [--file PATH] [--from N] [--to N]
//   node tools/mutants.mjs --list [--json]    tests nothing: which mutations there are, and how many are explained
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { root } from "./build.mjs";
import { FILES, FOLDER } from "./mutants/files.mjs";
import { mutationsOf } from "./mutants/mutations.mjs";
import { SURVIVORS } from "./mutants/survivors.mjs";

/** Longest the tests may take with one mutation; a run that hangs has noticed. Milliseconds. */
const PATIENCE = 180_000;

const { values: given } = parseArgs({
  options: {
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    file: { type: "string" },
    from: { type: "string", default: "0" },
    to: { type: "string", default: "Infinity" },
  },
});

/** The vitest that is asked, started anew after a run that hung. */
let worker = null;

async function startWorker() {
  const started = fork(fileURLToPath(new URL("mutants/worker.mjs", import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(started, "message");
  return started;
}

/** Who notices a mutation; null when nobody does. `null` is the code as it is. */
async function noticedBy(mutation) {
  worker ??= await startWorker();
  worker.send({ mutation });
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const [{ who }] = await once(worker, "message", { signal });
    return who;
  } catch {
    worker.kill("SIGKILL");
    worker = null;
    return "the tests did not end";
  }
}

const isSame = (mutation) => (known) =>
  mutation.file.endsWith(`/${known.file}`) &&
  mutation.before === known.before &&
  mutation.after === known.after;

const mutants = FILES.filter((file) => given.file === undefined || file.endsWith(given.file))
  .flatMap((file) => mutationsOf(file, readFileSync(join(root, file), "utf8")))
  .slice(Number(given.from), Number(given.to));
const told = ({ file, line, before, after }) =>
  `${file.slice(FOLDER.length + 1)}:${line}  ${before}  ->  ${after === "" ? "(left out)" : after}`;

if (given.list && given.json) {
  const explained = mutants.filter((mutation) => SURVIVORS.some((known) => isSame(mutation)(known)));
  const gone = SURVIVORS.filter((known) => !mutants.some((mutation) => isSame(mutation)(known)));
  const files = new Set(mutants.map(({ file }) => file));
  console.log(
    JSON.stringify({ mutants: mutants.length, files: files.size, explained: explained.length, gone }),
  );
} else if (given.list) {
  for (const mutation of mutants) console.log(told(mutation));
} else if ((await noticedBy(null)) !== null) {
  console.error("The tests fail without any mutation.");
  process.exitCode = 1;
} else {
  const counts = { noticed: 0, explained: 0, unexplained: 0, stale: 0 };
  for (const mutation of mutants) {
    const who = await noticedBy(mutation);
    const known = SURVIVORS.find(isSame(mutation));
    const verdict =
      who !== null
        ? known === undefined
          ? "noticed"
          : "stale"
        : known === undefined
          ? "unexplained"
          : "explained";
    counts[verdict] += 1;
    console.log(`${verdict.padEnd(11)} ${told(mutation)}  ${who ?? known?.why ?? ""}`);
  }
  console.log(
    `${mutants.length} mutants: ${Object.entries(counts)
      .map(([what, n]) => `${n} ${what}`)
      .join(", ")}`,
  );
  if (counts.unexplained + counts.stale > 0) process.exitCode = 1;
}
worker?.disconnect();

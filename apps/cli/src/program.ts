/** Arguments of every command, and nothing else: what they mean is in command/, how it looks in output/. */

import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { parseShard } from "./command/shard.js";
import { completionScript, SHELLS, type Shell } from "./completion.js";
import { EXIT, EXIT_TABLE, type ExitCode } from "./exit-code.js";
import { packageVersion } from "./package-version.js";
import type { ColorChoice, Terminal } from "./terminal.js";

/** A whole number of at least `least`. */
function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** A number of seconds above 0. */
function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e6)) throw new InvalidArgumentError("It must be a number of seconds above 0.");
  return value;
}

/** How a command ends. */
type Run = Promise<ExitCode>;

/** Commands as they are chosen; `finish` is told the exit status. */
export function buildProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command("vma");
  program
    .description(
      "Why does this process have so many memory areas? Counts, explains, replays and predicts them exactly as Linux does.",
    )
    .version(packageVersion())
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => void terminal.write(text),
      writeErr: (text) => terminal.note(text.trimEnd().replace(/^error: /, "vma: ")),
      getOutHelpWidth: () => Math.min(terminal.width, 100),
      getErrHelpWidth: () => Math.min(terminal.width, 100),
    })
    .showHelpAfterError("(vma help COMMAND tells more)")
    .addHelpText(
      "after",
      () => `\nExit status:\n${EXIT_TABLE.map(([code, what]) => `  ${code}  ${what}`).join("\n")}`,
    )
    .exitOverride();

  const common = (bare: Command, description: string): Command => {
    const made = bare
      .description(description)
      .addOption(
        new Option("--color <when>", "colours: auto, always or never")
          .choices(["auto", "always", "never"])
          .default("auto"),
      );
    made.hook("preAction", (_, running) =>
      terminal.useColor((running.opts() as { color: ColorChoice }).color),
    );
    return made;
  };
  const command = (usage: string, description: string): Command =>
    common(program.command(usage), description);
  const withMoment = (made: Command): Command =>
    made
      .option("--pid <pid>", "which process of a recording", wholeNumber(1))
      .option("--at <line>", "the moment of a recording: a line of its trace", wholeNumber(0));
  const ends = (run: Run): Promise<void> => run.then(finish);

  withMoment(command("top", "areas against the limit, grouped by what they are for"))
    .argument("[target]", "a PID, a smaps or maps file (gzip or not), - for standard input, or a recording")
    .option("--all", "every process of this machine, the fullest first", false)
    .option("--watch [seconds]", "look again and again: rate, and time to the limit", (text) => seconds(text))
    .option("--samples <n>", "with --watch: how many times", wholeNumber(1))
    .option("--limit <n>", "with --all: how many processes to list", wholeNumber(1), 30)
    .option("--max-map-count <n>", "measure against this limit", wholeNumber(1))
    .option("--json", "one JSON object", false)
    .option("--ndjson", "one JSON object for each area, one a line", false)
    .option("--parquet <file>", "one row for each area, as a Parquet file")
    .action(async (target: string | undefined, options: Record<string, unknown>) => {
      const { top } = await import("./command/top.js");
      const watch = options.watch === true ? 2 : options.watch;
      await ends(top(target, { ...options, ...(watch === undefined ? {} : { watch }) } as never, terminal));
    });

  withMoment(command("why", "all reasons that keep touching areas apart, counted, and what could be saved"))
    .argument("<target>", "a PID, a smaps or maps file, - for standard input, or a recording")
    .argument("[address]", "one boundary, or the boundaries of the area that holds the address")
    .option("--json", "one JSON object", false)
    .action(async (target: string, address: string | undefined, options: Record<string, unknown>) => {
      const { why } = await import("./command/why.js");
      await ends(why(target, address, options as never, terminal));
    });

  command("diff", "two maps, or two moments: appeared, gone, grew, split, merged, flags changed")
    .argument("<a>", "a PID, a file, -, or RECORDING@LINE for a moment of a recording")
    .argument("<b>", "the same")
    .option("--pid <pid>", "which process of a recording", wholeNumber(1))
    .option("--limit <n>", "how many changes to show", wholeNumber(1), 50)
    .option("--json", "one JSON object", false)
    .action(async (a: string, b: string, options: Record<string, unknown>) => {
      const { diff } = await import("./command/diff.js");
      await ends(diff(a, b, options as never, terminal));
    });

  withMoment(
    command("limits", "which call fails first, with which errno, how far away; a value to set and its cost"),
  )
    .argument("<target>", "a PID, a smaps or maps file, - for standard input, or a recording")
    .option("--max-map-count <n>", "as if vm.max_map_count were n", wholeNumber(1))
    .option("--json", "one JSON object", false)
    .action(async (target: string, options: Record<string, unknown>) => {
      const { limits } = await import("./command/limits.js");
      await ends(limits(target, options as never, terminal));
    });

  command("record", "run a program under strace and save what a replay needs")
    .argument("[command...]", "the program and its arguments; what follows it is its own")
    .requiredOption("-o, --output <dir>", "folder to make")
    .option("-p, --pid <pid>", "attach to a running process instead", wholeNumber(1))
    .option(
      "--faults",
      "page faults and the kernel's records of areas too, through perf where permitted",
      false,
    )
    .option("--every <n>", "also a snapshot at every n-th call of each kind", wholeNumber(1))
    .option("--no-filter", "let strace stop at every call, for programs that hang otherwise; slower")
    .passThroughOptions()
    .action(async (words: string[], options: Record<string, unknown>) => {
      const { record } = await import("./command/record.js");
      await ends(record(words, options as never, terminal));
    });

  command("replay", "carry a recording out on the model and hold it against the kernel, area by area")
    .argument("<recording>", "a folder made by vma record, or a strace file with --start")
    .option("--start <smaps>", "for a strace file: the memory map at its beginning")
    .option("--end <smaps>", "for a strace file: the memory map at its end")
    .option("--faults <file>", "for a strace file: page faults (perf script or ftrace text)")
    .option("--kernel <profile>", "6.1, 6.12, 6.18 or a release; default: the recording's")
    .option("--ignore-faults", "as if no page faults had been recorded", false)
    .option("--timeline", "areas over time", false)
    .option("--at <line>", "the predicted map after the call on that line of the trace", wholeNumber(0))
    .option("--pid <pid>", "with --at: the process", wholeNumber(1))
    .option("--json", "one JSON object", false)
    .option("--quiet", "the verdict only", false)
    .action(async (recording: string, options: Record<string, unknown>) => {
      const { replay } = await import("./command/replay.js");
      await ends(replay(recording, options as never, terminal));
    });

  command("ratchets", "calls that raised the number of areas and were never undone; the undo that works")
    .argument("<recording>", "a folder made by vma record, or a strace file with --start")
    .option("--start <smaps>", "for a strace file: the memory map at its beginning")
    .option("--kernel <profile>", "6.1, 6.12, 6.18 or a release; default: the recording's")
    .option("--json", "one JSON object", false)
    .action(async (recording: string, options: Record<string, unknown>) => {
      const { ratchets } = await import("./command/ratchets.js");
      await ends(ratchets(recording, options as never, terminal));
    });

  withMoment(command("explain", "calls on a drawn map or a real one: before, after, the rule, each refusal"))
    .argument("<calls...>", "each in quotes: 'mprotect 3-5 r--', 'madvise MADV_DONTDUMP', 'mmap rw-'")
    .requiredOption("-m, --map <map>", "a drawing such as PPP**NNN (* marks the range), a PID, a file, or -")
    .option(
      "-w, --with <letter=words>",
      "what an area of the drawing is: P=r--,dd,written",
      (text: string, before: string[]) => [...before, text],
      [] as string[],
    )
    .option("--kernel <profiles>", "kernels side by side, separated by commas", "6.1,6.12,6.18")
    .option("--svg <file>", "the drawing before and after each call as a picture, too")
    .option("--json", "one JSON object", false)
    .action(async (calls: string[], options: Record<string, unknown>) => {
      const { explain } = await import("./command/explain.js");
      await ends(explain(calls, options as never, terminal));
    });

  command(
    "whatif",
    "replay with one change and compare: no guard pages, without an advice, another kernel or limit",
  )
    .argument("<recording>", "a folder made by vma record, or a strace file with --start")
    .requiredOption(
      "-c, --change <change>",
      "no-guards, guard-install, one-reservation, without=CALL, kernel=PROFILE or limit=N; may be given several times",
      (text: string, before: string[] | undefined) => [...(before ?? []), text],
    )
    .option("--start <smaps>", "for a strace file: the memory map at its beginning")
    .option("--kernel <profile>", "6.1, 6.12, 6.18 or a release; default: the recording's")
    .option("--json", "one JSON object", false)
    .action(async (recording: string, options: Record<string, unknown>) => {
      const { whatif } = await import("./command/whatif.js");
      await ends(whatif(recording, options as never, terminal));
    });

  withMoment(
    command("report", "one self-contained HTML page: address space, areas over time, pairs, ratchets"),
  )
    .argument("<target>", "a PID, a smaps or maps file, - for standard input, or a recording")
    .requiredOption("-o, --output <file>", "the page to write")
    .action(async (target: string, options: Record<string, unknown>) => {
      const { report } = await import("./command/report.js");
      await ends(report(target, options as never, terminal));
    });

  const check = program
    .command("check")
    .description("the proofs: recorded decisions, recorded kernels, the running kernel");
  const checks = (usage: string, description: string): Command => common(check.command(usage), description);
  checks("truth", "recorded merge decisions, run on the engine they were recorded from")
    .argument("<files...>", "files of recorded decisions (.jsonl, .jsonl.gz), or folders of them")
    .option("--shard <i/n>", "part i of n; the JSON of all parts adds up", parseShard)
    .option("--keep <n>", "mismatches to print whole", wholeNumber(0), 5)
    .option("--json", "{files, scenarios, mismatches, notCompared}", false)
    .action(async (files: string[], options: Record<string, unknown>) => {
      const { checkTruthFiles } = await import("./command/check-truth.js");
      await ends(checkTruthFiles(files, options as never, terminal));
    });
  checks("corpus", "what real kernels did, step by step, held against the engine")
    .argument("<paths...>", "files of recorded kernels (.jsonl, .jsonl.gz), or folders of them")
    .option("--kernel <profile>", "replay all cases by these rules instead of the recorded kernel's")
    .option("--family <name>", "only cases of this family")
    .option("--case <id>", "only this case")
    .option("--shard <i/n>", "part i of n; the JSON of all parts adds up", parseShard)
    .option("--keep <n>", "mismatches to print whole", wholeNumber(0), 5)
    .option("--json", "{cases, steps, mismatches, notCompared, byFamily}", false)
    .action(async (paths: string[], options: Record<string, unknown>) => {
      const { checkCorpusFiles } = await import("./command/check-corpus.js");
      await ends(checkCorpusFiles(paths, options as never, terminal));
    });
  checks("kernel", "random calls on the running kernel and on the engine, compared after every one")
    .option("--ops <n>", "operations to run", wholeNumber(1), 2000)
    .option("--seed <n>", "decides every script", wholeNumber(0), 1)
    .option("--family <name>", "only scripts of this family")
    .option("--keep <n>", "failing scripts to shrink and print", wholeNumber(1), 3)
    .option("--json", "one JSON object", false)
    .action(async (options: Record<string, unknown>) => {
      const { checkKernel } = await import("./command/check-kernel.js");
      await ends(checkKernel(options as never, terminal));
    });
  checks("before-after", "the merge engine before the series against the one after it, over all small cases")
    .option("--shard <i/n>", "part i of n; the JSON of all parts adds up", parseShard)
    .option("--json", "one JSON object", false)
    .action(async (options: Record<string, unknown>) => {
      const { checkBeforeAfter } = await import("./command/check-before-after.js");
      await ends(checkBeforeAfter(options as never, terminal));
    });

  program
    .command("completion")
    .description("a script that teaches a shell the commands and options")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .action(async (shell: Shell) => {
      await terminal.write(completionScript(shell, program));
      finish(EXIT.fine);
    });

  return program;
}

/** What a wrong argument exits with. */
const _USAGE_EXIT: ExitCode = EXIT.wrongUse;

/** The man page, made from the commands themselves. */

import type { Command } from "commander";
import { EXIT_TABLE } from "./exit-code.js";

/** Text as roff takes it: no line begins with a dot, backslashes and hyphens are themselves. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}

function optionLines(command: Command): string[] {
  return command.options.flatMap((option) => [".TP", `.B ${roff(option.flags)}`, roff(option.description)]);
}

function commandLines(command: Command, path: string): string[] {
  const usage = command.usage().replace("[options]", "").trim();
  const lines = [`.SS vma ${roff(path)} ${roff(usage)}`.trim(), roff(command.description())];
  for (const argument of command.registeredArguments) {
    if (argument.description !== "")
      lines.push(".TP", `.I ${roff(argument.name())}`, roff(argument.description));
  }
  lines.push(...optionLines(command));
  return [...lines, ...command.commands.flatMap((child) => commandLines(child, `${path} ${child.name()}`))];
}

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ["vma top 4242", "what the areas of process 4242 are for, and how many are left"],
  ["vma why 4242", "what keeps its neighbours apart, and what could be saved"],
  ["vma record -o demo --faults -- python3 app.py", "record a program"],
  ["vma replay demo", "predict its map from its calls and compare with the kernel's"],
  ["vma explain -m 'PPP**NNN' 'mmap rw-'", "a call on a drawn map"],
  ["cat /proc/self/smaps | vma top -", "a map from standard input"],
];

/** The page in roff. */
export function manualPage(program: Command): string {
  const lines = [
    '.TH VMA 1 "" "vma" "User Commands"',
    ".SH NAME",
    "vma \\- counts, explains, replays and predicts the memory areas of Linux processes",
    ".SH SYNOPSIS",
    ".B vma",
    ".I command",
    "[\\fIoptions\\fR] [\\fIarguments\\fR]",
    ".SH DESCRIPTION",
    roff(program.description()),
    ".PP",
    "A target is a process id, a smaps or maps file (gzip or not), \\- for standard input, or the folder of a recording.",
    "Results go to standard output, messages to standard error.",
    ".SH COMMANDS",
    ...program.commands.flatMap((command) => commandLines(command, command.name())),
    ".SH EXIT STATUS",
    ...EXIT_TABLE.flatMap(([code, what]) => [".TP", `.B ${code}`, roff(what)]),
    ".SH ENVIRONMENT",
    ".TP",
    ".B NO_COLOR",
    "no colours, unless \\-\\-color says otherwise",
    ".TP",
    ".B COLUMNS",
    "width of tables when standard output is no terminal",
    ".SH EXAMPLES",
    ...EXAMPLES.flatMap(([command, what]) => [".TP", `.B ${roff(command)}`, roff(what)]),
  ];
  return `${lines.join("\n")}\n`;
}

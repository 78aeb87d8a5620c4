#!/usr/bin/env node
// The `vma` command: reads the arguments and hands over to one file per command.
import { readFileSync } from "node:fs";
import { Command } from "commander";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const program = new Command("vma")
  .description("Replays what a program asked of Linux's memory and predicts its memory map exactly.")
  .version(version);

await program.parseAsync();

/** Shell completion, made from the commands themselves so that it never lags behind. */

import type { Command, Option } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

interface Entry {
  /** Words after `vma`: "top", "check truth". */
  readonly path: string;
  readonly description: string;
  readonly options: readonly Option[];
  readonly children: readonly string[];
}

function entriesOf(command: Command, path: string): Entry[] {
  const own: Entry = {
    path,
    description: command.description(),
    options: command.options,
    children: command.commands.map((child) => child.name()),
  };
  return [own, ...command.commands.flatMap((child) => entriesOf(child, `${path} ${child.name()}`.trim()))];
}

function flagsOf(option: Option): string[] {
  return [option.short, option.long].filter((flag): flag is string => flag != null);
}

function words(entry: Entry): string {
  return [...entry.children, ...entry.options.flatMap(flagsOf), "--help"].join(" ");
}

/** A word in single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function bash(entries: readonly Entry[]): string {
  const cases = entries.map((entry) => `    ${quoted(entry.path)}) words=${quoted(words(entry))} ;;`);
  return `# bash completion for vma: eval "$(vma completion bash)"
_vma() {
  local current=\${COMP_WORDS[COMP_CWORD]} path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) continue ;; esac
    [[ -z "$path" || "$path" == check ]] && path="\${path:+$path }$word"
  done
  case "$path" in
${cases.join("\n")}
  esac
  if [[ "$current" == -* || -z "$path" || "$path" == check ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _vma vma
`;
}

function zsh(entries: readonly Entry[]): string {
  const described = (entry: Entry): string =>
    entry.children
      .map((child) => {
        const known = entries.find((other) => other.path === `${entry.path} ${child}`.trim());
        return quoted(`${child}:${(known?.description ?? "").replaceAll(":", "\\:")}`);
      })
      .join(" ");
  const cases = entries.map((entry) => {
    const flags = [...entry.options.flatMap(flagsOf), "--help"].map(quoted).join(" ");
    const children =
      entry.children.length > 0
        ? `local -a found=(${described(entry)}); _describe command found; `
        : "_files; ";
    return `    ${quoted(entry.path)}) ${children}compadd -- ${flags} ;;`;
  });
  return `#compdef vma
# zsh completion for vma: vma completion zsh > "\${fpath[1]}/_vma"
_vma() {
  local chosen="" word # "path" is zsh's own
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$word" == -* ]] && continue
    [[ -z "$chosen" || "$chosen" == check ]] && chosen="\${chosen:+$chosen }$word"
  done
  case "$chosen" in
${cases.join("\n")}
    *) _files ;;
  esac
}
# Loaded for its first completion, or sourced.
if [[ "\${funcstack[1]}" == _vma ]]; then _vma "$@"; else compdef _vma vma; fi
`;
}

function fish(entries: readonly Entry[]): string {
  const lines = ["# fish completion for vma: vma completion fish > ~/.config/fish/completions/vma.fish"];
  for (const entry of entries) {
    const parts = entry.path.split(" ").filter((part) => part !== "");
    const condition =
      parts.length === 0
        ? "__fish_use_subcommand"
        : parts.map((part) => `__fish_seen_subcommand_from ${part}`).join("; and ");
    for (const child of entry.children) {
      const known = entries.find((other) => other.path === `${entry.path} ${child}`.trim());
      lines.push(
        `complete -c vma -f -n ${quoted(condition)} -a ${child} -d ${quoted(known?.description ?? "")}`,
      );
    }
    for (const option of entry.options) {
      const short = option.short == null ? "" : ` -s ${option.short.slice(1)}`;
      const long = option.long == null ? "" : ` -l ${option.long.slice(2)}`;
      const needs = option.required ? " -r" : "";
      lines.push(
        `complete -c vma -n ${quoted(condition)}${short}${long}${needs} -d ${quoted(option.description)}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The script that teaches a shell the commands and options of `program`. */
export function completionScript(shell: Shell, program: Command): string {
  const entries = entriesOf(program, "");
  return { bash, zsh, fish }[shell](entries);
}

/** `siegel completion SHELL`: a script that completes subcommands, options and their values. */

import { Argument, Command } from "commander";
import { exitCode } from "../exit.ts";
import type { Context } from "../context.ts";

type Shell = "bash" | "zsh" | "fish";

export function completionCommand({ terminal, finish }: Context): Command {
  const command = new Command("completion")
    .summary("print a script for completion in a shell")
    .description("Prints a script that completes subcommands, options and their values.")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Examples:
  source <(siegel completion bash)
  siegel completion zsh > "\${fpath[1]}/_siegel"
  siegel completion fish > ~/.config/fish/completions/siegel.fish`,
    )
    .action((shell: Shell) => {
      terminal.out(scripts[shell](wordsByPath(rootOf(command))));
      finish(exitCode.ok);
    });
  return command;
}

/** For each path of subcommands, the words that may follow: `["meter serve", ["sml", "--help"]]`. */
type WordsByPath = readonly (readonly [path: string, words: readonly string[]])[];

function wordsByPath(command: Command, path: readonly string[] = []): WordsByPath {
  const options = command.options.flatMap(({ long, argChoices }) => [
    ...(long === undefined || long === null ? [] : [long]),
    ...(argChoices ?? []),
  ]);
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const words = [...command.commands.map((child) => child.name()), ...choices, ...options, "--help"];
  return [
    [path.join(" "), words] as const,
    ...command.commands.flatMap((child) => wordsByPath(child, [...path, child.name()])),
  ];
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** The path is made of the words so far that are subcommands; files complete where no word fits. */
const scripts: Readonly<Record<Shell, (words: WordsByPath) => string>> = {
  bash: (words) => `# completion for siegel
_siegel() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${subpaths(words, "|")}) path="\${path:+$path }$word" ;;
    esac
  done
  local words=""
  case "$path" in
${words.map(([path, list]) => `    ${quoted(path)}) words=${quoted(list.join(" "))} ;;`).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _siegel siegel
`,
  zsh: (words) => `#compdef siegel
_siegel() {
  local command_path="" word
  for word in "\${words[@]:1:$((CURRENT - 2))}"; do
    case "\${command_path:+$command_path }$word" in
      ${subpaths(words, "|")}) command_path="\${command_path:+$command_path }$word" ;;
    esac
  done
  case "$command_path" in
${words.map(([path, list]) => `    ${quoted(path)}) compadd -- ${list.map(quoted).join(" ")} ;;`).join("\n")}
  esac
  _files
}
# As a file of fpath this is the function's body and has to complete at its first call; sourced, it only registers.
if [ "$funcstack[1]" = _siegel ]; then _siegel; else compdef _siegel siegel; fi
`,
  fish: (words) => `# completion for siegel
${words
  .map(([path, list]) => {
    const seen = path === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${path.split(" ").at(-1)}`;
    return `complete -c siegel -n ${quoted(seen)} -a ${quoted(list.join(" "))}`;
  })
  .join("\n")}
`,
};

function subpaths(words: WordsByPath, separator: string): string {
  const paths = words.map(([path]) => path).filter((path) => path !== "");
  return paths.map(quoted).join(separator);
}

function quoted(text: string): string {
  return `'${text}'`;
}

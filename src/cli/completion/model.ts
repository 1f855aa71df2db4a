import type { Argument, Command, Option } from 'commander';

/** What may stand somewhere: names that the gateway knows, files, or one of these words. */
export type Kind = 'flows' | 'nodes' | 'files' | 'none' | readonly string[];
export interface OptionWord {
  readonly words: readonly string[];
  readonly says: string;
  /** null: it takes no value. */
  readonly value: Kind | null;
}
/** One command, as completion sees it. */
export interface Place {
  /** Its words, without `fusewire`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly says: string }[];
  readonly options: readonly OptionWord[];
  /** Of each argument; the last one counts on when `more`. */
  readonly args: readonly Kind[];
  readonly more: boolean;
}

/** Every place of a tree that was loaded whole. */
export function placesOf(command: Command, path: readonly string[] = []): Place[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const args = command.registeredArguments;
  const place: Place = {
    path: path.join(' '),
    commands: commands.map(one => ({ name: one.name(), says: one.description() })),
    options: help.visibleOptions(command).map(optionOf),
    args: args.map(kindOfArgument),
    more: args.at(-1)?.variadic === true,
  };
  const parts = command.commands.flatMap(one => placesOf(one, [...path, one.name()]));
  return [place, ...parts];
}

function optionOf(option: Option): OptionWord {
  const words = [option.short, option.long].filter(word => word != null);
  const takes = option.required || option.optional;
  return { words, says: option.description, value: takes ? kindOf(option.flags, option.argChoices) : null };
}

const kindOfArgument = (argument: Argument): Kind => kindOf(`<${argument.name()}>`, argument.argChoices);

function kindOf(flags: string, choices: readonly string[] | undefined): Kind {
  if (choices) return choices;
  const name = /[<[]([^>\]]*)[>\]]/.exec(flags)?.[1] ?? '';
  if (name === 'flow') return 'flows';
  if (name === 'node' || name === 'type') return 'nodes';
  return /file|dir|\.(json|wasm|rec)|^in$|^out$/.test(name) ? 'files' : 'none';
}

/** Options whose value comes as the next word. */
export const takers = (place: Place): string[] =>
  place.options.filter(one => one.value !== null).flatMap(one => [...one.words]);

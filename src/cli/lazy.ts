import { type Command, Option } from 'commander';

/** A command before anybody asked for it: its line in the help, and where the rest of it is. */
export interface LazyCommand {
  readonly says: string;
  /** Heading in the help of what it belongs to. */
  readonly group?: string;
  readonly load: () => Promise<(command: Command) => void>;
}

const loaders = new WeakMap<Command, LazyCommand['load']>();

/** Adds commands by name and description only, so that one command does not pay for the others' imports. */
export function addLazily(parent: Command, table: Readonly<Record<string, LazyCommand>>): void {
  for (const [name, { says, group, load }] of Object.entries(table)) {
    const command = parent.command(name).description(says);
    // Read where colours are decided; it stands here so that it may stand anywhere.
    command.addOption(new Option('--no-color').hideHelp());
    if (group) command.helpGroup(group);
    loaders.set(command, load);
  }
  // Commander's own does not wait for what is loaded; `help` of the first level does.
  parent.helpCommand(false);
  parent.hook('preSubcommand', (_parent, command) => loadCommand(command));
}

/** What may be behind a command's name; once. */
export async function loadCommand(command: Command): Promise<void> {
  const load = loaders.get(command);
  if (!load) return;
  loaders.delete(command);
  (await load())(command);
}

/** The whole tree, for what describes it. */
export async function loadTree(command: Command): Promise<Command> {
  await loadCommand(command);
  for (const part of command.commands) await loadTree(part);
  return command;
}

import { Command, Option } from 'commander';
import { COMMANDS } from './commands/table.ts';
import { addLazily } from './lazy.ts';
import { EXIT } from './output.ts';

/** The tree of commands; each is loaded when it is asked for. */
export function makeProgram(): Command {
  const program = new Command('fusewire')
    .description(
      'Industrial edge gateway: fuses a graph of WebAssembly nodes into one module and runs tag updates through it.',
    )
    // Read in main.ts, before all else.
    .option('-V, --version', 'print the version')
    .addOption(new Option('--no-color', 'no colours, as with NO_COLOR in the environment'))
    // Options before a command are fusewire's, those behind it the command's own.
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: command => command.name() })
    .addHelpText('after', '\nExit codes: 0 ok, 1 the flow is wrong, 2 usage, 3 the world failed.')
    .exitOverride(error => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage));
  addLazily(program, COMMANDS);
  return program;
}

import type { Command } from 'commander';
import { askControl } from '#gateway';
import { complain, EXIT, fail, print } from '../output.ts';

export function addRecord(command: Command): void {
  command
    .requiredOption('--state <dir>', 'the folder that the flow was started with')
    .addHelpText('after', '\nExample:\n  fusewire record --state state/boiler-line')
    .action(async ({ state }: { state: string }) => {
      try {
        const answer = await askControl(state, { do: 'record' });
        if (answer?.ok) return print(answer.file!);
        complain(answer ? answer.message : `no flow runs with ${state}`);
        process.exitCode = EXIT.world;
      } catch (error) {
        fail(error);
      }
    });
}

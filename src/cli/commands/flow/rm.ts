import type { Command } from 'commander';
import { ask } from '../../gateway/ask.ts';
import { onGateway, UsageError } from '../../gateway/connect.ts';
import { print, printJson } from '../../output.ts';

export function addRm(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  fusewire flow stop boiler && fusewire flow rm boiler');
  onGateway<{ yes?: boolean }>(command, async ({ client, args: [flow], options }) => {
    const params = { flow: flow! };
    if (!options.yes) {
      await client.call('getFlow', { params });
      const said = await ask(`delete ${flow}, all its versions and its state? Type its id: `, {
        instead: 'give --yes',
      });
      if (said !== flow) throw new UsageError('nothing was deleted');
    }
    await client.call('removeFlow', { params });
    if (options.json) printJson({ removed: flow });
    else print(`${flow} is deleted`);
  });
}

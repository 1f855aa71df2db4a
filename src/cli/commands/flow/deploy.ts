import type { Command } from 'commander';
import { onJob } from '../../gateway/job.ts';
import { versionNumber } from './show.ts';

const seconds = (text: string): number => Math.round(Number(text) * 1_000);

export function addDeploy(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('[version]', 'its number; else one is made of the draft', versionNumber)
    .option('-m, --message <text>', 'of the version that is made', '')
    .option('--probation <s>', 'rolled back by itself when it keeps failing within this time', seconds)
    .addHelpText(
      'after',
      '\nExamples:\n  fusewire flow deploy boiler -m "Alarm at 85 °C"\n  fusewire flow deploy boiler 3',
    );
  onJob<{ message: string; probation?: number }>(command, (client, [flow, version], { message, probation }) =>
    client.call('deployFlow', {
      params: { flow: flow! },
      body: {
        message,
        ...(version !== undefined && { version: Number(version) }),
        ...(probation !== undefined && { probation_ms: probation }),
      },
    }),
  );
}

export function addRollback(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('[version]', 'its number; else the one before the deployed one', versionNumber)
    .addHelpText('after', '\nExample:\n  fusewire flow rollback boiler');
  onJob(command, (client, [flow, version]) =>
    client.call('rollbackFlow', {
      params: { flow: flow! },
      body: version === undefined ? {} : { version: Number(version) },
    }),
  );
}

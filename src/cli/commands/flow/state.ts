import type { Command } from 'commander';
import { onJob } from '../../gateway/job.ts';

const adder =
  (what: 'start' | 'stop' | 'pause' | 'resume') =>
  (command: Command): void => {
    command.argument('<flow>', 'id of the flow').addHelpText('after', `\nExample:\n  fusewire flow ${what} boiler`);
    onJob(command, (client, [flow]) => client.call(`${what}Flow`, { params: { flow: flow! } }));
  };

export const addStart = adder('start');
export const addStop = adder('stop');
export const addPause = adder('pause');
export const addResume = adder('resume');

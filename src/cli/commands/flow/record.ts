import { basename } from 'node:path';
import type { Command } from 'commander';
import { onGateway } from '../../gateway/connect.ts';
import { bytes, print, printJson } from '../../output.ts';
import { writeOut } from './bundle.ts';

export function addFlowRecord(command: Command): void {
  command
    .argument('<flow>', 'id of the flow; it must run')
    .option('-o, --output <file>', 'where it goes, - for standard output; default: its name on the gateway')
    .addHelpText(
      'after',
      '\nExample:\n  fusewire flow record boiler -o boiler.rec && fusewire replay --step boiler.rec',
    );
  onGateway<{ output?: string }>(command, async ({ client, args: [flow], options }) => {
    const { name } = await client.call('makeRecording', { params: { flow: flow! } });
    const content = await client.call('getRecording', { params: { flow: flow!, name } });
    // The gateway names the file, not the folder.
    const file = options.output ?? basename(name);
    writeOut(file, content);
    if (options.json && file !== '-') printJson({ name, file, bytes: content.length });
    else if (file !== '-') print(`${file}: ${bytes(content.length)}`);
  });
}

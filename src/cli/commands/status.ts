import type { Command } from 'commander';
import { printable } from '#diagnostic';
import { onGateway } from '../gateway/connect.ts';
import { FLOW_COLUMNS, headLines } from '../gateway/status-table.ts';
import { grid, paint } from '../grid.ts';
import { colored, print, printJson } from '../output.ts';

export function addStatus(command: Command): void {
  command.addHelpText('after', '\nExample:\n  fusewire status');
  onGateway(command, async ({ client, options }) => {
    const status = await client.call('getStatus');
    if (options.json) return printJson(status);
    const color = colored(process.stdout);
    print(headLines(status).map(printable).join('\n'));
    if (status.flows.length > 0) print(`\n${grid(FLOW_COLUMNS, status.flows)}`);
    for (const { id, problem } of status.flows)
      if (problem !== null) print(`${id}: ${paint('red', printable(problem), color)}`);
  });
}

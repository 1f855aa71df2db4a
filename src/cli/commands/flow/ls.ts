import type { Command } from 'commander';
import { allOf, onGateway } from '../../gateway/connect.ts';
import { stateStyle, versionText } from '../../gateway/flow-table.ts';
import { grid } from '../../grid.ts';
import { print, printJson } from '../../output.ts';

export function addLs(command: Command): void {
  command.addHelpText('after', '\nExample:\n  fusewire flow ls');
  onGateway(command, async ({ client, options }) => {
    const flows = await allOf(query => client.call('listFlows', { query }));
    if (options.json) return printJson(flows);
    if (flows.items.length === 0) return print('no flows; make one with: fusewire flow apply FILE.json');
    print(
      grid(
        [
          { title: 'flow', of: one => one.id },
          { title: 'name', of: one => one.name, shrinks: true },
          { title: 'state', of: one => one.state, style: one => stateStyle(one.state) },
          { title: 'version', of: versionText },
          { title: 'draft', of: one => (one.draft_differs ? 'changed' : '') },
          { title: 'problem', of: one => one.problem ?? '', shrinks: true, style: () => 'red' },
        ],
        flows.items,
      ),
    );
  });
}

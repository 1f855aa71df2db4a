import type { Command } from 'commander';
import { onGateway } from '../gateway/connect.ts';
import { grid } from '../grid.ts';
import { number, print, printJson, rate } from '../output.ts';

export function addDrivers(command: Command): void {
  command.addHelpText('after', '\nExample:\n  fusewire drivers');
  onGateway(command, async ({ client, options }) => {
    const drivers = await client.call('listDrivers');
    if (options.json) return printJson(drivers);
    if (drivers.items.length === 0) return print('no driver is connected; see where they dial to: fusewire status');
    print(
      grid(
        [
          { title: 'driver', of: one => String(one.driver), right: true },
          { title: 'peer', of: one => one.peer },
          { title: '', of: one => (one.connected ? '' : 'gone') },
          { title: 'received', of: one => number(one.received), right: true },
          { title: '/s', of: one => rate(one.rate), right: true },
          { title: 'gaps', of: one => number(one.gaps), right: true, style: one => (one.gaps > 0 ? 'yellow' : null) },
          { title: 'restarts', of: one => number(one.resets), right: true },
          {
            title: 'held back by',
            of: one => one.held_by.join(', '),
            style: () => 'yellow',
          },
        ],
        drivers.items,
      ),
    );
  });
}

import type { Command } from 'commander';
import { allOf, onGateway } from '../gateway/connect.ts';
import { grid } from '../grid.ts';
import { localTime, print, printJson } from '../output.ts';
import { atLeastOne } from '../whole.ts';
import { more } from './flow/history.ts';

interface AuditOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly limit: number;
}

export function addAudit(command: Command): void {
  command
    .option('--actor <user>', 'what this user did')
    .option('--action <action>', 'of this kind')
    .option('--target <target>', 'what was done to this')
    .option('-n, --limit <n>', 'so many, newest first', atLeastOne, 100)
    .addHelpText('after', '\nExample:\n  fusewire audit --actor ann -n 20');
  onGateway<AuditOptions>(command, async ({ client, options }) => {
    const { actor, action, target, limit } = options;
    const wanted = { ...(actor && { actor }), ...(action && { action }), ...(target && { target }) };
    const entries = await allOf(query => client.call('listAudit', { query: { ...query, ...wanted } }), limit);
    if (options.json) return printJson(entries);
    if (entries.items.length === 0) return print('nothing of that kind was changed');
    print(
      grid(
        [
          { title: 'time', of: one => localTime(one.time) },
          { title: 'who', of: one => one.actor },
          { title: 'from', of: one => one.address },
          { title: 'what', of: one => one.action },
          { title: 'to', of: one => one.target },
          { title: 'details', of: one => JSON.stringify(one.details) ?? '', shrinks: true },
        ],
        entries.items,
      ),
    );
    more(entries.next);
  });
}

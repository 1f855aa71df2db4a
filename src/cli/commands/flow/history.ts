import type { Command } from 'commander';
import { allOf, onGateway } from '../../gateway/connect.ts';
import { grid } from '../../grid.ts';
import { complain, localTime, number, print, printJson, short } from '../../output.ts';
import { atLeastOne } from '../../whole.ts';

export function addHistory(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .option('--deploys', 'deploys, starts and stops instead of versions')
    .option('-n, --limit <n>', 'so many, newest first', atLeastOne, 50)
    .addHelpText('after', '\nExamples:\n  fusewire flow history boiler\n  fusewire flow history boiler --deploys');
  onGateway<{ deploys?: boolean; limit: number }>(command, async ({ client, args: [flow], options }) => {
    const params = { flow: flow! };
    const { limit } = options;
    if (options.deploys) {
      const deploys = await allOf(query => client.call('listDeploys', { query: { ...query, flow: flow! } }), limit);
      if (options.json) return printJson(deploys);
      if (deploys.items.length === 0) return print('no deploys');
      print(
        grid(
          [
            { title: 'deploy', of: one => short(one.id) },
            { title: 'time', of: one => localTime(one.started_at) },
            { title: 'what', of: one => one.kind },
            { title: 'version', of: one => (one.version === null ? '' : String(one.version)), right: true },
            {
              title: 'state',
              of: one => (one.state === 'failed' && one.stage ? `failed in ${one.stage}` : one.state),
              style: one => (one.state === 'failed' ? 'red' : null),
            },
            { title: 'ms', of: one => number(one.stages.reduce((sum, { ms }) => sum + (ms ?? 0), 0)), right: true },
            { title: 'by', of: one => one.by },
            { title: 'error', of: one => one.error?.message ?? '', shrinks: true },
          ],
          deploys.items,
        ),
      );
      return more(deploys.next);
    }
    const versions = await allOf(query => client.call('listVersions', { params, query }), limit);
    if (options.json) return printJson(versions);
    if (versions.items.length === 0) return print(`no versions; make one with: fusewire flow deploy ${flow}`);
    print(
      grid(
        [
          { title: 'version', of: one => String(one.number), right: true },
          { title: '', of: one => (one.deployed ? 'deployed' : ''), style: () => 'green' },
          { title: 'time', of: one => localTime(one.created_at) },
          { title: 'author', of: one => one.author },
          { title: 'hash', of: one => short(one.hash) },
          { title: 'message', of: one => one.message, shrinks: true },
        ],
        versions.items,
      ),
    );
    more(versions.next);
  });
}

/** Said where it does not disturb who reads the table. */
export const more = (next: string | null): void => {
  if (next !== null) complain('there are more: see --limit');
};

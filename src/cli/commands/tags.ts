import type { Command } from 'commander';
import { allOf, onGateway } from '../gateway/connect.ts';
import { payloadText } from '../gateway/hops.ts';
import { grid } from '../grid.ts';
import { localTime, number, print, printJson, rate } from '../output.ts';
import { atLeastOne } from '../whole.ts';
import { more } from './flow/history.ts';

export function addTags(command: Command): void {
  command
    .argument('[pattern]', 'of tags, as in MQTT: line1/+/temp, line1/#')
    .option('-n, --limit <n>', 'so many', atLeastOne, 200)
    .addHelpText('after', '\nExample:\n  fusewire tags "line1/#"');
  onGateway<{ limit: number }>(command, async ({ client, args: [match], options }) => {
    const tags = await allOf(
      query => client.call('listTags', { query: { ...query, ...(match !== undefined && { match }) } }),
      options.limit,
    );
    if (options.json) return printJson(tags);
    if (tags.items.length === 0) return print(match === undefined ? 'no tags seen lately' : `no tag matches ${match}`);
    print(
      grid(
        [
          { title: 'tag', of: one => one.tag, shrinks: true },
          { title: 'value', of: one => lastValue(one.update), shrinks: true },
          { title: 'quality', of: one => String(one.update?.update?.quality ?? ''), right: true },
          { title: '/s', of: one => rate(one.rate), right: true },
          { title: 'last seen', of: one => localTime(one.last_seen) },
          { title: 'gaps', of: one => number(one.gaps), right: true, style: one => (one.gaps > 0 ? 'yellow' : null) },
          { title: 'driver', of: one => one.driver },
          { title: 'flows', of: one => one.flows.join(' '), shrinks: true },
        ],
        tags.items,
      ),
    );
    more(tags.next);
  });
}

function lastValue(payload: Parameters<typeof payloadText>[0] | null): string {
  if (!payload) return '';
  const { update } = payload;
  return update ? `${update.value}${update.unit ? ` ${update.unit}` : ''}` : payloadText(payload);
}

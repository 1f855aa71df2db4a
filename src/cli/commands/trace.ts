import type { Command } from 'commander';
import { onGateway } from '../gateway/connect.ts';
import { recordLines } from '../gateway/hops.ts';
import { complain, EXIT, print, printJson } from '../output.ts';
import { whole } from '../whole.ts';

export function addTrace(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .option('--match <pattern>', 'only records of these tags', '#')
    .option('-n, --records <n>', 'so many', whole(1, 100), 1)
    .option('--within <s>', 'wait so long for them', whole(1, 60), 5)
    .addHelpText('after', '\nExample:\n  fusewire trace boiler --match "line1/#" -n 5');
  onGateway<{ match: string; records: number; within: number }>(command, async ({ client, args: [flow], options }) => {
    const params = { flow: flow! };
    const { match, records, within } = options;
    const trace = await client.call('traceFlow', { params, body: { match, records, within_ms: within * 1_000 } });
    if (options.json) printJson(trace);
    else {
      const { wires } = await client.call('getFlowLive', { params, query: { values: 'false' } });
      for (const record of trace.records) print(recordLines(record, wires).join('\n'));
    }
    if (trace.complete) return;
    const came = trace.records.length;
    complain(
      `${came === 0 ? 'no record' : `only ${came}`} came in ${within} s that matches ${match}; see: fusewire tags`,
    );
    if (came === 0) process.exitCode = EXIT.world;
  });
}

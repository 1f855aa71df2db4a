import { type Command, InvalidArgumentError } from 'commander';
import type { FlowDto, FlowLiveDto } from '#api';
import type { Client } from '#client';
import { printable } from '#diagnostic';
import { onGateway } from '../../gateway/connect.ts';
import { stateStyle, versionText } from '../../gateway/flow-table.ts';
import { lastText } from '../../gateway/hops.ts';
import { grid, paint } from '../../grid.ts';
import { bytes, colored, localTime, number, numberOr, print, printJson, rate } from '../../output.ts';

/** An argument that is a version's number. */
export function versionNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('Versions are numbers from 1; see fusewire flow history.');
  return Number(text);
}

export function addShow(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('[version]', 'with --document: of this version, not of the draft', versionNumber)
    .option('--document', 'print the document')
    .addHelpText('after', '\nExamples:\n  fusewire flow show boiler\n  fusewire flow show boiler 3 --document');
  onGateway<{ document?: boolean }>(command, async ({ client, args: [flow, version], options }) => {
    if (options.document || version !== undefined) return document(client, flow!, version, options);
    const found = await client.call('getFlow', { params: { flow: flow! } });
    if (options.json) return printJson(found);
    const runs = found.state === 'running' || found.state === 'paused' || found.state === 'quarantined';
    const live = runs ? await client.call('getFlowLive', { params: { flow: flow! } }) : null;
    print(describe(found, live));
  });
}

async function document(
  client: Client,
  flow: string,
  version: string | undefined,
  options: { document?: boolean; json?: boolean },
): Promise<void> {
  const params = { flow };
  const found =
    version === undefined
      ? await client.call('getDraft', { params })
      : await client.call('getVersion', { params: { flow, version: Number(version) } });
  printJson(options.document ? found.document : found);
}

function describe(flow: FlowDto, live: FlowLiveDto | null): string {
  const color = colored(process.stdout);
  const { settings } = flow;
  const lines = [
    `${paint('bold', printable(flow.name), color)} (${flow.id})`,
    `  state     ${paint(stateStyle(flow.state), flow.state, color)}${flow.desired === flow.state ? '' : `, should be ${flow.desired}`}`,
    ...(flow.problem ? [`  problem   ${paint('red', printable(flow.problem), color)}`] : []),
    `  version   ${versionText(flow)}${flow.draft_differs ? ', and a draft that differs' : ''}`,
    `  overload  ${settings.overload}; tests before deploy ${settings.test_before_deploy ? 'on' : 'off'}; probation ${settings.probation_ms / 1_000} s`,
    `  created   ${localTime(flow.created_at)} by ${printable(flow.created_by)}`,
  ];
  if (!live) return lines.join('\n');
  const { latency_us: latency } = live;
  return [
    ...lines,
    `  now       ${rate(live.rate)} records/s; latency p50 ${numberOr(latency.p50)} µs, p99 ${numberOr(latency.p99)} µs; memory ${bytes(live.memory_bytes)}`,
    `  since     ${number(live.records)} records, ${number(live.errors)} errors, ${number(live.faults)} faults, ${number(live.dead_letters)} dead letters`,
    '',
    grid(
      [
        { title: 'node', of: one => one.id },
        { title: 'type', of: one => one.node_type },
        { title: 'in/s', of: one => rate(one.rate), right: true },
        { title: 'errors', of: one => number(one.errors), right: true },
        { title: 'cost %', of: one => (one.cost_share * 100).toFixed(1), right: true },
        { title: 'last value', of: one => lastText(one.last), shrinks: true },
      ],
      live.nodes,
    ),
    ...(live.sinks.length === 0
      ? []
      : [
          '',
          grid(
            [
              { title: 'sink', of: one => one.node },
              { title: 'kind', of: one => one.kind },
              { title: '', of: one => (one.connected ? 'connected' : 'away') },
              { title: 'delivered', of: one => number(one.delivered), right: true },
              { title: 'waiting', of: one => number(one.pending), right: true },
              { title: 'on disk', of: one => bytes(one.spooled_bytes), right: true },
              { title: 'problem', of: one => one.problem ?? '', shrinks: true, style: () => 'red' },
            ],
            live.sinks,
          ),
        ]),
  ].join('\n');
}

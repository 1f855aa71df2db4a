import type { Command } from 'commander';
import type { DiffDto } from '#api';
import { printable } from '#diagnostic';
import { onGateway, UsageError } from '../../gateway/connect.ts';
import { paint, type Style } from '../../grid.ts';
import { colored, print, printJson } from '../../output.ts';

const VALUE_CHARS = 80;

/** `draft`, `deployed`, or a number. */
function which(text: string | undefined): 'draft' | 'deployed' | number | undefined {
  if (text === undefined || text === 'draft' || text === 'deployed') return text;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`${JSON.stringify(text)} is no version: give a number, draft or deployed`);
}

export function addDiff(command: Command): void {
  command
    .argument('<flow>', 'id of the flow')
    .argument('[from]', 'a version, draft or deployed', 'deployed')
    .argument('[to]', 'a version, draft or deployed', 'draft')
    .addHelpText('after', '\nExamples:\n  fusewire flow diff boiler\n  fusewire flow diff boiler 3 4');
  onGateway(command, async ({ client, args: [flow, from, to], options }) => {
    const query = { from: which(from), to: which(to) };
    const diff = await client.call('diffFlow', { params: { flow: flow! }, query });
    if (options.json) printJson(diff);
    else print(describe(diff));
  });
}

function describe(diff: DiffDto): string {
  const color = colored(process.stdout);
  const line = (style: Style, sign: string, text: string): string => paint(style, `${sign} ${printable(text)}`, color);
  const changes = (of: DiffDto['document_changed'], indent: string): string[] =>
    of.flatMap(({ path, from, to }) => [
      `${indent}${printable(path)}`,
      ...(from === undefined ? [] : [`${indent}  ${line('red', '-', value(from))}`]),
      ...(to === undefined ? [] : [`${indent}  ${line('green', '+', value(to))}`]),
    ]);
  const lines = [
    ...diff.nodes_removed.map(one => line('red', '-', `node ${one}`)),
    ...diff.nodes_added.map(one => line('green', '+', `node ${one}`)),
    ...diff.nodes_changed.flatMap(one => [line('yellow', '~', `node ${one.id}`), ...changes(one.changes, '    ')]),
    ...diff.wires_removed.map(one => line('red', '-', `wire ${one}`)),
    ...diff.wires_added.map(one => line('green', '+', `wire ${one}`)),
    ...changes(diff.document_changed, ''),
    ...(diff.nodes_reordered ? [line('yellow', '~', 'order of nodes')] : []),
    ...(diff.wires_reordered ? [line('yellow', '~', 'order of wires')] : []),
    ...(diff.layout_changed ? [paint('dim', '~ layout', color)] : []),
  ];
  if (lines.length === 0) return 'no difference';
  return diff.same ? [...lines, '', 'both make the same fused module'].join('\n') : lines.join('\n');
}

const value = (of: unknown): string => {
  const text = JSON.stringify(of) ?? 'nothing';
  return text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS - 1)}…` : text;
};

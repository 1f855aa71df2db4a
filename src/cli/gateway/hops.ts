import type { HopDto, Payload, TracedRecordDto } from '#api';
import { printable } from '#diagnostic';
import { clip, paint } from '../grid.ts';
import { colored, localTime, number, screenWidth } from '../output.ts';

export interface Wire {
  readonly source_node: string;
  readonly source_port: string;
  readonly target_node: string;
}

/** Wires of a document, which a stranger wrote. */
export function wiresOf(document: unknown): Wire[] {
  const { wires } = (document ?? {}) as { wires?: unknown };
  return Array.isArray(wires) ? wires.filter(one => typeof one?.target_node === 'string') : [];
}

/** What a message says, in one line. */
export function payloadText({ update, text, bytes }: Payload): string {
  if (!update) return `${number(bytes)} bytes: ${text}`;
  const quality = update.quality ? ` (quality ${update.quality})` : '';
  return `${update.tag} = ${update.value}${update.unit ? ` ${update.unit}` : ''}${quality}`;
}

const LAST_CHARS = 60;

/** Last messages of a node's outputs, short enough for a row. */
export const lastText = (last: readonly { readonly payload: Payload }[]): string =>
  last.map(({ payload }) => clip(payloadText(payload).split('\n', 1)[0]!, LAST_CHARS)).join(' | ');

/** How deep each hop stands: under the last message before it that a wire brought to its node. */
export function depths(hops: readonly HopDto[], wires: readonly Wire[]): number[] {
  const depth: number[] = [];
  hops.forEach(({ node }, at) => {
    let parent = at - 1;
    const leadsHere = ({ node: from, port }: HopDto): boolean =>
      from === null ||
      wires.some(one => one.target_node === node && one.source_node === from && one.source_port === port);
    while (parent >= 0 && !leadsHere(hops[parent]!)) parent -= 1;
    depth.push(parent < 0 ? 0 : depth[parent]! + 1);
  });
  return depth;
}

/** One record's way through the graph as a tree. */
export function recordLines(record: TracedRecordDto, wires: readonly Wire[]): string[] {
  const color = colored(process.stdout);
  const head = `record ${number(record.record)}, ${localTime(record.time)}`;
  const depth = depths(record.hops, wires);
  const names = record.hops.map(({ node, port }) =>
    node === null ? 'in' : port === 'sink' ? node : `${node}.${port}`,
  );
  const widest = Math.max(0, ...names.map((name, i) => depth[i]! * 2 + name.length));
  const width = screenWidth();
  const lines = record.hops.map(({ payload, refused }, i) => {
    const indent = '  '.repeat(depth[i]! + 1);
    const name = printable(names[i]!).padEnd(widest - depth[i]! * 2);
    const text = clip(printable(payloadText(payload)), Math.max(20, width - indent.length - name.length - 4));
    return `${indent}${paint(refused ? 'red' : 'cyan', name, color)}  ${refused ? 'refused: ' : ''}${text}`;
  });
  return [
    paint('bold', head, color),
    ...lines,
    ...(record.truncated ? ['  … more hops than are kept'] : []),
    ...(record.error === null ? [] : [`  ${paint('red', `✗ ${printable(record.error)}`, color)}`]),
  ];
}

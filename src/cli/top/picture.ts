import type { FlowLiveDto, NodeLiveDto, SinkLiveDto } from '#api';
import { printable } from '#diagnostic';
import { lastText } from '../gateway/hops.ts';
import { FLOW_COLUMNS, headLines } from '../gateway/status-table.ts';
import { type Column, clip, gridLines, paint } from '../grid.ts';
import { bytes, number, numberOr, rate } from '../output.ts';
import { FLOW_SORTS, NODE_SORTS, type Picture, shownFlows, shownNodes, type TopState } from './state.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly color: boolean;
}

const NODE_COLUMNS: readonly Column<NodeLiveDto>[] = [
  { title: 'node', of: one => one.id, shrinks: true },
  { title: 'type', of: one => one.node_type },
  { title: 'in/s', of: one => rate(one.rate), right: true },
  { title: 'in', of: one => number(one.in), right: true },
  { title: 'out', of: one => one.out.map(number).join(' '), right: true },
  { title: 'errors', of: one => number(one.errors), right: true, style: one => (one.errors > 0 ? 'red' : null) },
  { title: 'cost %', of: one => (one.cost_share * 100).toFixed(1), right: true },
  { title: 'last value', of: one => lastText(one.last), shrinks: true },
];
const SINK_COLUMNS: readonly Column<SinkLiveDto>[] = [
  { title: 'sink', of: one => one.node },
  { title: 'kind', of: one => one.kind },
  { title: 'line', of: one => (one.connected ? 'up' : 'DOWN'), style: one => (one.connected ? 'green' : 'red') },
  { title: 'delivered', of: one => number(one.delivered), right: true },
  { title: 'waiting', of: one => number(one.pending), right: true },
  { title: 'on disk', of: one => bytes(one.spooled_bytes), right: true },
  { title: 'dropped', of: one => number(one.dropped), right: true },
  { title: 'last', of: one => one.problem ?? one.last, shrinks: true },
];

/** The screen, or what a pipe gets of it: no line wider, and not more lines, than there is room for. */
export function pictureLines(picture: Picture, state: TopState, size: Size): string[] {
  const head = state.flow === null ? gatewayHead(picture) : flowHead(picture.live, state.flow);
  const foot = Number.isFinite(size.height) ? footLines(picture, state) : [];
  const room = size.height - head.length - foot.length - 2;
  const body = state.flow === null ? flowsBody(picture, state, size, room) : nodesBody(picture, state, size, room);
  const shown = (line: string, i: number): string => {
    const text = clip(printable(line), size.width);
    return i === 0 ? paint('bold', text, size.color) : text;
  };
  const lines = [...head.map(shown), '', ...body];
  const gap = Math.max(0, size.height - lines.length - foot.length);
  const empty = Number.isFinite(gap) ? Array.from({ length: gap }, () => '') : [];
  const end = foot.map(line => paint('dim', clip(printable(line), size.width), size.color));
  return [...lines, ...empty, ...end].slice(0, size.height);
}

const gatewayHead = ({ status }: Picture): string[] => (status ? headLines(status) : ['waiting for the gateway …']);

function flowHead(live: FlowLiveDto | null, flow: string): string[] {
  if (!live) return [`${flow}: waiting for the gateway …`];
  const { latency_us: latency } = live;
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  return [
    `${live.name} (${live.id})   ${live.state}   version ${live.version ?? '–'}${live.problem ? `   ${live.problem}` : ''}`,
    `${rate(live.rate)} records/s   p50 ${numberOr(latency.p50)} µs   p99 ${numberOr(latency.p99)} µs   p99.9 ${numberOr(latency.p999)} µs   memory ${bytes(live.memory_bytes)}`,
    `records ${number(live.records)}   errors ${number(live.errors)}   faults ${number(live.faults)}   dead letters ${number(live.dead_letters)}   rings in ${percent(live.ingress_fill)}, out ${percent(live.egress_fill)}`,
  ];
}

function flowsBody(picture: Picture, state: TopState, size: Size, room: number): string[] {
  const rows = shownFlows(picture, state);
  if (picture.status && rows.length === 0)
    return [clip(state.filter ? `no flow has ${printable(state.filter)} in its id` : 'no flows', size.width)];
  return windowed(marked(FLOW_COLUMNS, FLOW_SORTS[state.sort]?.title, size), rows, state, size, room);
}

function nodesBody(picture: Picture, state: TopState, size: Size, room: number): string[] {
  const { live } = picture;
  if (!live) return [];
  const sinks = live.sinks.length === 0 ? [] : ['', ...gridLines(SINK_COLUMNS, live.sinks, size)];
  const columns = marked(NODE_COLUMNS, NODE_SORTS[state.sort]?.title, size);
  const nodes = windowed(columns, shownNodes(picture, state), state, size, Math.max(3, room - sinks.length));
  return [...nodes, ...sinks].slice(0, Math.max(0, room + 1));
}

/** The column that is sorted by says so. */
const marked = <T>(columns: readonly Column<T>[], title: string | undefined, { height }: Size): Column<T>[] =>
  columns.map(one => (one.title === title && Number.isFinite(height) ? { ...one, title: `${title}▾` } : one));

/** So many rows as there is room for, those around the selected one. */
function windowed<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  state: TopState,
  size: Size,
  room: number,
): string[] {
  if (!Number.isFinite(room)) return gridLines(columns, rows, size);
  const count = Math.max(1, room - 1);
  const selected = Math.min(state.selected, rows.length - 1);
  const start = Math.max(0, Math.min(selected - (count >> 1), rows.length - count));
  return gridLines(columns, rows.slice(start, start + count), { ...size, selected: selected - start });
}

function footLines({ connected, status }: Picture, state: TopState): string[] {
  if (state.typing) return [`/${state.filter}▌   enter: keep, escape: leave`];
  const sorts: readonly { readonly title: string }[] = state.flow === null ? FLOW_SORTS : NODE_SORTS;
  const notes = [
    state.paused && 'PAUSED',
    !connected && status !== null && 'CONNECTION LOST, trying again',
    state.filter && `only /${state.filter}`,
  ].filter(Boolean);
  const way = state.flow === null ? 'enter open' : '← back';
  const keys = `q quit   s sort (${sorts[state.sort]?.title || 'as drawn'})   ↑↓ ${way}   / filter   p pause`;
  return [[...notes, keys].join('   ')];
}

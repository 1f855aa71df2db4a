/** What a node does, in a few signs: `value > 80`, `× 1.8 + 32`, `line1/+/temp`. The same in every language. */
import type { FlowNode } from '../contract.ts';

type Props = Readonly<Record<string, unknown>>;

const CHARS_MAX = 120;
const SIGNS: Readonly<Record<string, string>> = { add: '+', subtract: '−', multiply: '×', divide: '÷' };
const CALLS = ['min', 'max', 'mean'];

const OF_TYPE: Readonly<Record<string, (props: Props) => string>> = {
  tag_input: ({ tags }) => (Array.isArray(tags) ? tags.map(show).join(', ') : '#'),
  filter: props => condition(props, true),
  switch: ({ cases }) => (Array.isArray(cases) ? cases.map(one => condition(asProps(one), false)).join(' · ') : ''),
  scale: scaled,
  binary_combine: ({ op }) =>
    op === undefined ? '' : CALLS.includes(show(op)) ? `${show(op)}(a, b)` : `a ${SIGNS[show(op)] ?? show(op)} b`,
  window: windowed,
  agg: ({ function: name, mode }) => [mode === 'running' ? mode : '', show(name)].join(' ').trim(),
  file_sink: ({ path }) => show(path),
  mqtt_sink: ({ topic, url }) => arrow(show(topic), host(url)),
  http_sink: ({ method, url }) => (url === undefined ? '' : `${show(method ?? 'POST')} ${host(url)}`),
};

/** Empty: there is nothing to say. */
export function summary({ node_type, props = {} }: Pick<FlowNode, 'node_type' | 'props'>): string {
  const text = Object.hasOwn(OF_TYPE, node_type) ? OF_TYPE[node_type]!(props) : listed(props);
  return text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX)}…` : text;
}

/** 250 ms, 1.5 s, 2 min, 1 h */
export function duration(ms: unknown): string {
  if (typeof ms !== 'number' || !Number.isFinite(ms)) return show(ms);
  const round = (value: number): number => Math.round(value * 100) / 100;
  if (ms < 1_000) return `${round(ms)} ms`;
  if (ms < 60_000) return `${round(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${round(ms / 60_000)} min`;
  return `${round(ms / 3_600_000)} h`;
}

function condition({ field = 'value', op, value }: Props, isAlone: boolean): string {
  if (op === undefined) return '';
  const of = isAlone || field !== 'value' ? `${show(field)} ` : '';
  return `${of}${show(op)} ${show(value)}`;
}

function scaled({ factor = 1, offset = 0, min, max, unit, tag }: Props): string {
  const parts = [
    factor === 1 ? '' : `× ${show(factor)}`,
    typeof offset === 'number' && offset < 0 ? `− ${-offset}` : offset === 0 ? '' : `+ ${show(offset)}`,
    min === undefined ? '' : `≥ ${show(min)}`,
    max === undefined ? '' : `≤ ${show(max)}`,
    show(unit),
  ];
  return arrow(parts.filter(part => part !== '').join(' '), show(tag));
}

function windowed({ kind, size_ms, hop_ms, gap_ms, count }: Props): string {
  if (kind === 'hopping') return `${kind} ${duration(size_ms)} / ${duration(hop_ms)}`;
  if (kind === 'session') return `${kind} ${duration(gap_ms)}`;
  if (kind === 'count') return `${kind} ${show(count)}`;
  return `${show(kind)} ${duration(size_ms)}`.trim();
}

/** Of a node that is not one of ours: its first values. */
const listed = (props: Props): string =>
  Object.entries(props)
    .filter(([, value]) => typeof value !== 'object')
    .slice(0, 3)
    .map(([key, value]) => `${key} ${show(value)}`)
    .join(' · ');

const arrow = (from: string, to: string): string => [from, to].filter(part => part !== '').join(' → ');
/** Without user and password. */
const host = (url: unknown): string => show(url).replace(/^[a-z]+:\/\/([^/@]*@)?/i, '');
const show = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? '{…}' : String(value).replace(/\s+/g, ' ');
};
const asProps = (value: unknown): Props =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

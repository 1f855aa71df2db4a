/** A golden test made of a try: what went in, and what came out, see docs/testing-flows.md. */
import type { Shapes } from '../api/client.ts';
import { bytesLeftOut, bytesOf, type Payload, readable, type Update } from './payload.ts';
import { SINK_PORT } from './trace.ts';
import type { TryMessage } from './try-rows.ts';

type Report = Shapes['TryReport'];
export interface GoldenSource {
  readonly start_us: number;
  readonly messages: readonly TryMessage[];
  /** Time that passed after the last. */
  readonly advance_ms: number;
  readonly report: Report;
  /** Ids of nodes that are sinks: one that wrote nothing must not write anything. */
  readonly sinks: readonly string[];
  /** Every output, or what sinks wrote. */
  readonly extent: 'all' | 'sinks';
}

/** As the gateway says it of a record that ended in a fault. */
const FAULT = /^node "([^"]+)" \([^)]*\) in [^,]+, record \d+: ([^(]+?) \(/;
const MALFORMED = 'malformed message';

/** JSON is YAML, too. */
const line = (value: unknown): string => JSON.stringify(value);

export function goldenText(source: GoldenSource): string {
  const { start_us, report, advance_ms } = source;
  const isFault = ({ error }: Report['records'][number]): boolean => error !== null && FAULT.test(error);
  const faults = report.records.filter(isFault);
  const failed = new Set(faults.map(one => one.record));
  const errors = report.dead_letters.filter(one => !failed.has(one.record));
  const expected = [
    ...(source.extent === 'all'
      ? outputs(
          source,
          report.records.filter(one => !isFault(one)),
        )
      : []),
    ...sinks(source, faults.length > 0),
  ];
  const lines = [
    `start: ${new Date(start_us / 1_000).toISOString()}`,
    'input:',
    ...source.messages.map(message => `  - ${line(given(message, start_us))}`),
    ...(advance_ms > 0 ? [`  - ${line({ advance_ms })}`] : []),
    expected.length === 0 ? 'expect: {}' : 'expect:',
    ...expected,
    ...listed(
      'errors',
      errors.map(({ node, reason }) => ({ node, reason })),
    ),
    ...listed(
      'faults',
      faults.map(({ error }) => faultOf(error!)),
    ),
    ...(report.records.some(({ error }) => error === MALFORMED) ? ['malformed: true'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function given(message: TryMessage, start_us: number): object {
  if ('base64' in message) return message;
  const { timestamp = start_us, ...rest } = message;
  return { ...rest, at: (timestamp - start_us) / 1_000 };
}

function faultOf(error: string): object {
  const [, node, reason] = FAULT.exec(error)!;
  return { node, reason };
}

const listed = (name: string, items: readonly object[]): string[] =>
  items.length === 0 ? [] : [`${name}:`, ...items.map(item => `  - ${line(item)}`)];

/** What nodes put out on their ports, in the order in which it came. */
function outputs({ sinks }: GoldenSource, records: Report['records']): string[] {
  const found = new Map<string, Payload[]>();
  for (const { hops } of records)
    for (const { node, port, refused, payload } of hops) {
      if (node === null || refused || port === SINK_PORT || sinks.includes(node)) continue;
      const place = `${node}.${port}`;
      found.set(place, [...(found.get(place) ?? []), payload]);
    }
  return [...found].flatMap(([place, payloads]) =>
    payloads.some(one => bytesLeftOut(one) > 0)
      ? [`  ${line(place)}: ${line({ count: payloads.length })}`]
      : [`  ${line(place)}:`, ...payloads.map(one => `    - ${line(wanted(one))}`)],
  );
}

function wanted(payload: Payload): object {
  const shown = readable(payload);
  switch (shown.kind) {
    case 'update':
      return fields(shown.update);
    case 'batch':
      return { batch: shown.updates.map(fields) };
    case 'json':
      return { json: shown.value };
    case 'text':
      return { text: shown.text };
    case 'empty':
      return { anything: true };
    case 'binary':
      return { base64: payload.base64 };
  }
}

const fields = ({ tag, kind, value, quality, unit }: Update): object => ({
  tag,
  ...(kind !== 'none' && { value }),
  ...(quality > 0 && { quality }),
  ...(unit !== '' && { unit }),
});

/** What sinks wrote, line by line. */
function sinks({ report, sinks: ids }: GoldenSource, hasFaults: boolean): string[] {
  // What a record that failed gave to a sink never left, and is in the report all the same.
  if (hasFaults) return [];
  return ids.flatMap(id => {
    const bodies = report.outputs[id] ?? [];
    // A test sees more of it than a try shows.
    if (bodies.some(one => bytesLeftOut(one) > 0)) return [];
    const items = written(bodies);
    return items.length === 0 ? [`  ${line(id)}: []`] : [`  ${line(id)}:`, ...items.map(one => `    - ${line(one)}`)];
  });
}

function written(bodies: readonly Payload[]): object[] {
  const all = Uint8Array.from(bodies.flatMap(one => [...bytesOf(one)]));
  const bytes = (): object[] => bodies.map(({ base64 }) => ({ base64 }));
  try {
    const lines = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(all).split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    return lines.some(one => one.includes('\0')) ? bytes() : lines.map(lineOf);
  } catch {
    return bytes();
  }
}

function lineOf(text: string): object {
  if (!/^\s*[[{"]/.test(text)) return { text };
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return { text };
  }
}

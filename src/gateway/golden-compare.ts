/** What came out, held against what must: numbers within a tolerance, what is not named is not compared. */
import type { Expected, Golden, Tolerance } from './golden.ts';
import { type ReadablePayload, readPayload } from './readable.ts';
import type { TryResult } from './try-flow.ts';

/** A place in a test where something else came out. */
export interface GoldenFailure {
  /** `split.out1[2].value`; `$` for the whole. */
  readonly where: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly message: string;
}

const FAILURES_MAX = 100;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Messages that came out, by `node.port`, or by the id of a sink, which are lines where it writes text. */
export function messagesOf({ records }: TryResult): Map<string, ReadablePayload[]> {
  const found = new Map<string, ReadablePayload[]>();
  const sinks = new Map<string, Uint8Array[]>();
  const add = (place: string, payload: ReadablePayload): void => {
    const list = found.get(place);
    if (list) list.push(payload);
    else found.set(place, [payload]);
  };
  // What ended in a fault has not happened.
  for (const { hops, outputs, fault } of records) {
    if (fault) continue;
    for (const { node, port, body, bytes, refused } of hops)
      if (node !== null && !refused && port !== 'sink') add(`${node}.${port}`, readPayload(body, bytes));
    for (const { node, body } of outputs) sinks.set(node, [...(sinks.get(node) ?? []), body]);
  }
  for (const [node, bodies] of sinks) for (const payload of linesOf(bodies)) add(node, payload);
  return found;
}

function linesOf(bodies: readonly Uint8Array[]): ReadablePayload[] {
  try {
    const lines = decoder.decode(Buffer.concat(bodies)).split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    if (!lines.some(line => line.includes('\0'))) return lines.map(line => lineOf(line));
  } catch {
    // Not text.
    return bodies.map(body => ({ base64: Buffer.from(body).toString('base64') }));
  }
  return bodies.map(body => ({ base64: Buffer.from(body).toString('base64') }));
}

function lineOf(line: string): ReadablePayload {
  const read = readPayload(Buffer.from(line));
  return 'json' in read ? read : { text: line };
}

/** All that came out otherwise than it must. */
export function compare(golden: Golden, result: TryResult): GoldenFailure[] {
  const failures: GoldenFailure[] = [];
  const fail = (where: string, expected: unknown, actual: unknown, message: string): void => {
    if (failures.length < FAILURES_MAX) failures.push({ where, expected, actual, message });
  };
  const found = messagesOf(result);
  for (const [place, items] of Object.entries(golden.expect)) {
    const messages = found.get(place) ?? [];
    if ('count' in items) {
      if (messages.length !== items.count)
        fail(place, items.count, messages.length, counted(items.count, messages.length));
      continue;
    }
    items.forEach((item, index) => {
      const message = messages[index];
      if (message === undefined) return fail(`${place}[${index}]`, item, null, 'it did not come');
      for (const one of differences(item, message, golden))
        fail(`${place}[${index}]${one.at}`, one.expected, one.actual, one.message);
    });
    for (let index = items.length; index < messages.length; index += 1)
      fail(`${place}[${index}]`, null, messages[index], `one too many: ${counted(items.length, messages.length)}`);
  }
  const cut = result.records.find(({ truncated }) => truncated > 0);
  if (cut) fail('$', null, cut.truncated, `record ${cut.record} has more hops than are told; the rest is not seen`);
  const letters = result.records.filter(({ fault }) => !fault).flatMap(({ dead_letters }) => dead_letters);
  same('errors', golden.errors, letters, fail);
  const faults = result.records.flatMap(({ fault }) =>
    fault ? [{ node: fault.node ?? 'flow', reason: `${fault.reason}: ${fault.message}` }] : [],
  );
  same('faults', golden.faults, faults, fail);
  const malformed = result.records.some(({ what }) => what === 'malformed');
  if (malformed !== golden.malformed)
    fail(
      'malformed',
      golden.malformed,
      malformed,
      malformed ? 'a message was no TagUpdate' : 'every message was a TagUpdate',
    );
  if (result.stopped !== null) fail('$', null, null, `it stopped: ${result.stopped}`);
  return failures;
}

const counted = (wanted: number, came: number): string => `${wanted} expected, ${came} came`;

type Fail = (where: string, expected: unknown, actual: unknown, message: string) => void;

function same(
  what: 'errors' | 'faults',
  wanted: Golden['errors'],
  came: readonly { node: string; reason: string }[],
  fail: Fail,
): void {
  const brief = came.map(({ node, reason }) => ({ node, reason }));
  for (let index = 0; index < Math.max(wanted.length, brief.length); index += 1) {
    const [expected, actual] = [wanted[index] ?? null, brief[index] ?? null];
    const fits = expected && actual && expected.node === actual.node && actual.reason.includes(expected.reason ?? '');
    if (fits) continue;
    const message = actual === null ? 'it did not come' : `node "${actual.node}": ${actual.reason}`;
    fail(`${what}[${index}]`, expected, actual, message);
  }
}

interface Difference {
  readonly at: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly message: string;
}

function differences(wanted: Expected, message: ReadablePayload, golden: Golden): Difference[] {
  if ('anything' in wanted) return [];
  if ('begins' in message)
    return other(
      wanted,
      message,
      `only the first bytes of its ${message.bytes} are seen; compare what comes of it, or its count`,
    );
  if ('json' in wanted)
    return 'json' in message
      ? deep(wanted.json, message.json, golden.tolerance, '')
      : other(wanted, message, 'it is no JSON');
  if ('text' in wanted) {
    const text = 'text' in message ? message.text : 'json' in message ? JSON.stringify(message.json) : null;
    return text === wanted.text ? [] : other(wanted.text, text ?? message, 'the text is another');
  }
  if ('base64' in wanted)
    return 'base64' in message && message.base64 === wanted.base64
      ? []
      : other(wanted, message, 'the bytes are others');
  if ('batch' in wanted) {
    if (!('batch' in message)) return other(wanted, message, 'it is no TagBatch');
    if (wanted.batch.length !== message.batch.length)
      return other(wanted.batch.length, message.batch.length, 'the batch has another length');
    return wanted.batch.flatMap((one, index) => fields(one, message.batch[index]!, golden, `.batch[${index}]`));
  }
  if ('update' in message) return fields(wanted, message.update, golden, '');
  if ('json' in message && typeof message.json === 'object' && message.json !== null && !Array.isArray(message.json))
    return fields(wanted, message.json, golden, '');
  return other(wanted, message, 'it is no TagUpdate');
}

type Wanted = Extract<Expected, { tag?: string | undefined; at?: number | undefined; kind?: unknown }>;

/** Fields of an update, or of the JSON that a sink made of it. */
function fields(
  { at, ...wanted }: Wanted,
  update: object,
  { tolerance, start_us }: Golden,
  place: string,
): Difference[] {
  const named = { ...wanted, ...(at !== undefined && { timestamp: start_us + at * 1_000 }) };
  const actual = update as Record<string, unknown>;
  return Object.entries(named).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const rule = name === 'value' ? tolerance : { abs: 0, rel: 0 };
    const wide =
      name === 'seq'
        ? [String(value), actual[name] === undefined ? undefined : String(actual[name])]
        : [value, actual[name]];
    return deep(wide[0], wide[1], rule, `${place}.${name}`);
  });
}

const other = (expected: unknown, actual: unknown, message: string, at = ''): Difference[] => [
  { at, expected, actual, message },
];

function deep(expected: unknown, actual: unknown, tolerance: Tolerance, at: string): Difference[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const off = Math.abs(expected - actual);
    if (off <= Math.max(tolerance.abs, tolerance.rel * Math.abs(expected))) return [];
    return other(expected, actual, `it is off by ${off}`, at);
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return other(expected, actual, 'another list', at);
    return expected.flatMap((one, index) => deep(one, actual[index], tolerance, `${at}[${index}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual))
      return other(expected, actual, 'no object', at);
    return Object.entries(expected).flatMap(([key, one]) =>
      deep(
        one,
        Object.hasOwn(actual, key) ? (actual as Record<string, unknown>)[key] : undefined,
        tolerance,
        `${at}.${key}`,
      ),
    );
  }
  return Object.is(expected, actual)
    ? []
    : other(expected, actual, actual === undefined ? 'it is not there' : 'it is another', at);
}

/** The first thing in which two runs of the same input differ; null: none. What engines say of a trap may differ. */
export function disagreement(a: TryResult, b: TryResult): string | null {
  const show = (result: TryResult): string[] => [
    ...result.records.map(({ fault, ...record }) =>
      JSON.stringify({ ...record, fault: fault && { ...fault, message: '' } }, (_, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
      ),
    ),
    `stopped: ${result.stopped}`,
  ];
  const [left, right] = [show(a), show(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1)
    if (left[index] !== right[index]) return `${index + 1}: ${left[index] ?? 'nothing'} ≠ ${right[index] ?? 'nothing'}`;
  return null;
}

/** Cases of nodes: props and steps as people write them, played on a bench, outcomes as people read them. */
import assert from 'node:assert/strict';
import { Validator } from '@cfworker/json-schema';
import { type BenchNode, benchOf, type EngineKind, type NodeBench, type Outcome } from '../support/node-bench.ts';
import { parseMessage, type Readable, showMessage } from '../support/readable.ts';

const DEFAULT_NOW = 1_000_000;
/** Longer runs of one character are written as `{"repeat": [character, times]}`. */
const RUN_MIN = 100;

export interface Step {
  /** Input port; with `message`. */
  readonly in?: string;
  readonly message?: unknown;
  /** The gateway's time, µs; stays until the next one. */
  readonly now?: number;
  /** A tick at this time, µs. */
  readonly tick?: number;
  /** Saves the state and goes on in a new instance that has loaded it; it may have other props. */
  readonly reload?: true | { readonly props: unknown };
  out?: unknown[];
}

const mapStrings = (data: unknown, map: (text: string) => unknown): unknown => {
  if (typeof data === 'string') return map(data);
  if (Array.isArray(data)) return data.map(one => mapStrings(one, map));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, one]) => [key, mapStrings(one, map)]));
};

function unrolled(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(unrolled);
  if (typeof data !== 'object' || data === null) return data;
  const { repeat } = data as { repeat?: [string, number] };
  if (repeat) return repeat[0].repeat(repeat[1]);
  return Object.fromEntries(Object.entries(data).map(([key, one]) => [key, unrolled(one)]));
}

const rolled = (data: unknown): unknown =>
  mapStrings(data, text => {
    const char = String.fromCodePoint(text.codePointAt(0) ?? 0);
    const times = text.length / char.length;
    return times > RUN_MIN && text === char.repeat(times) ? { repeat: [char, times] } : text;
  });

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function show(outcome: Outcome, isBinary: boolean): unknown {
  if ('error' in outcome) return { error: outcome.error };
  if (outcome.port !== 'sink') {
    const message = showMessage(outcome.body);
    return rolled({ port: outcome.port, ...('problem' in message ? { hex: hexOf(outcome.body) } : message) });
  }
  return isBinary
    ? { hex: hexOf(outcome.body) }
    : { text: new TextDecoder('utf-8', { fatal: true }).decode(outcome.body) };
}

const withoutFormats = (schema: object): object =>
  JSON.parse(
    JSON.stringify(schema, (key, value) => (key === 'format' && typeof value === 'string' ? undefined : value)),
  );

/** @returns the text with which configure refused, and what each step gave. */
export async function play(
  node: BenchNode,
  props: unknown,
  steps: readonly Step[],
  kind: EngineKind,
): Promise<{ refusal: string | null; found: unknown[][] }> {
  // Nodes refuse by themselves what the gateway finds by a format.
  const schema = new Validator(withoutFormats(node.manifest.props!), '2020-12', false);
  const maker = (given: unknown): Promise<() => NodeBench> => {
    const { valid, errors } = schema.validate(given);
    assert.ok(valid, JSON.stringify(errors));
    return benchOf(node, given, kind);
  };
  const make = await maker(props);
  let bench = make();
  if (bench.refusal !== null) return { refusal: bench.refusal, found: [] };
  const isBinary = (props as { format?: string }).format === 'protobuf';
  let now = DEFAULT_NOW;
  const found: unknown[][] = [];
  for (const step of steps) {
    now = step.tick ?? step.now ?? now;
    if (step.reload) {
      const state = bench.save();
      bench = (step.reload === true ? make : await maker(step.reload.props))();
      assert.equal(bench.load(state), null);
      found.push([]);
    } else {
      const message = (): Uint8Array => parseMessage(unrolled(step.message) as Readable);
      const outcomes = step.in === undefined ? bench.tick(now) : bench.give(step.in, message(), now);
      found.push(outcomes.map(outcome => show(outcome, isBinary)));
    }
  }
  return { refusal: null, found };
}

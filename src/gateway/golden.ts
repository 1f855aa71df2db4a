import { z } from 'zod';
import { encodeTagBatch, type FlowClock, type FlowPlan } from '#abi';
import { type Diagnostic, finding } from '#diagnostic';
import { type Place, parseYaml, problem, showPlace } from './golden-yaml.ts';
import { encodeUpdate, VALUE_KINDS } from './readable.ts';
import type { TryStep } from './try-job.ts';

/** A golden test as it stands in a file, read: what goes in, what must come out. */
export interface Golden {
  /** Path of the flow document, from the test's file; absent: the one it stands beside. */
  readonly flow?: string;
  readonly clock: FlowClock;
  readonly start_us: number;
  readonly tolerance: Tolerance;
  readonly steps: readonly TryStep[];
  /** By `node.port`, or the id of a sink. */
  readonly expect: Readonly<Record<string, readonly Expected[] | { readonly count: number }>>;
  readonly errors: readonly ExpectedFailure[];
  readonly faults: readonly ExpectedFailure[];
  /** Something that is no TagUpdate comes in. */
  readonly malformed: boolean;
}
/** A number fits when it is within `abs`, or within `rel` of what is expected. */
export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
}
export interface ExpectedFailure {
  readonly node: string;
  /** Part of the reason. */
  readonly reason?: string | undefined;
}
/** What a message must be. What is not named is not compared. */
export type Expected = z.infer<typeof expected>;

export const GOLDEN_LIMITS = { bytes: 256 * 1024, steps: 1_000, expected: 20_000 } as const;

const START_US = Date.UTC(2026, 0, 1) * 1_000;
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const instant = z.union([
  z.number().min(0),
  z.iso.datetime({ offset: true }).transform(text => Date.parse(text) * 1_000),
]);
const update = {
  tag: z.string().min(1).max(1_024),
  kind: z.enum(VALUE_KINDS).optional(),
  quality: z.int().min(0).max(0xffff_ffff).optional(),
  unit: z.string().max(1_024).optional(),
  seq: z.union([z.int().min(0), z.string().regex(/^\d{1,20}$/)]).optional(),
};
const time = {
  /** ms since the test's start. */
  at: z.number().min(0).optional(),
  timestamp: instant.optional(),
};
const given = z.strictObject({ ...update, ...time, value: scalar.optional() });
const inputs = {
  tag: given,
  batch: z.strictObject({ batch: z.array(given).max(1_000), at: time.at }),
  base64: z.strictObject({ base64: z.base64(), at: time.at }),
  advance_ms: z.strictObject({ advance_ms: z.number().min(0).max(86_400_000) }),
};
const wanted = z.strictObject({ ...update, tag: update.tag.optional(), ...time, value: scalar.optional() });
const expected = z.union([
  z.strictObject({ json: z.unknown() }),
  z.strictObject({ text: z.string() }),
  z.strictObject({ base64: z.base64() }),
  z.strictObject({ batch: z.array(wanted) }),
  z.strictObject({ anything: z.literal(true) }),
  wanted,
]);
const expectations = { json: 0, text: 1, base64: 2, batch: 3, anything: 4 } as const;
const failure = z.strictObject({ node: z.string(), reason: z.string().optional() });
const file = z.strictObject({
  flow: z.string().min(1).max(1_024).optional(),
  clock: z.enum(['event', 'arrival']).default('event'),
  start: instant.default(START_US),
  tolerance: z
    .strictObject({ abs: z.number().min(0).default(0), rel: z.number().min(0).default(0) })
    .default({ abs: 0, rel: 0 }),
  input: z.array(z.unknown()).min(1).max(GOLDEN_LIMITS.steps),
  expect: z.record(
    z.string(),
    z.union([z.strictObject({ count: z.int().min(0) }), z.array(z.unknown()).max(GOLDEN_LIMITS.expected)]),
  ),
  errors: z.array(failure).default([]),
  faults: z.array(failure).default([]),
  malformed: z.boolean().default(false),
});

/** Reads a golden test. Whatever stands in it, that takes little time and memory. */
export function readGolden(text: string): { golden: Golden } | { diagnostics: Diagnostic[] } {
  if (Buffer.byteLength(text) > GOLDEN_LIMITS.bytes)
    return wrong([
      finding('document-too-large', '$', `the test has more than ${GOLDEN_LIMITS.bytes} bytes`, 'Split it.'),
    ]);
  const parsed = parseYaml(text);
  if ('diagnostics' in parsed) return parsed;
  const found: Diagnostic[] = [];
  const read = <T>(schema: z.ZodType<T>, data: unknown, at: Place): T | null => {
    const result = schema.safeParse(data);
    if (result.success) return result.data;
    for (const issue of result.error.issues) found.push(problem(issue, at, parsed.line));
    return null;
  };
  const test = read(file, parsed.data, []);
  if (!test) return wrong(found);
  const steps = readSteps(test, found, read);
  const expect: Record<string, readonly Expected[] | { count: number }> = Object.create(null);
  for (const [place, items] of Object.entries(test.expect)) {
    if (!Array.isArray(items)) expect[place] = items;
    else
      expect[place] = items.flatMap((item, index) => {
        const one = read(expectedSchema(item), item, ['expect', place, index]);
        return one === null ? [] : [one as Expected];
      });
  }
  if (found.length > 0) return wrong(found);
  const { clock, tolerance, errors, faults, malformed, flow, start } = test;
  return {
    golden: {
      ...(flow !== undefined && { flow }),
      clock,
      start_us: start,
      tolerance,
      steps,
      expect,
      errors,
      faults,
      malformed,
    },
  };
}

const wrong = (diagnostics: Diagnostic[]): { diagnostics: Diagnostic[] } => ({ diagnostics });

type Read = <T>(schema: z.ZodType<T>, data: unknown, at: Place) => T | null;

function readSteps({ input, start, clock }: z.infer<typeof file>, found: Diagnostic[], read: Read): TryStep[] {
  let now = start;
  const encoded = (one: z.infer<typeof given>, at: Place): Uint8Array => {
    const timestamp = one.timestamp ?? (one.at === undefined ? now : start + one.at * 1_000);
    now = Math.max(now, timestamp);
    const { at: _, kind, value, quality, unit, seq, tag } = one;
    const json = { tag, kind, value, quality, unit, seq, timestamp };
    const bytes = encodeUpdate(
      Object.fromEntries(Object.entries(json).filter(([, part]) => part !== undefined)) as never,
    );
    if (bytes instanceof Uint8Array) return bytes;
    found.push(finding('document-invalid', showPlace(at), bytes.problem, 'Give the value as its kind has it.'));
    return new Uint8Array();
  };
  const message = (bytes: Uint8Array, at_ms: number | undefined): TryStep => {
    if (at_ms !== undefined) now = Math.max(now, start + at_ms * 1_000);
    return { kind: 'message', message: bytes, ...(clock === 'arrival' && { now_us: now }) };
  };
  return input.flatMap((item, index): TryStep[] => {
    const at = ['input', index];
    const key =
      typeof item === 'object' && item !== null
        ? (Object.keys(inputs) as (keyof typeof inputs)[]).find(one => one in item)
        : undefined;
    if (key === 'advance_ms') {
      const step = read(inputs.advance_ms, item, at);
      now += (step?.advance_ms ?? 0) * 1_000;
      return [{ kind: 'advance', to_us: now }];
    }
    if (key === 'base64') {
      const step = read(inputs.base64, item, at);
      return step ? [message(new Uint8Array(Buffer.from(step.base64, 'base64')), step.at)] : [];
    }
    if (key === 'batch') {
      const step = read(inputs.batch, item, at);
      if (step?.at !== undefined) now = Math.max(now, start + step.at * 1_000);
      return step
        ? [message(encodeTagBatch(step.batch.map((one, i) => encoded(one, [...at, 'batch', i]))), undefined)]
        : [];
    }
    const step = read(inputs.tag, item, at);
    return step ? [message(encoded(step, at), undefined)] : [];
  });
}

/** By its key, so that what is wrong is told of the one that was meant. */
function expectedSchema(item: unknown): z.ZodType<unknown> {
  const kinds = Object.entries(expectations);
  const kind = typeof item === 'object' && item !== null ? kinds.find(([key]) => key in item) : undefined;
  return kind ? expected.options[kind[1]] : wanted;
}

/** What a test names and the flow does not have. */
export function checkGolden({ expect, errors, faults }: Golden, plan: Pick<FlowPlan, 'nodes'>): Diagnostic[] {
  const places = new Set(
    plan.nodes.flatMap(({ id, outputs, sink }) => (sink === null ? outputs.map(port => `${id}.${port}`) : [id])),
  );
  const ids = new Set(plan.nodes.map(({ id }) => id));
  const ports = Object.keys(expect)
    .filter(place => !places.has(place))
    .map(place =>
      finding(
        ids.has(place.split('.')[0]!) ? 'unknown-port' : 'unknown-node',
        showPlace(['expect', place]),
        `the flow has no output ${JSON.stringify(place)}`,
        'Name a port as node.port, a sink by its node.',
      ),
    );
  const nodes = [...errors.map(one => ['errors', one] as const), ...faults.map(one => ['faults', one] as const)]
    .filter(([, { node }]) => !ids.has(node))
    .map(([key, { node }]) =>
      finding('unknown-node', `$.${key}`, `the flow has no node ${JSON.stringify(node)}`, 'Mend the name.'),
    );
  return [...ports, ...nodes];
}

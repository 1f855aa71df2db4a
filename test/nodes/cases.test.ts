/** nodes/<type>/cases/*.json: what a node does with each message, fused and unfused. BLESS=1 writes what it did. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validator } from '@cfworker/json-schema';
import { builtIns } from '../support/flows.ts';
import { benchOf, type EngineKind, type NodeBench, type Outcome } from '../support/node-bench.ts';
import { parseMessage, type Readable, showMessage } from '../support/readable.ts';

const NODES = join(import.meta.dirname, '../../nodes');
const BLESS = process.env['BLESS'] === '1';
const DEFAULT_NOW = 1_000_000;

interface Step {
  /** Input port; with `message`. */
  readonly in?: string;
  readonly message?: Readable;
  /** The gateway's time, µs; stays until the next one. */
  readonly now?: number;
  /** A tick at this time, µs. */
  readonly tick?: number;
  /** Saves the state and goes on in a new instance that has loaded it. */
  readonly reload?: true;
  out?: unknown[];
}
interface Case {
  readonly about: string;
  readonly props: unknown;
  /** The text with which configure refuses the props. */
  refused?: string;
  readonly steps: Step[];
}

function show(outcome: Outcome): unknown {
  if ('error' in outcome) return { error: outcome.error };
  if (outcome.port !== 'sink') {
    const message = showMessage(outcome.body);
    return { port: outcome.port, ...('problem' in message ? { hex: hexOf(outcome.body) } : message) };
  }
  const text = new TextDecoder().decode(outcome.body);
  const isText = Buffer.from(text).equals(Buffer.from(outcome.body)) && /^[\t\n\r -~\u0080-\u{10ffff}]*$/u.test(text);
  return isText ? { text } : { hex: hexOf(outcome.body) };
}
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function play(steps: readonly Step[], make: () => NodeBench): unknown[][] {
  let bench = make();
  let now = DEFAULT_NOW;
  return steps.map(step => {
    now = step.tick ?? step.now ?? now;
    if (step.reload) {
      const state = bench.save();
      bench = make();
      assert.equal(bench.load(state), null);
      return [];
    }
    const outcomes = step.in === undefined ? bench.tick(now) : bench.give(step.in, parseMessage(step.message!), now);
    return outcomes.map(show);
  });
}

const library = builtIns();
for (const type of library.types) {
  const folder = join(NODES, type, 'cases');
  test(`${type} has cases`, () => assert.ok(existsSync(folder)));
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    test(`${type}: ${name.replace('.json', '')}`, async () => {
      const file = join(folder, name);
      const one = JSON.parse(readFileSync(file, 'utf8')) as Case;
      const node = library.byType(type)!;
      const checked = new Validator(node.manifest.props!, '2020-12', false).validate(one.props);
      assert.ok(checked.valid, JSON.stringify(checked.errors));
      for (const kind of ['fused', 'unfused'] as EngineKind[]) {
        const make = await benchOf(node, one.props, kind);
        const { refusal } = make();
        const found = refusal === null ? play(one.steps, make) : [];
        if (BLESS && kind === 'fused') bless(file, one, refusal, found);
        assert.equal(refusal, one.refused ?? null, kind);
        assert.deepEqual(
          found,
          one.steps.map(step => step.out),
          kind,
        );
      }
    });
  }
}

function bless(file: string, one: Case, refusal: string | null, found: unknown[][]): void {
  if (refusal !== null) one.refused = refusal;
  else one.steps.forEach((step, index) => (step.out = found[index]!));
  const { steps, ...head } = one;
  const lines = steps.map(step => `    ${JSON.stringify(step)}`).join(',\n');
  const text = JSON.stringify({ ...head, steps: [] }, null, 2);
  writeFileSync(file, `${text.replace('"steps": []', lines ? `"steps": [\n${lines}\n  ]` : '"steps": []')}\n`);
}

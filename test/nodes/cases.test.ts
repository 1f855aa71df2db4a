/** nodes/<type>/cases/*.json: what a node does with each message, fused and unfused. BLESS=1 writes what it did. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtIns } from '../support/flows.ts';
import { play, type Step } from './play.ts';

const NODES = join(import.meta.dirname, '../../nodes');
const BLESS = process.env['BLESS'] === '1';

interface Case {
  readonly about: string;
  readonly props: unknown;
  /** The text with which configure refuses the props. */
  refused?: string;
  readonly steps: Step[];
}

const library = builtIns();
for (const type of library.types) {
  const folder = join(NODES, type, 'cases');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  test(`${type} has cases`, () => assert.ok(names.length >= 5));
  for (const name of names) {
    test(`${type}: ${name.replace('.json', '')}`, async () => {
      const file = join(folder, name);
      const one = JSON.parse(readFileSync(file, 'utf8')) as Case;
      for (const kind of ['fused', 'unfused'] as const) {
        const { refusal, found } = await play(library.byType(type)!, one.props, one.steps, kind);
        if (BLESS && kind === 'fused') bless(file, one, refusal, found);
        assert.equal(refusal, one.refused ?? null, kind);
        assert.deepEqual(found, refusal === null ? one.steps.map(step => step.out) : [], kind);
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

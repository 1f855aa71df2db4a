/** The tables of errors, their documentation and their tests say the same. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { routes } from '#api';
import { CONFIG_CODES, DIAGNOSTIC_CODES, FLOW_CODES, GATEWAY_ERRORS } from '#diagnostic';

const TESTS = join(import.meta.dirname, '..');

for (const [layer, codes] of [
  ['flow', FLOW_CODES],
  ['config', CONFIG_CODES],
] as const) {
  const folder = join(TESTS, layer, 'cases');

  test(`every code of ${layer} has a case of its name, and every case a code`, () => {
    const cases = readdirSync(folder).map(name => name.split('.')[0]!);
    assert.deepEqual([...new Set(cases)].sort(), ['clean', ...codes].sort());
  });

  test(`every case of ${layer} says what is found`, () => {
    const silent = readdirSync(folder).filter(name => !existsSync(join(folder, name, 'diagnostics.json')));
    assert.deepEqual(silent, []);
  });
}

test('every failure of the world is provoked by a test', () => {
  const tests = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.test.ts'))
    .map(path => readFileSync(join(TESTS, path), 'utf8'))
    .join('\n');
  assert.deepEqual(
    Object.keys(GATEWAY_ERRORS).filter(code => !tests.includes(`'${code}'`)),
    [],
  );
});

test('every code has a heading in docs/errors.md, and no heading is left over', () => {
  const text = readFileSync(join(TESTS, '../docs/errors.md'), 'utf8');
  const headings = [...text.matchAll(/^### (\S+)$/gm)].map(match => match[1]!);
  assert.deepEqual(headings.sort(), [...DIAGNOSTIC_CODES, ...Object.keys(GATEWAY_ERRORS)].sort());
});

test('every route is called by a test of a whole gateway', () => {
  const folder = join(TESTS, 'service');
  const tests = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'));
  assert.deepEqual(
    Object.keys(routes).filter(name => !tests.some(text => text.includes(`'${name}'`))),
    [],
  );
});

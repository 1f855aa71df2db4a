import assert from 'node:assert/strict';
import { test } from 'node:test';
import semver from 'semver';
import { manifestSchema } from '#library';
import { seeded } from '../support/random.ts';

const SEED = Number(process.env['MANIFEST_SEED'] ?? 2);
const BASE = { node_type: 'x', title: 'x', description: 'x', category: 'x', inputs: [], outputs: [] };
const isTaken = (version: string): boolean => manifestSchema.safeParse({ ...BASE, version }).success;

test('a version is what semver takes, as it stands', () => {
  for (const version of ['0.0.0', '1.10.0', '1.0.0-rc.1', '1.0.0-0a.-.b', '1.0.0+001', '1.0.0-a+b.c'])
    assert.ok(isTaken(version), version);
  for (const version of [
    '',
    '1',
    '1.0',
    '01.0.0',
    'v1.0.0',
    '1.0.0-',
    '1.0.0-01',
    '1.0.0-a..b',
    '1.0.0+',
    ' 1.0.0',
    '9999999999999999.0.0',
  ])
    assert.ok(!isTaken(version), version);
  assert.ok(!isTaken(`1.0.0-${'a'.repeat(100)}`), 'too long');
});

test(`random texts: a version that is taken has an order (seed ${SEED})`, () => {
  const random = seeded(SEED);
  let taken = 0;
  for (let round = 0; round < 5_000; round += 1) {
    const version = `1.0.${random.int(9)}${Array.from({ length: random.int(7) }, () => random.pick([...'012a-+..'])).join('')}`;
    const fits = isTaken(version);
    if (fits) taken += 1;
    assert.equal(fits, semver.valid(version) !== null, version);
  }
  assert.ok(taken > 500, `${taken} were taken`);
});

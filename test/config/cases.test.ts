/**
 * `cases/<code>/` or `cases/<code>.<what>/`: a configuration (`fusewire.yaml`, or `make.json` for one that is too long to
 * keep), perhaps `given.json` (environment and flags), and `diagnostics.json`, all that is found.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '#config';

const CASES = join(import.meta.dirname, 'cases');
const BLESS = process.env['BLESS'] === '1';
const folder = mkdtempSync(join(tmpdir(), 'fusewire-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, string>;
}

function fileOf(name: string): string {
  const recipe = join(CASES, name, 'make.json');
  if (!existsSync(recipe)) return join(CASES, name, 'fusewire.yaml');
  const { text, times } = JSON.parse(readFileSync(recipe, 'utf8')) as { text: string; times: number };
  const file = join(folder, 'fusewire.yaml');
  writeFileSync(file, text.repeat(times));
  return file;
}

for (const name of readdirSync(CASES)) {
  test(`case ${name}`, () => {
    const given = join(CASES, name, 'given.json');
    const { env = {}, flags = {} } = existsSync(given) ? (JSON.parse(readFileSync(given, 'utf8')) as Given) : {};
    const source = fileOf(name);
    const loaded = loadConfig({ file: source, env, flags });
    const found = ('diagnostics' in loaded ? loaded.diagnostics : loaded.warnings).map(one => ({
      ...one,
      place: { ...one.place, source: one.place?.source.replace(source, 'fusewire.yaml') },
    }));
    const file = join(CASES, name, 'diagnostics.json');
    if (BLESS) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
    assert.deepEqual(found, JSON.parse(readFileSync(file, 'utf8')));
    const codes = found.map((one): string => one.code);
    if (name === 'clean') assert.deepEqual(codes, []);
    else assert.ok(codes.includes(name.split('.')[0]!), `the case shows ${name}`);
    assert.equal(
      'diagnostics' in loaded,
      found.some(one => one.severity === 'error'),
    );
  });
}

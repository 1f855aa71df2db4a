/** Broken and hostile files: a finding or a configuration, never an exception, never a changed prototype. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CONFIG_LIMITS, loadConfig } from '#config';
import { seeded } from '../support/random.ts';

const CASES = join(import.meta.dirname, 'cases');
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 3_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const PIECES = ['&a ', '*a', '!!js ', '__proto__: ', '<<: ', '{', '}', '[', ']', ': ', '- ', '\n', '? ', '%YAML 9.9\n'];
PIECES.push('---\n', '...\n', '| \n', '>-\n', '"', "'", '#', '\t', '\0', '\u{feff}', '\ud800', '0x', '.inf', '~', '=');
const folder = mkdtempSync(join(tmpdir(), 'fusewire-yaml-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test(`mutated files, seed ${SEED}`, () => {
  const { int: below, pick } = seeded(SEED);
  const texts = readdirSync(CASES)
    .filter(name => readdirSync(join(CASES, name)).includes('fusewire.yaml'))
    .map(name => readFileSync(join(CASES, name, 'fusewire.yaml'), 'utf8'));
  const file = join(folder, 'fusewire.yaml');
  const before = Reflect.ownKeys(Object.prototype).length;
  let sound = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    let text = pick(texts);
    for (let edits = below(6); edits >= 0; edits -= 1) {
      const at = below(text.length + 1);
      const rest = text.slice(at + below(4));
      text = text.slice(0, at) + (below(3) > 0 ? pick(PIECES) : text.slice(below(at + 1), at)) + rest;
    }
    writeFileSync(file, text);
    const loaded = loadConfig({ file, env: {}, flags: {} });
    if (!('diagnostics' in loaded)) sound += 1;
    else {
      assert.ok(loaded.diagnostics.length > 0 && loaded.diagnostics.length <= CONFIG_LIMITS.findings + 1);
      for (const { place } of loaded.diagnostics)
        if (place?.line !== undefined)
          assert.ok(place.line <= text.split(/\r\n|\r|\n/).length + 1, JSON.stringify(text));
    }
  }
  assert.equal(Reflect.ownKeys(Object.prototype).length, before);
  assert.ok(sound > 0 && sound < ROUNDS, `${sound} of ${ROUNDS} were sound`);
});

/**
 * `cases/<code>/` or `cases/<code>.<what>/`: a document (`flow.json`, or `make.json` for one that is too long to keep), perhaps
 * a node of its own (`mine.wat` with `mine.manifest.json` put in, or `mine.bin`), and `diagnostics.json`, all that is found.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MANIFEST_SECTION } from '#abi';
import { loadFlow } from '#gateway';
import { withCustomSection } from '#wasm';
import { assembleWat } from '../support/nodes.ts';

const NODES = join(import.meta.dirname, '../../nodes');
const CASES = join(import.meta.dirname, 'cases');
const BLESS = process.env['BLESS'] === '1';

function flowFile(name: string, folder: string): string {
  const recipe = join(CASES, name, 'make.json');
  if (!existsSync(recipe)) return join(CASES, name, 'flow.json');
  const { text, times } = JSON.parse(readFileSync(recipe, 'utf8')) as { text: string; times: number };
  const file = join(folder, 'flow.json');
  writeFileSync(file, text.repeat(times));
  return file;
}

function nodeFiles(name: string, folder: string): string[] {
  const [wat, raw, manifest] = ['wat', 'bin', 'manifest.json'].map(kind => join(CASES, name, `mine.${kind}`));
  if (!existsSync(wat!) && !existsSync(raw!)) return [];
  let bytes: Uint8Array = existsSync(wat!) ? assembleWat(readFileSync(wat!, 'utf8')) : readFileSync(raw!);
  if (existsSync(manifest!)) bytes = withCustomSection(bytes, MANIFEST_SECTION, readFileSync(manifest!));
  const file = join(folder, 'mine.wasm');
  writeFileSync(file, bytes);
  return [file];
}

for (const name of readdirSync(CASES)) {
  test(`case ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fusewire-case-'));
    try {
      const { diagnostics } = await loadFlow(flowFile(name, folder), NODES, nodeFiles(name, folder));
      const found = diagnostics.map(one => ({ ...one, where: one.where.replace(`${folder}/`, '') }));
      const file = join(CASES, name, 'diagnostics.json');
      if (BLESS) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
      assert.deepEqual(found, JSON.parse(readFileSync(file, 'utf8')));
      const codes = found.map((one): string => one.code);
      if (name === 'clean') assert.deepEqual(codes, []);
      else assert.ok(codes.includes(name.split('.')[0]!), `the case shows ${name}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

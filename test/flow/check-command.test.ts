/** `fusewire check` as a process: exit codes, and nothing but findings on the terminal. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Diagnostic } from '#diagnostic';

const ROOT = join(import.meta.dirname, '../..');
const CASES = join(import.meta.dirname, 'cases');
const CLEAN = join(CASES, 'clean/flow.json');

function check(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = join(ROOT, 'src/cli/main.ts');
  return spawnSync(process.execPath, ['--conditions=fusewire-source', main, 'check', ...args], { encoding: 'utf8' });
}

test('a sound flow ends with 0', () => {
  const { status, stdout, stderr } = check(CLEAN);
  assert.deepEqual([status, stdout, stderr], [0, `${CLEAN}: no findings\n`, '']);
  assert.deepEqual(JSON.parse(check(CLEAN, '--json').stdout), []);
});

test('a wrong flow ends with 1 and its findings, for people and for programs', () => {
  const file = join(CASES, 'unknown-node.strange-names/flow.json');
  const { status, stderr } = check(file);
  assert.equal(status, 1);
  assert.match(stderr, /error\[unknown-node\].*\n {2}hint: /);
  assert.doesNotMatch(stderr.replaceAll('\n', ''), /\p{Cc}/u, 'names cannot steer the terminal');
  const json = check(file, '--json');
  assert.equal(json.status, 1);
  const expected: unknown = JSON.parse(
    readFileSync(join(CASES, 'unknown-node.strange-names/diagnostics.json'), 'utf8'),
  );
  assert.deepEqual(JSON.parse(json.stdout), expected);
});

test('hostile documents and files end with 1 and one finding, never with a stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-check-'));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  try {
    const hostile: [string[], string][] = [
      [[file('deep.json', '['.repeat(100_000))], 'document-too-deep'],
      [[file('large.json', `"${'x'.repeat(50_000_000)}"`)], 'document-too-large'],
      [[file('bytes.json', Uint8Array.from([0xff, 0xfe, 0x7b, 0x00]))], 'document-invalid'],
      [[file('empty.json', '')], 'document-invalid'],
      [[CLEAN, '--node', file('large.wasm', new Uint8Array(20_000_000))], 'node-limit'],
      ...(existsSync('/dev/zero') ? ([[['/dev/zero'], 'document-too-large']] as [string[], string][]) : []),
    ];
    for (const [args, code] of hostile) {
      const { status, stdout } = check(...args, '--json');
      assert.equal(status, 1, args.join(' '));
      assert.deepEqual(
        (JSON.parse(stdout) as Diagnostic[]).map(one => one.code),
        [code],
        args.join(' '),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a file that cannot be read ends with 3', () => {
  for (const args of [[join(CASES, 'none.json')], [CASES], [CLEAN, '--node', join(CASES, 'none.wasm')]]) {
    const { status, stderr } = check(...args);
    assert.equal(status, 3, args.join(' '));
    assert.match(stderr, /^error\[file-not-found\]: .*\n$/);
  }
});

/** The README's first flow, by its own commands: written to a file, checked, run with a driver, fused, inspected, converted. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { MANIFEST_SECTION } from '#abi';
import { parseFlow } from '#flow';
import { withCustomSection } from '#wasm';
import { assembleWat } from '../support/nodes.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'fusewire-readme-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const env = { ...process.env, FUSEWIRE_CACHE: join(folder, 'cache'), FUSEWIRE_SOURCE: '1' };
const LAUNCHER = join(ROOT, 'bin/fusewire');

const blocks = (language: string, text = README): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(match => match[1]!);

function fusewire(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [LAUNCHER, ...args], { cwd: folder, env, encoding: 'utf8' });
}

/** Runs a flow on a free port with a driver of so many updates. @returns when both have ended. */
async function runWithDriver(args: string[], count: number): Promise<void> {
  const all = ['run', ...args, '--listen', 'tcp://127.0.0.1:0', '--count', String(count), '--json'];
  const gateway: ChildProcess = spawn(process.execPath, [LAUNCHER, ...all], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: gateway.stdout! }), 'line')) as [string];
  const [address] = (JSON.parse(line) as { listening: string[] }).listening;
  const driver = fusewire('simulate', '--to', address!, '--count', String(count), '--rate', '0', '--quiet');
  assert.equal(driver.status, 0, driver.stderr);
  const [code] = (await once(gateway, 'exit')) as [number];
  assert.equal(code, 0);
}

test('the first flow of the README runs by the commands of the README', async () => {
  const [flow] = blocks('json');
  const commands = blocks('sh').at(-1)!;
  for (const command of [
    'check flow.json',
    'run flow.json',
    'simulate',
    'fuse flow.json -o flow.wasm',
    'inspect flow.wasm',
  ])
    assert.ok(commands.includes(`bin/fusewire ${command}`), `the README shows ${command}`);
  writeFileSync(join(folder, 'flow.json'), flow!);
  const checked = fusewire('check', 'flow.json');
  assert.equal(checked.status, 0, checked.stderr);
  await runWithDriver(['flow.json'], 20_000);
  const lines = readFileSync(join(folder, 'hot.jsonl'), 'utf8').trim().split('\n');
  const values = lines.map(line => JSON.parse(line) as { tag: string; value: number });
  assert.ok(values.length > 100 && values.every(one => one.value > 90 && /^line1\/cell\d+\/temp$/.test(one.tag)));
  assert.equal(fusewire('fuse', 'flow.json', '-o', 'flow.wasm').status, 0);
  assert.match(fusewire('inspect', 'flow.wasm').stdout, /imports\s+none|no imports|imports.*0/i);
  assert.equal(fusewire('convert', 'flow.json', 'flow.pb').status, 0);
  assert.equal(fusewire('check', 'flow.pb').status, 0);
});

test("a user's own node runs beside the built-in ones", async () => {
  const manifest = {
    node_type: 'every_other',
    version: '1.0.0',
    title: 'Every other',
    description: 'Lets every second message through.',
    category: 'mine',
    inputs: [{ name: 'in', type: 'tag' }],
    outputs: [{ name: 'out', type: 'tag' }],
  };
  const wasm = assembleWat(`(module
    (import "fusewire:node/flow@1.0.0" "emit" (func $emit (param i32 i32 i32)))
    (memory (export "memory") 9)
    (global $odd (mut i32) (i32.const 0))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
      (global.set $odd (i32.eqz (global.get $odd)))
      (if (global.get $odd) (then (call $emit (i32.const 0) (local.get 1) (local.get 2))))
      (i32.const 16)))`);
  writeFileSync(
    join(folder, 'mine.wasm'),
    withCustomSection(wasm, MANIFEST_SECTION, Buffer.from(JSON.stringify(manifest))),
  );
  const wire = (source_node: string, target_node: string): object => ({
    source_node,
    source_port: 'out',
    target_node,
    target_port: 'in',
  });
  const nodes = [
    { id: 'in', node_type: 'tag_input' },
    { id: 'half', node_type: 'every_other' },
    { id: 'out', node_type: 'file_sink', props: { path: 'half.jsonl', batch_count: 100, batch_ms: 50 } },
  ];
  const flow = { format: 'fusewire.flow/1', name: 'mine', nodes, wires: [wire('in', 'half'), wire('half', 'out')] };
  writeFileSync(join(folder, 'mine.json'), JSON.stringify(flow));
  const refused = fusewire('check', 'mine.json');
  assert.equal(refused.status, 1);
  assert.match(refused.stdout + refused.stderr, /unknown-node-type/);
  assert.equal(fusewire('check', 'mine.json', '--node', 'mine.wasm').status, 0);
  await runWithDriver(['mine.json', '--node', 'mine.wasm'], 10_000);
  assert.equal(readFileSync(join(folder, 'half.jsonl'), 'utf8').trim().split('\n').length, 5_000);
});

test('every JSON example of the documents parses, every flow document among them is sound', () => {
  const documents = [
    'README.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter(name => name.endsWith('.md'))
      .map(name => `docs/${name}`),
  ];
  for (const name of documents) {
    for (const block of blocks('json', readFileSync(join(ROOT, name), 'utf8'))) {
      const data = JSON.parse(block) as { format?: string };
      if (data.format && data.format !== 'fusewire.bundle/1')
        assert.ok('document' in parseFlow(block), `${name}: ${block}`);
    }
  }
  assert.ok(existsSync(join(ROOT, 'examples/boiler-line/flow.json')));
});

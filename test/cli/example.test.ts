import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const GOLDEN = join(ROOT, 'examples/boiler-line/golden');
const OUTPUTS = ['alarms.jsonl', 'loads.csv', 'means.jsonl', 'stops.jsonl'];
const COUNT = 30_000;
const folder = mkdtempSync(join(tmpdir(), 'fusewire-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const fusewire = (args: string[]): ChildProcess =>
  spawn(
    process.execPath,
    ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning', join(ROOT, 'src/cli/main.ts'), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FUSEWIRE_CACHE: join(folder, 'cache') },
    },
  );

/** Runs gateway and driver as two processes, the driver with fixed seed and timestamps. @returns the files written. */
async function runExample(
  directory: string,
  flags: string[],
  listen: string,
  batch: number,
): Promise<Record<string, string>> {
  const gateway = fusewire([
    'run',
    join(ROOT, 'examples/boiler-line/flow.json'),
    '--listen',
    listen,
    '--clock',
    'event',
    '--count',
    String(COUNT),
    '--directory',
    directory,
    '--json',
    ...flags,
  ]);
  // It may end before the driver does.
  const ended = once(gateway, 'exit');
  const lines = createInterface({ input: gateway.stdout! });
  const [first] = (await once(lines, 'line')) as [string];
  const [address] = (JSON.parse(first) as { listening: string[] }).listening;
  const driver = fusewire([
    'simulate',
    '--to',
    address!,
    '--rate',
    '0',
    '--count',
    String(COUNT),
    '--seed',
    '7',
    '--start',
    '2026-01-01T00:00:00Z',
    '--batch',
    String(batch),
    '--quiet',
  ]);
  const [driverCode] = await once(driver, 'exit');
  assert.equal(driverCode, 0);
  const [code] = await ended;
  assert.equal(code, 0);
  return Object.fromEntries(OUTPUTS.map(name => [name, readFileSync(join(directory, 'output', name), 'utf8')]));
}

if (process.env['BLESS'] === '1') {
  const blessed = await runExample(join(folder, 'bless'), ['--unfused'], 'tcp://127.0.0.1:0', 1);
  for (const name of OUTPUTS) writeFileSync(join(GOLDEN, name), blessed[name]!);
}

const variants: [string, string[], string, number][] = [
  ['fused, over TCP, single messages', [], 'tcp://127.0.0.1:0', 1],
  ['unfused, over TCP, single messages', ['--unfused'], 'tcp://127.0.0.1:0', 1],
  ['fused, over IPC, in batches of 100', [], `ipc://${join(folder, 'drivers.ipc')}`, 100],
];
for (const [index, [name, flags, listen, batch]] of variants.entries()) {
  test(`the example's output equals the golden output: ${name}`, async () => {
    const written = await runExample(join(folder, String(index)), flags, listen, batch);
    for (const output of OUTPUTS) assert.equal(written[output], readFileSync(join(GOLDEN, output), 'utf8'), output);
  });
}

async function outcome(args: string[]): Promise<{ code: number; out: string }> {
  const child = fusewire(args);
  let out = '';
  child.stdout!.on('data', chunk => (out += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out };
}

test('exit codes: 0 ok, 1 the flow is wrong, 2 usage, 3 the world failed', async () => {
  const wrong = join(ROOT, 'test/flow/cases/cycle/flow.json');
  const [ok, flow, usage, world] = await Promise.all([
    outcome(['check', join(ROOT, 'examples/boiler-line/flow.json'), '--json']),
    outcome(['check', wrong, '--json']),
    outcome(['chekc']),
    outcome(['inspect', join(folder, 'not-there.wasm')]),
  ]);
  assert.deepEqual([ok.code, flow.code, usage.code, world.code], [0, 1, 2, 3]);
  assert.ok((JSON.parse(flow.out) as { code: string }[]).some(one => one.code === 'cycle'));
});

test('fuse writes a module without imports, the second time from the cache, and inspect gives the graph back', async () => {
  const file = join(folder, 'flow.wasm');
  const args = ['fuse', join(ROOT, 'examples/boiler-line/flow.json'), '-o', file, '--json'];
  const first = JSON.parse((await outcome(args)).out);
  const bytes = readFileSync(file);
  const second = JSON.parse((await outcome(args)).out);
  assert.equal(first.key, second.key);
  assert.equal(second.cached, true);
  assert.deepEqual(readFileSync(file), bytes);
  const inspection = JSON.parse((await outcome(['inspect', file, '--json'])).out);
  assert.deepEqual(inspection.imports, []);
  assert.equal(inspection.document.nodes.length, inspection.plan.nodes.length);
});

/** `convert`, and the other commands on what it writes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { needs } from '../support/tools.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/boiler-line/flow.json');
const folder = mkdtempSync(join(tmpdir(), 'fusewire-convert-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

function fusewire(...args: string[]): { code: number | null; out: string; err: string } {
  const flags = ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, join(ROOT, 'src/cli/main.ts'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, FUSEWIRE_CACHE: file('cache') },
  });
  return { code: status, out: stdout, err: stderr };
}

test('a flow goes to Protobuf and back; what is fused of either is the same, byte by byte', () => {
  const there = fusewire('convert', EXAMPLE, file('flow.pb'));
  assert.deepEqual([there.code, there.err], [0, '']);
  assert.equal(there.out, `${file('flow.pb')}: ${readFileSync(file('flow.pb')).length} bytes\n`);
  assert.equal(fusewire('convert', file('flow.pb'), file('back.json')).code, 0);
  assert.deepEqual(JSON.parse(readFileSync(file('back.json'), 'utf8')), JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  assert.equal(fusewire('convert', file('back.json'), file('again.pb')).code, 0);
  assert.deepEqual(readFileSync(file('again.pb')), readFileSync(file('flow.pb')));
  assert.equal(fusewire('check', file('flow.pb')).code, 0);
  // A cache of its own for each: neither may be the other's.
  for (const [from, to] of [
    [EXAMPLE, 'json.wasm'],
    [file('flow.pb'), 'pb.wasm'],
  ] as const)
    assert.equal(fusewire('fuse', from, '-o', file(to), '--cache', file(`cache-${to}`)).code, 0);
  assert.deepEqual(readFileSync(file('pb.wasm')), readFileSync(file('json.wasm')));
});

test('the Protobuf says which ports the nodes have', needs('protoc', 'protobuf-compiler'), () => {
  assert.equal(fusewire('convert', EXAMPLE, file('ports.pb')).code, 0);
  const run = spawnSync(
    'protoc',
    ['--decode=fusewire.v1.GraphRule', `-I${join(ROOT, 'src/abi/proto')}`, 'graph_rule.proto'],
    { input: readFileSync(file('ports.pb')), encoding: 'utf8' },
  );
  assert.equal(run.status, 0, run.stderr);
  assert.match(
    run.stdout,
    /node_type: "filter"\s+inputs \{\s+name: "in"\s+type: "tag"\s+\}\s+outputs \{\s+name: "true"/,
  );
});

test('exit codes: 1 for what is no document or cannot be written as one, 3 for files', () => {
  writeFileSync(file('broken.pb'), readFileSync(EXAMPLE));
  const node = { id: 'in', node_type: 'tag_input' };
  const twice = { format: 'fusewire.flow/1', name: 'n', nodes: [node, node], wires: [] };
  writeFileSync(file('twice.json'), JSON.stringify(twice));
  const cases: [string[], number, RegExp][] = [
    [['convert', file('broken.pb'), file('out.json')], 1, /document-invalid.*not a GraphRule/],
    [['check', file('broken.pb')], 1, /document-invalid.*not a GraphRule/],
    [['convert', file('twice.json'), file('out.pb')], 1, /\$\.nodes\[1\]\.id.*duplicate-id/],
    [['convert', file('not-there.json'), file('out.pb')], 3, /file-not-found/],
    [['convert', EXAMPLE, file('no/such/folder.pb')], 3, /file-unwritable/],
    [['convert', EXAMPLE, file('out.pb'), '--node', file('not-there.wasm')], 3, /file-not-found/],
  ];
  for (const [args, code, message] of cases) {
    const result = fusewire(...args);
    assert.equal(result.code, code, `${args.join(' ')}: ${result.err}`);
    assert.match(result.err, message);
  }
  assert.ok(!existsSync(file('out.json')) && !existsSync(file('out.pb')), 'nothing was written');
});

test('a document that indentation would make too large is written without', () => {
  const layout = Array(300_000).fill([]);
  const flow = { format: 'fusewire.flow/1', name: 'n', nodes: [], wires: [], layout: { deep: [[[layout]]] } };
  writeFileSync(file('long.json'), JSON.stringify(flow));
  assert.equal(fusewire('convert', file('long.json'), file('long.pb')).code, 0);
  assert.equal(fusewire('convert', file('long.pb'), file('longer.json')).code, 0);
  assert.deepEqual(JSON.parse(readFileSync(file('longer.json'), 'utf8')), flow);
  assert.equal(fusewire('convert', file('longer.json'), file('longer.pb')).code, 0);
});

/** Every hostile node in the lab, in a short form: what contains it, and that the healthy flows beside it lose nothing. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { before, test } from 'node:test';
import { resolveNode } from '#fusion';
import { ATTACKS } from '#lab';
import { NodeLibrary } from '#library';

const ROOT = join(import.meta.dirname, '../..');
const NODES = join(import.meta.dirname, 'nodes');
const BUILT = join(ROOT, '.cache/lab-nodes');
/** Fusing takes most of the time: done again when what fuses has changed. */
const CACHES = join(ROOT, '.cache/lab-fused');
const CACHE = join(CACHES, hashOf('src/abi', 'src/wasm', 'src/fusion'));
/** Longer than fusion may take, which on a busy machine is the last to end an attack. */
const PATIENCE_S = '150';
const SHORT = [
  '--seconds',
  '0.2',
  '--rate',
  '5000',
  '--compile-limit',
  '3',
  '--cache',
  CACHE,
  '--patience',
  PATIENCE_S,
];

/** What is meant to contain each attack; several: whichever comes first. */
type Expected = Readonly<Record<string, string | readonly string[]>>;
/** The faster the machine, the sooner its memory is full. */
const FUSION = ['memory limit of fusion', 'time limit of fusion'];
const EXPECTED: Expected = {
  'endless-loop': 'fuel',
  'endless-recursion': 'stack limit',
  'endless-tail-calls': 'fuel',
  'bulk-memory': 'fuel',
  'memory-bomb': 'memory maximum',
  'memory-bomb-no-maximum': 'fuel',
  'table-bomb': 'table maximum',
  'table-hoard': 'node-limit',
  'trap-handle': 'trap',
  'trap-tick': 'trap',
  'trap-configure': 'trap',
  'trap-save-state': 'trap',
  'trap-load-state': 'trap',
  'trap-cabi-realloc': 'trap',
  'lying-buffer': 'buffer range',
  'lying-message': 'emit range',
  'lying-length': 'emit range',
  'lying-port': 'emit port',
  'lying-error': 'result pointer',
  'lying-result': 'memory bounds',
  'lying-state': 'memory bounds',
  'emit-flood': 'fuel',
  'emit-drizzle': 'back-pressure',
  'log-flood': 'log limit',
  'log-drizzle': 'back-pressure',
  'giant-messages': 'message limit',
  'slow-poison': 'back-pressure',
  'big-state': 'memory maximum',
  'endless-configure': 'fuel',
  'endless-loop-raised': 'watchdog',
  'endless-tail-calls-raised': 'watchdog',
  'slow-to-compile': FUSION,
};
/** Takes more than a minute: only with LAB_SLOW=1. */
const EXPECTED_SLOW: Expected = { 'slow-to-fuse': FUSION };

interface Line {
  readonly attack: string;
  readonly contained_by: string | null;
  readonly contained_ms: number | null;
  readonly healthy_lost: number | null;
  readonly healthy_rate_ratio: number;
  readonly healthy_p99_ratio: number | null;
}
const FIELDS = [
  'attack',
  'contained_by',
  'contained_ms',
  'healthy_lost',
  'healthy_rate_ratio',
  'healthy_p99_ratio',
] as const satisfies readonly (keyof Line)[];

/** As people run it, compiled and with the launcher's flags: they decide how modules become machine code. */
async function lab(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/fusewire'), 'lab', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

async function runs(expected: Expected): Promise<void> {
  const { code, out, err } = await lab(...Object.keys(expected), '--json', ...SHORT);
  const lines = JSON.parse(out) as Line[];
  for (const line of lines) assert.deepEqual(Object.keys(line), FIELDS);
  assert.deepEqual(lines.map(line => line.attack).sort(), Object.keys(expected).sort());
  for (const { attack, contained_by, healthy_lost } of lines) {
    assert.ok([expected[attack]].flat().includes(contained_by!), `${attack}: ${contained_by}\n${err}`);
    assert.equal(healthy_lost, 0, `${attack}\n${err}`);
  }
  for (const line of lines) {
    assert.ok(line.contained_ms! >= 0, line.attack);
    assert.ok(line.healthy_rate_ratio > 0, `${line.attack}: the healthy flows go on`);
    assert.ok(line.healthy_p99_ratio! > 0, line.attack);
  }
  assert.equal(code, 0, err);
}

function hashOf(...folders: string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(ROOT, folder, name)));
  return hash.digest('hex').slice(0, 16);
}

before(() => {
  // What was fused by other sources is of no use any more.
  for (const old of existsSync(CACHES) ? readdirSync(CACHES) : [])
    if (join(CACHES, old) !== CACHE) rmSync(join(CACHES, old), { recursive: true });
  const flags = ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning'];
  const built = spawnSync(process.execPath, [...flags, join(import.meta.dirname, 'build.mjs')], { encoding: 'utf8' });
  assert.equal(built.status, 0, built.stderr);
});

/** Refused by the checks already. */
const REFUSED: Readonly<Record<string, string>> = { table_hoard: 'node-limit' };

test('every hostile node is a proper one, which any flow takes', () => {
  for (const type of readdirSync(NODES)) {
    const file = join(BUILT, `${type}.wasm`);
    assert.deepEqual(new NodeLibrary().addFile(file), [], type);
    const resolved = resolveNode(new Uint8Array(readFileSync(file)), '$');
    const codes = 'node' in resolved ? [] : resolved.diagnostics.map(one => one.code);
    assert.deepEqual(codes, REFUSED[type] ? [REFUSED[type]] : [], type);
  }
});

test('every hostile node has an attack, every attack a node and an expectation', () => {
  assert.deepEqual([...new Set(ATTACKS.map(one => one.node))].sort(), readdirSync(NODES).sort());
  assert.deepEqual(ATTACKS.map(one => one.name).sort(), Object.keys({ ...EXPECTED, ...EXPECTED_SLOW }).sort());
});

test('every attack is contained by what is meant to, and the healthy flows lose nothing', async () => {
  await runs(EXPECTED);
});

const slow =
  (process.env['LAB_SLOW'] ?? process.env['CI']) ? {} : { skip: 'takes as long as fusion may; LAB_SLOW=1 runs it' };
test('a module that takes minutes ends with its time', slow, async () => {
  await runs(EXPECTED_SLOW);
});

test('what is asked wrongly is said', async () => {
  const unknown = await lab('no-such-attack');
  assert.deepEqual([unknown.code, unknown.out], [2, '']);
  assert.match(unknown.err, /unknown attacks: no-such-attack/);
  assert.equal((await lab('--seconds', '-1')).code, 2);
});

test('--list shows all attacks', async () => {
  const { code, out } = await lab('--list');
  assert.equal(code, 0);
  for (const { name } of ATTACKS) assert.ok(out.includes(name), name);
  assert.ok(existsSync(BUILT));
});

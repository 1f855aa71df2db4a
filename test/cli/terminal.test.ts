/** What strangers wrote, in a node, a tag or a file, does not reach a terminal as it is. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MANIFEST_SECTION } from '#abi';
import { DeadLetters, type GatewayFlow } from '#gateway';
import { withCustomSection } from '#wasm';
import { table } from '../../src/cli/output.ts';
import { describeMessage } from '../../src/cli/payload.ts';
import { LiveView } from '../../src/cli/view.ts';
import { watNode } from '../support/nodes.ts';
import { chain, INPUT, OUTPUT, Place, update, VICTIM } from '../support/process.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-terminal-'));
after(() => rmSync(root, { recursive: true, force: true }));
/** Clears the screen; sets the title by an 8-bit code; turns the direction of writing. */
const EVIL = '\u001b[2J\u009d0;mine\u0007\u202eend';
const clean = (text: string): void => assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
const place = (): Place => new Place(mkdtempSync(join(root, 'flow-')), chain(INPUT, VICTIM, OUTPUT));

test('tables and messages', () => {
  clean(table(['name'], [[EVIL]]));
  for (const message of [Buffer.from(EVIL), update(EVIL, 1)]) clean(describeMessage(message));
});

test('reasons, nodes and paths of dead letters', async () => {
  const there = place();
  const letters = new DeadLetters(join(there.state, 'dead-letters'));
  const head = { kind: 'error' as const, node: EVIL, node_type: EVIL, port: EVIL, reason: EVIL };
  letters.add({ ...head, record: 1, path: [EVIL], sequence: 1 }, Buffer.from(EVIL));
  letters.close();
  for (const args of [['ls'], ['show', '0']]) {
    const { code, out, err } = await there.command('dlq', ...args, '--state', there.state);
    assert.equal(code, 0, err);
    assert.ok(out.includes('\\u{1b}[2J'), out);
    clean(out + err);
  }
});

test('what a node of a running flow says, and the name of a file that is not there', async () => {
  const there = place();
  const node = watNode({
    handle: `(i32.store8 (i32.const 48) (i32.const 1)) (i32.store (i32.const 52) (i32.const 200))
      (i32.store (i32.const 56) (i32.const ${Buffer.byteLength(EVIL)})) (return (i32.const 48))`,
    parts: `(data (i32.const 200) "${[...Buffer.from(EVIL)].map(byte => `\\${byte.toString(16).padStart(2, '0')}`).join('')}")`,
  });
  const manifest = {
    node_type: 'moody',
    version: '1.0.0',
    title: 'Evil',
    description: 'A node of a test.',
    category: 'test',
    inputs: [{ name: 'in', type: 'tag' }],
    outputs: [{ name: 'out', type: 'tag' }],
  };
  writeFileSync(there.node, withCustomSection(node, MANIFEST_SECTION, Buffer.from(JSON.stringify(manifest))));
  const run = await there.start();
  await there.send([update('a', 1)]);
  await run.until(() => run.err.includes('dead letter 0'));
  const { err } = await run.end();
  assert.ok(err.includes('\\u{1b}[2J'), err);
  clean(err);
  const missing = await there.command('run', there.file(EVIL));
  assert.equal(missing.code, 3);
  clean(missing.err);
});

test('the live view: names, notes, and the last output of a sink', t => {
  const gateway = {
    stats: () => ({
      records: 1,
      malformed: 0,
      state: 'running',
      faults: 0,
      ingress_fill: 0,
      drivers: [],
      letters: { kept: 0 },
      snapshot: null,
      nodes: [{ id: EVIL, node_type: EVIL, in: 1, out: [1], errors: 0, fuel: 1 }],
    }),
    sinks: () => [{ node: EVIL, bytes: 1, pending: 0, spooled: 0, online: true, last: EVIL }],
    latency: { quantile: () => 1, clear: () => undefined },

    ingest: { connections: 1, stats: () => ({ gaps: 0 }) },
  };
  const view = new LiveView(true, false);
  let shown = '';
  const writing = t.mock.method(process.stdout, 'write', (text: string) => (shown += text));
  try {
    view.begin(EVIL, ['tcp://127.0.0.1:1'], null);
    view.note(`note ${EVIL}`);
    view.show(gateway as unknown as GatewayFlow);
  } finally {
    writing.mock.restore();
  }
  assert.equal(shown.split('\\u{1b}[2J').length - 1, 6, shown);
  for (const own of ['?1049h', '?25l', 'H', 'K', 'J']) shown = shown.replaceAll(`\u001b[${own}`, '');
  clean(shown);
});

/** Whatever is written to the control socket, the flow goes on, and what is a request gets its answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { askControl } from '#gateway';
import { counter, type Line, lineArtifact, quiet, startLine } from '../support/line.ts';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 150);
const root = mkdtempSync(join(tmpdir(), 'fusewire-control-'));
after(() => rmSync(root, { recursive: true, force: true }));

const VALUES = [
  '{',
  'null',
  '7',
  '[]',
  '{}',
  '"drop"',
  '{"do":"drop"}',
  '{"do":"drop","ids":[1.5]}',
  '{"do":7,"ids":"all"}',
];
const VALID = ['{"do":"drop","ids":[77]}', '{"do":"retry","ids":"all"}', '{"do":"release"}'];

function text(random: Random): Buffer {
  const noise = Buffer.from(Array.from({ length: random.int(2_000) }, () => random.int(256)));
  return random.pick<() => Buffer>([
    () => Buffer.from(`${random.pick(VALUES)}\n`),
    () => Buffer.from(`${random.pick(VALID)}\n`),
    () => Buffer.concat([noise, Buffer.from('\n')]),
    () => noise,
    () => Buffer.alloc(400_000, 'x'),
    () => Buffer.alloc(0),
  ])();
}

/** Writes it, whole or in pieces, and perhaps goes away in the middle. @returns what came back */
async function converse(path: string, random: Random): Promise<string> {
  const socket = connect(path);
  let answer = '';
  socket.on('data', chunk => (answer += String(chunk)));
  // The other side may close while this one writes.
  socket.on('error', () => socket.destroy());
  const closed = new Promise(resolve => socket.once('close', resolve));
  await put(socket, text(random), random);
  if (random.chance(0.2)) socket.destroy();
  else socket.end();
  await closed;
  return answer;
}

async function put(socket: Socket, bytes: Buffer, random: Random): Promise<void> {
  const step = random.chance(0.5) ? bytes.length : 1 + Math.ceil(bytes.length / (1 + random.int(5)));
  for (let at = 0; at < bytes.length && !socket.destroyed; at += step) {
    socket.write(bytes.subarray(at, at + step));
    await new Promise(resolve => setTimeout(resolve, random.int(3)));
  }
}

async function start(): Promise<{ line: Line; state: string; path: string }> {
  const directory = mkdtempSync(join(root, 'line-'));
  const state = join(directory, 'state');
  return {
    line: await startLine(await lineArtifact(counter()), directory, { state }),
    state,
    path: join(state, 'control.sock'),
  };
}

async function goesOn(line: Line, state: string, seq: number): Promise<void> {
  await line.send([quiet(seq)]);
  await line.until(() => line.outputs().some(one => one.seq === seq));
  assert.deepEqual(await askControl(state, { do: 'release' }), { ok: true, done: 1, problems: [] });
}

test(`any bytes, in any pieces, over many connections at once (FUZZ_SEED=${SEED} FUZZ_ROUNDS=${ROUNDS})`, async t => {
  const { line, state, path } = await start();
  t.after(() => line.gateway.stop());
  // They begin and never end.
  const slow = Array.from({ length: 100 }, () => connect(path).on('error', () => undefined));
  for (const socket of slow) socket.write('{"do":');
  const answers = await Promise.all(Array.from({ length: ROUNDS }, (_, i) => converse(path, seeded(SEED + i))));
  for (const answer of answers.filter(one => one !== '')) {
    assert.match(answer, /^\{.*\}\n$/);
    assert.equal(typeof (JSON.parse(answer) as { ok: unknown }).ok, 'boolean');
  }
  await goesOn(line, state, 1);
  for (const socket of slow) socket.destroy();
  await goesOn(line, state, 2);
});

test('a connection ends with the answer, whatever comes behind its line', async t => {
  const { line, state, path } = await start();
  t.after(() => line.gateway.stop());
  const socket = connect({ path, allowHalfOpen: true }).on('error', () => undefined);
  const closed = new Promise(resolve => socket.once('close', resolve));
  socket.write('{}\n');
  await once(socket, 'data');
  for (let i = 0; i < 60 && !socket.destroyed; i += 1)
    if (!socket.write(Buffer.alloc(256 * 1024, 'y')))
      await Promise.race([new Promise(resolve => socket.once('drain', resolve)), closed]);
  const ended = socket.destroyed;
  socket.destroy();
  assert.ok(ended, 'it was closed from the other side');
  await goesOn(line, state, 1);
});

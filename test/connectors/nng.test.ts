import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dialPush, FrameSplitter, listenPull, type PullConnection, type PullListener } from '#connectors';
import type { GatewayError } from '#diagnostic';
import { frames } from '../support/generate.ts';
import { seeded } from '../support/random.ts';
import { needs } from '../support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-nng-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Received {
  listener: PullListener;
  drivers: PullConnection[];
  messages: Buffer[];
  problems: GatewayError[];
  /** While false, the listener has no room. */
  room: boolean;
  until: (condition: () => boolean) => Promise<void>;
}

async function receiver(url: string, message_bytes_max = 1_000_000): Promise<Received> {
  const received = {
    drivers: [] as PullConnection[],
    messages: [] as Buffer[],
    problems: [] as GatewayError[],
    room: true,
  } as Received;
  const header = url.startsWith('ipc') ? 9 : 8;
  received.listener = await listenPull(
    url,
    {
      onDriver(connection) {
        received.drivers.push(connection);
        return {
          take(span) {
            if (!received.room) return false;
            const bytes = Buffer.from(span);
            for (let at = 0; at < bytes.length; ) {
              const length = bytes.readUInt32BE(at + header - 4);
              received.messages.push(bytes.subarray(at + header, at + header + length));
              at += header + length;
            }
            return true;
          },
          gone: () => undefined,
        };
      },
      onProblem: error => received.problems.push(error),
    },
    { message_bytes_max },
  );
  received.until = async condition => {
    while (!condition()) await new Promise(resolve => setTimeout(resolve, 5));
  };
  return received;
}

for (const url of ['tcp://127.0.0.1:0', `ipc://${join(folder, 'a.ipc')}`]) {
  test(`nngcat pushes over ${url.slice(0, 3)}`, needs('nngcat', 'nng-utils'), async () => {
    const received = await receiver(url);
    const peer = spawn('nngcat', [
      '--push',
      '--dial',
      received.listener.url,
      '--data',
      'hello',
      '--delay',
      '1',
      '--count',
      '3',
      '--interval',
      '0',
    ]);
    await received.until(() => received.messages.length >= 1);
    peer.kill();
    await received.listener.close();
    assert.equal(received.messages[0]!.toString(), 'hello');
  });
}

test('a libnng driver in C: everything arrives, in order', needs('gcc', 'gcc libnng-dev'), async () => {
  const binary = join(folder, 'push');
  const built = spawnSync('gcc', ['-O2', '-o', binary, join(import.meta.dirname, '../peers/push.c'), '-lnng'], {
    encoding: 'utf8',
  });
  assert.equal(built.status, 0, built.stderr);
  const received = await receiver('tcp://127.0.0.1:0');
  const count = 50_000;
  const peer = spawn(binary, [received.listener.url, String(count)]);
  const [code] = await once(peer, 'exit');
  assert.equal(code, 0);
  await received.until(() => received.messages.length >= count);
  await received.listener.close();
  assert.equal(received.messages.length, count);
  received.messages.forEach((message, index) => assert.equal(message.readDoubleLE(message.length - 8), index + 1));
});

test('a peer that is no PUSH socket is turned away with its protocol', needs('nngcat', 'nng-utils'), async () => {
  const received = await receiver('tcp://127.0.0.1:0');
  const peer = spawn('nngcat', ['--pub', '--dial', received.listener.url, '--data', 'x', '--interval', '1'], {
    stdio: 'ignore',
  });
  await received.until(() => received.problems.length > 0);
  peer.kill();
  await received.listener.close();
  assert.equal(received.problems[0]!.code, 'peer-rejected');
  assert.match(received.problems[0]!.message, /0x20/);
  assert.equal(received.messages.length, 0);
});

test('garbage instead of a handshake, and a frame over the limit, close only that connection', async () => {
  const received = await receiver('tcp://127.0.0.1:0', 100);
  const port = Number(received.listener.url.split(':').at(-1));
  const garbage = connect(port, '127.0.0.1');
  garbage.write('GET / HTTP/1.1\r\n\r\n');
  garbage.on('error', () => undefined);
  await received.until(() => received.problems.length === 1);
  const good = await dialPush(received.listener.url);
  const bad = await dialPush(received.listener.url);
  await bad.write(frames([Buffer.from('fits'), Buffer.alloc(101)]));
  await received.until(() => received.problems.length === 2);
  await good.write(frames([Buffer.from('still here')]));
  await received.until(() => received.messages.length === 2);
  await good.close();
  await received.listener.close();
  assert.deepEqual(
    received.problems.map(one => one.code),
    ['peer-rejected', 'message-too-long'],
  );
  assert.match(received.problems[1]!.message, /101 bytes; the limit is 100/);
  assert.deepEqual(received.messages.map(String), ['fits', 'still here']);
});

test('back-pressure: without room nothing is lost, and all arrives in order when there is', async () => {
  const received = await receiver('tcp://127.0.0.1:0');
  received.room = false;
  const driver = await dialPush(received.listener.url);
  const count = 20_000;
  const sending = driver.write(frames(Array.from({ length: count }, (_, index) => Buffer.from(`message ${index}`))));
  await received.until(() => received.drivers.some(one => one.paused));
  received.room = true;
  for (const one of received.drivers) one.resume();
  await sending;
  await received.until(() => received.messages.length >= count);
  await driver.close();
  await received.listener.close();
  assert.deepEqual(
    received.messages.map(String),
    Array.from({ length: count }, (_, index) => `message ${index}`),
  );
});

test('an address that is taken is a listen-failed', async () => {
  const first = await receiver('tcp://127.0.0.1:0');
  await assert.rejects(() => receiver(first.listener.url), { code: 'listen-failed' });
  await first.listener.close();
  await assert.rejects(() => receiver('udp://x'), { code: 'address-invalid' });
});

const SEED = Number(process.env['FUZZ_SEED'] ?? 4711);
test(`the splitter gives the same frames however the stream is cut (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  for (let round = 0; round < 200; round += 1) {
    const messages = Array.from({ length: random.int(30) }, () => Buffer.alloc(random.int(300), random.int(256)));
    const stream = frames(messages);
    const spans: Uint8Array[] = [];
    let room = true;
    const splitter = new FrameSplitter(0, 300, {
      onSpan(span) {
        if (!room) return false;
        spans.push(Uint8Array.from(span));
        return true;
      },
      onBadFrame: length => assert.fail(`frame of ${length}`),
    });
    for (let at = 0; at < stream.length; ) {
      const end = Math.min(stream.length, at + 1 + random.int(500));
      room = random.chance(0.7);
      splitter.room().set(stream.subarray(at, end));
      let taken = splitter.filled(end - at);
      room = true;
      while (!taken) taken = splitter.retry();
      at = end;
    }
    assert.deepEqual(Buffer.concat(spans), stream);
  }
});

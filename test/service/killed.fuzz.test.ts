/**
 * The gateway is killed with SIGKILL, at a point chosen by its seed, while it deploys, takes in a node, rolls back, changes
 * settings, or starts. After the next start the store is consistent, each change is wholly there or not at all, what runs is
 * what the database says, and the outputs of a durable flow lack no record.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeTagUpdate, MANIFEST_SECTION } from '#abi';
import type { DeployDto, FlowDto } from '#api';
import type { Client } from '#client';
import { dialPush, type PushConnection } from '#connectors';
import { withCustomSection } from '#wasm';
import { frames } from '../support/generate.ts';
import { PASS, watNode } from '../support/nodes.ts';
import { linesOf, lineTo, newData, SUM, scale } from '../support/plant.ts';
import { type Random, seeded } from '../support/random.ts';
import { ServedProcess } from '../support/served-process.ts';
import { until } from '../support/until.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1e9);
const ROUNDS = Number(process.env['ROUNDS'] ?? 10);
const SABOTEUR = join(import.meta.dirname, '../support/saboteur.ts');
const EPOCH = 1_770_000_000_000_000;
const root = mkdtempSync(join(tmpdir(), 'fusewire-service-killed-'));
const flow = { params: { flow: 'line' } };
const A = lineTo('out.jsonl', { name: 'a', nodes: [SUM], durable: true });
const B = lineTo('out.jsonl', { name: 'b', nodes: [SUM, scale(1)], durable: true });
let data = '';
let ingest = '';
let served: ServedProcess;
let client: Client;

/** Sends numbers for ever: what a connection loses with its gateway is gone, and the next number follows. */
class Driver {
  sent = 0;
  #going = true;

  async pour(): Promise<void> {
    let push: PushConnection | null = null;
    while (this.#going) {
      try {
        push ??= await dialPush(ingest, 200);
        const some = Array.from({ length: 10 }, (_, i) => numbered(this.sent + 1 + i));
        this.sent += some.length;
        await push.write(frames(some, push.ipc));
        await new Promise(resolve => setTimeout(resolve, 20));
      } catch {
        push = null;
      }
    }
    await push?.close().catch(() => undefined);
  }
  stop(): void {
    this.#going = false;
  }
}
const numbered = (number: number): Uint8Array =>
  encodeTagUpdate({ tag: 'n', timestamp: EPOCH + number, seq: number, value: { kind: 'double', value: number } });
const driver = new Driver();
let pouring: Promise<void>;

before(async () => {
  data = newData(root);
  ingest = `ipc://${join(root, 'in')}`;
  await start();
  await client.call('createFlow', { body: { id: 'line', name: 'line', document: B } });
  await deployed();
  await client.call('saveDraft', { ...flow, body: { document: A }, ifMatch: '*' });
  await deployed();
  pouring = driver.pour();
});
after(async () => {
  driver.stop();
  await pouring;
  served.child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<void> {
  served = new ServedProcess(data, { ingest, env, ...('CRASH_AT' in env && { imports: [SABOTEUR] }) });
  client = await served.ready();
}

async function deployed(): Promise<void> {
  const { id } = await client.call('deployFlow', flow);
  await followed(id);
}

/** Until it has ended, or the gateway has. */
async function followed(id: string): Promise<void> {
  const gone = new AbortController();
  void served.ended.then(() => gone.abort());
  for await (const one of client.followDeploy(id, gone.signal))
    assert.notEqual(one.state, 'failed', JSON.stringify(one.error));
}

const variant = (number: number): Uint8Array =>
  withCustomSection(
    watNode({ handle: PASS }),
    MANIFEST_SECTION,
    Buffer.from(
      JSON.stringify({
        node_type: 'killed',
        version: `1.0.${number}`,
        title: 'Killed',
        description: 'A node of a test.',
        category: 'test',
        inputs: [{ name: 'in', type: 'tag' }],
        outputs: [{ name: 'out', type: 'tag' }],
      }),
    ),
  );

/** About as many steps on disk as each takes. */
const STEPS: Record<string, number> = { deploy: 150, 'rolls back': 80, upload: 14, settings: 8, 'stop and start': 100 };

/** What is changed while it is killed. */
const CHANGES: Record<string, (random: Random, round: number) => Promise<unknown>> = {
  deploy: async random => {
    const document = { ...random.pick([A, B]), description: `${random.int(2)}` };
    await client.call('saveDraft', { ...flow, body: { document }, ifMatch: '*' });
    await deployed();
  },
  'rolls back': async () => {
    await followed((await client.call('rollbackFlow', flow)).id);
  },
  upload: (_, round) => client.call('uploadNode', { body: variant(round) }),
  settings: random =>
    client.call('changeFlow', { ...flow, body: { overload: 'hold', probation_ms: random.int(1_000) } }),
  'stop and start': async () => {
    for (const name of ['stopFlow', 'startFlow'] as const) await followed((await client.call(name, flow)).id);
  },
};

interface Line {
  readonly timestamp: number;
  readonly value: number;
}
interface Before {
  readonly flow: FlowDto;
  readonly deploys: readonly DeployDto[];
}
const look = async (): Promise<Before> => ({
  flow: await client.call('getFlow', flow),
  deploys: (await client.call('listDeploys')).items,
});

async function judge(was: Before): Promise<void> {
  const now = await look();
  const known = new Set(was.deploys.filter(one => one.state === 'done').map(one => one.id));
  for (const one of now.deploys)
    if (one.state !== 'done') assert.deepEqual([one.state, one.error!.code], ['failed', 'gateway-ended']);
  const last = now.deploys.find(one => one.state === 'done' && !known.has(one.id));
  const version = last?.version ?? was.flow.deployed_version;
  const desired = last ? (last.kind === 'stop' ? 'stopped' : 'running') : was.flow.desired;
  assert.deepEqual([now.flow.deployed_version, now.flow.desired], [version, desired], 'the job and the flow agree');
  const { flows } = await client.call('getStatus');
  if (desired === 'running')
    assert.deepEqual([flows[0]!.state, flows[0]!.version], ['running', version], 'what runs is what is written');
  else assert.equal(flows[0]!.state, 'stopped');
  const { overload, probation_ms } = now.flow.settings;
  const { settings } = was.flow;
  const same = overload === settings.overload && probation_ms === settings.probation_ms;
  assert.ok(same || (overload === 'hold' && probation_ms < 1_000), 'settings are those before or those after');
  for (const { hash, bytes } of (await client.call('listNodes')).items) {
    const file = await client.call('downloadNode', { params: { hash } });
    assert.deepEqual([createHash('sha256').update(file).digest('hex'), file.length], [hash, bytes]);
  }
  if (desired === 'stopped') await followed((await client.call('startFlow', flow)).id);
}

test(`killed at any point, each change is there or not (FUZZ_SEED=${SEED} ROUNDS=${ROUNDS})`, {
  timeout: 600_000,
}, async () => {
  let killed = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const random = seeded(SEED + round);
    const names = Object.keys(CHANGES);
    const name = names[round % names.length]!;
    const at = 1 + random.int(STEPS[name]!);
    try {
      const was = await look();
      await served.kill('SIGKILL');
      await start({ CRASH_AT: String(at), CRASH_ARMED: '1' });
      served.child.kill('SIGUSR2');
      await CHANGES[name]!(random, SEED + round).catch(() => undefined);
      killed += served.child.signalCode === 'SIGKILL' ? 1 : 0;
      await served.kill('SIGKILL');
      // Some starts are killed, too.
      for (let i = 0; i < 2 && random.chance(0.3); i += 1) {
        served = new ServedProcess(data, {
          ingest,
          imports: [SABOTEUR],
          env: { CRASH_AT: String(1 + random.int(200)) },
        });
        await served.ready().catch(() => undefined);
        await served.kill('SIGKILL');
      }
      await start();
      await judge(was);
    } catch (error) {
      throw new Error(`FUZZ_SEED=${SEED + round} ROUNDS=1, ${name} at ${at}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  assert.ok(killed > 0 || ROUNDS < 5, 'some were killed in the midst of it');
});

test('the durable flow lacks no record: each output is the sum of all that came out before', {
  timeout: 600_000,
}, async () => {
  const sent = driver.sent;
  driver.stop();
  await pouring;
  const last = numbered(sent + 1_000_000);
  const push = await dialPush(ingest);
  await push.write(frames([last], push.ipc));
  await push.close();
  const file = join(data, 'files/out.jsonl');
  await until(async () => {
    assert.equal((await client.call('getFlow', flow)).state, 'running');
    return readFileSync(file)
      .subarray(-1_000)
      .includes(String(EPOCH + sent + 1_000_000));
  });
  const values = new Map<number, number>();
  let sum = 0;
  for (const { timestamp, value } of linesOf(data, 'out.jsonl') as unknown as readonly Line[]) {
    const number = timestamp - EPOCH;
    const before = values.get(number);
    if (before === undefined) sum += number;
    assert.equal(value, before ?? sum, `FUZZ_SEED=${SEED} ROUNDS=${ROUNDS}: after record ${number}`);
    values.set(number, value);
  }
  assert.ok(values.size > 100, `${values.size} records`);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { StatementSync } from 'node:sqlite';
import { test } from 'node:test';
import { backup, openRepository, type Repository, restore } from '#repository';
import { type Random, seeded } from '../support/random.ts';
import { FLOWS, type Told } from './crash-child.ts';
import { older, schemaVersion } from './older.ts';
import { folder } from './store.ts';
import { addNode, pinned, versionOf } from './things.ts';

const SEED = Number(process.env['REPOSITORY_SEED'] ?? 21);
const ROUNDS = Number(process.env['REPOSITORY_ROUNDS'] ?? 8);
const HERE = import.meta.dirname;
const FLAGS = [
  '--conditions=fusewire-source',
  '--disable-warning=ExperimentalWarning',
  `--import=${join(HERE, '../support/saboteur.ts')}`,
  join(HERE, 'crash-child.ts'),
];

interface End {
  readonly told: readonly Told[];
  readonly killed: boolean;
}

/** Runs the child until it has crashed at that point. @param kill_ms ends it from outside, so long after it began to work */
function crash(args: readonly string[], at: number, kill_ms: number | null = null): Promise<End> {
  const env = { ...process.env, CRASH_AT: String(at) };
  const child = spawn(process.execPath, [...FLAGS, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', chunk => {
    if (out === '' && kill_ms !== null) setTimeout(() => child.kill('SIGKILL'), kill_ms);
    out += String(chunk);
  });
  return new Promise(resolve =>
    child.once('close', (_code, signal) => {
      const lines = out
        .slice(0, out.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1);
      resolve({ told: lines.map(line => JSON.parse(line) as Told), killed: signal === 'SIGKILL' });
    }),
  );
}

/** What was told to be stored is there, unless something that came later took it away. */
function holdsPromises(store: Repository, told: Told[]): void {
  const gone = new Set<string>();
  for (const one of told) {
    if (one.did === 'removed') gone.add(one.hash);
    if (one.did === 'draft') assert.ok(store.flows.draft(one.flow)!.revision >= one.revision, JSON.stringify(one));
    if (one.did === 'version') assert.ok(store.flows.version(one.flow, one.number), JSON.stringify(one));
    if (one.did === 'deploy') assert.equal(store.deploys.get(one.id)?.state, 'done', JSON.stringify(one));
  }
  const audits = told.filter(one => one.did === 'audit').map(one => one.id);
  const kept = new Set(store.audit.list({ limit: 1_000 }).items.map(one => one.id));
  for (const id of audits.slice(-500)) assert.ok(kept.has(id), `audit ${id}`);
  for (const hash of gone) assert.equal(store.nodes.get(hash), null);
  const added = told.filter(one => one.did === 'node').map(one => one.hash);
  // The last step may have removed one more before it could say so.
  const unsaid = added.filter(hash => !gone.has(hash) && store.nodes.get(hash) === null);
  assert.ok(unsaid.length <= 1, `lost: ${unsaid}`);
  for (const hash of unsaid) told.push({ did: 'removed', hash });
}

/** Holds at every moment, whatever was going on. */
function isConsistent(store: Repository): void {
  const nodes = store.nodes.list({ limit: 1_000 });
  assert.equal(nodes.next, null);
  for (const { hash, bytes } of nodes.items) assert.equal(store.blobs.get(hash).length, bytes);
  assert.deepEqual(store.blobs.list(), nodes.items.map(node => node.hash).sort());
  for (const id of FLOWS) {
    const flow = store.flows.get(id);
    if (!flow) continue;
    const draft = store.flows.draft(id)!;
    assert.deepEqual(JSON.parse(draft.document), { revision: draft.revision });
    const count = store.flows.versions(id, { limit: 1 }).items[0]?.number ?? 0;
    for (let number = 1; number <= count; number += 1) {
      const { document } = store.flows.version(id, number)!;
      for (const { wasm_hash } of document.nodes)
        assert.ok(store.nodes.pinnedBy(wasm_hash!).some(pin => pin.flow === id && pin.version === number));
    }
    const jobs = store.deploys.list({ flow: id, limit: 1_000 }).items;
    for (const job of jobs) {
      assert.ok(job.state === 'done' || job.error?.code === 'gateway-ended', `deploy ${job.id} is ${job.state}`);
      assert.ok(job.stages.every(stage => stage.ended_at !== null));
    }
    const last = jobs.find(job => job.state === 'done');
    assert.equal(flow.deployed_version, last?.version ?? null, 'a deploy is wholly there or not at all');
    assert.equal(flow.desired, last ? 'running' : 'stopped');
    assert.deepEqual(last?.report ?? null, last ? { job: last.id } : null);
  }
}

async function storm(random: Random, next: () => [at: number, kill_ms: number | null]): Promise<void> {
  const directory = folder();
  const told: Told[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [at, kill_ms] = next();
    const seed = random.int(1 << 30);
    const end = await crash(['work', directory, String(seed)], at, kill_ms);
    assert.ok(end.killed, `round ${round}: it was killed at ${at}`);
    told.push(...end.told);
    const store = openRepository(directory);
    try {
      isConsistent(store);
      holdsPromises(store, told);
    } catch (error) {
      throw new Error(`round ${round}: work ${seed}, crash at ${at}`, { cause: error });
    } finally {
      store.close();
    }
  }
}

test(`a process that is killed at any step leaves a whole store and all it promised (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  await storm(random, () => [1 + random.int(random.pick([60, 400, 3_000])), null]);
});

test(`a process that is killed from outside does, too (seed ${SEED})`, async () => {
  const random = seeded(SEED + 1);
  await storm(random, () => [0, random.int(150)]);
});

test(`a migration that is killed happens wholly or not at all (seed ${SEED})`, async () => {
  const random = seeded(SEED + 2);
  const template = older(1);
  let done = false;
  let killed = 0;
  for (let at = 1; !done; at += 1 + random.int(16)) {
    const directory = folder();
    cpSync(template, directory, { recursive: true });
    const end = await crash(['open', directory], at);
    done = !end.killed;
    if (end.killed) killed += 1;
    assert.ok([1, 2].includes(schemaVersion(directory)), `crash at ${at}`);
    const store = openRepository(directory);
    assert.equal(store.nodes.pinnedBy(store.nodes.list().items[0]!.hash).length, 2, `crash at ${at}`);
    store.close();
  }
  assert.ok(killed > 5, `${killed} were killed`);
});

test(`a backup and a restore that are killed leave a whole one or none (seed ${SEED})`, async () => {
  const random = seeded(SEED + 3);
  const directory = older(1);
  openRepository(directory).close();
  const whole = join(folder(), 'copy');
  await backup(directory, whole);
  let done = 0;
  for (let at = 1; done < 2; at += 1 + random.int(40)) {
    done = 0;
    const copy = join(folder(), 'copy');
    if (!(await crash(['backup', directory, copy], at)).killed) done += 1;
    if (existsSync(copy)) await restore(copy, folder());
    else assert.equal(done, 0, 'without a crash it is there');
    const home = folder();
    if (!(await crash(['restore', whole, home], at)).killed) done += 1;
    try {
      const store = openRepository(home);
      if (existsSync(join(home, 'blobs', 'f6'))) assert.equal(store.flows.versions('boiler').items.length, 2);
      else assert.deepEqual(store.flows.list().items, [], 'nothing had been written');
      store.close();
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'data-corrupt', String(error));
      assert.match((error as Error).message, /restore again/);
    }
  }
});

test('whichever statement fails, what it was part of is taken back as a whole', t => {
  const directory = folder();
  const store = openRepository(directory);
  const [old, fresh] = [addNode(store, 'passer'), addNode(store, 'passer', '2.0.0')];
  store.flows.create({ id: 'boiler', name: 'boiler', by: 'ada', document: '{"revision":1}' });
  store.flows.cutVersion('boiler', versionOf(pinned(old)));
  const job = store.deploys.create({ flow: 'boiler', version: 1, kind: 'deploy', by: 'ada' });
  store.deploys.start(job.id);
  store.deploys.enter(job.id, 'check');
  const steps: (() => unknown)[] = [
    () => store.deploys.commit(job.id, 'boiler', 1, 'running', { job: job.id }),
    () => store.flows.cutVersion('boiler', versionOf(pinned(old, fresh))),
    () => store.flows.create({ id: 'pump', name: 'pump', by: 'ada', document: '{"revision":1}' }),
    () => addNode(store, 'third'),
    () => store.nodes.remove(fresh.hash),
  ];
  const state = (): unknown => [
    store.flows.list(),
    store.flows.versions('boiler'),
    store.deploys.list(),
    store.nodes.list(),
    store.nodes.pinnedBy(fresh.hash),
  ];
  for (const step of steps) {
    const before = state();
    let failures = 0;
    for (let done = false; !done; ) {
      let left = failures + 1;
      const run = StatementSync.prototype.run;
      const mock = t.mock.method(StatementSync.prototype, 'run', function (this: StatementSync, ...values: unknown[]) {
        left -= 1;
        if (left === 0) throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
        return Reflect.apply(run, this, values) as ReturnType<typeof run>;
      });
      try {
        step();
        done = true;
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'storage-failed');
        failures += 1;
      } finally {
        mock.mock.restore();
      }
      if (!done) assert.deepEqual(state(), before);
    }
    assert.ok(failures > 0, String(step));
    assert.notDeepEqual(state(), before, String(step));
  }
  store.close();
});

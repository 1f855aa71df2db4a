/** Flows that keep their state on disk, and `dlq`: as processes. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Command, chain, INPUT, OUTPUT, Place, SUM, update, VICTIM } from '../support/process.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-state-'));
after(() => rmSync(root, { recursive: true, force: true }));
const place = (): Place => new Place(mkdtempSync(join(root, 'flow-')), chain(INPUT, VICTIM, SUM, OUTPUT));

interface Head {
  readonly id: number;
  readonly kind: string;
  readonly node: string;
  readonly reason: string;
  readonly path: string[];
}

const dlq = (at: Place, ...args: string[]): ReturnType<Place['command']> =>
  at.command('dlq', ...args, '--state', at.state);
async function heads(at: Place): Promise<Head[]> {
  const { code, out } = await dlq(at, 'ls', '--json');
  assert.equal(code, 0);
  return JSON.parse(out) as Head[];
}

test('dead letters of a running flow: listed, shown, exported, retried, dropped', async () => {
  const at = place();
  const run = await at.start();
  await at.send([update('a', 1), update('error', 2), update('trap', 3), update('trap', 4), update('a', 5)]);
  await run.until(() => at.lines().length === 2 && run.stats.letters.kept === 3);
  await Promise.all([lists(at), shows(at), exports(at)]);
  await retries(at, run);
  await drops(at, run);
  assert.equal((await run.end()).code, 0);
  assert.deepEqual(await dlq(at, 'ls'), { code: 0, out: 'no dead letters\n', err: '' });
});

async function lists(at: Place): Promise<void> {
  const [all, table] = await Promise.all([heads(at), dlq(at, 'ls')]);
  const ids = all.map(one => [one.id, one.kind, one.node]);
  assert.deepEqual(ids[2], [0, 'error', 'victim']);
  assert.deepEqual(ids.slice(0, 2), [
    [2, 'fault', 'victim'],
    [1, 'fault', 'victim'],
  ]);
  assert.deepEqual(all[0]!.path, ['in', 'victim']);
  const lines = table.out.trimEnd().split('\n');
  assert.equal(lines.length, 4);
  assert.match(lines[3]!, /^ *0 .* error +victim .* not now$/);
}

async function shows(at: Place): Promise<void> {
  const [text, json] = await Promise.all([dlq(at, 'show', '0', '77', '2'), dlq(at, 'show', '1', '--json')]);
  assert.deepEqual([text.code, text.err], [2, 'there is no dead letter 77\n']);
  assert.match(text.out, /dead letter 0,.*kind {4}error.*input in.*reason {2}not now.*message error = 2 /s);
  assert.match(text.out, /dead letter 2,.*unreachable.*path {4}in → victim.*message trap = 4 /s);
  const [one] = JSON.parse(json.out) as [{ update: string; message_base64: string }];
  assert.match(one.update, /^trap = 3 /);
  assert.deepEqual(Buffer.from(one.message_base64, 'base64'), Buffer.from(update('trap', 3)));
}

async function exports(at: Place): Promise<void> {
  const { code, out } = await dlq(at, 'export', at.file('letters'));
  assert.deepEqual([code, out], [0, `3 dead letters written to ${at.file('letters')}\n`]);
  assert.deepEqual(
    readdirSync(at.file('letters')).sort(),
    [0, 1, 2].flatMap(id => [`${id}.bin`, `${id}.json`]),
  );
  assert.deepEqual(readFileSync(at.file('letters/0.bin')), Buffer.from(update('error', 2)));
  assert.equal(JSON.parse(readFileSync(at.file('letters/0.json'), 'utf8')).reason, 'not now');
}

async function retries(at: Place, run: Command): Promise<void> {
  assert.deepEqual(await dlq(at, 'retry', '0'), { code: 0, out: '1 retried\n', err: '' });
  await run.until(() => at.lines().length === 3 && run.stats.letters.kept === 2);
  assert.equal(at.lines().at(-1)!.tag, 'error');
  const again = await dlq(at, 'retry', '0', '1', '--json');
  const problem = '0: there is no dead letter 0';
  assert.deepEqual([again.code, JSON.parse(again.out)], [3, { ok: true, done: 1, problems: [problem] }]);
  assert.equal(again.err, `${problem}\n`);
}

async function drops(at: Place, run: Command): Promise<void> {
  // What was retried and failed again is a letter again.
  await run.until(() => run.stats.letters.kept === 2);
  const [newest, oldest] = await heads(at);
  assert.deepEqual(
    [newest!.reason.replace(/record \d+/, ''), oldest!.id],
    [oldest!.reason.replace(/record \d+/, ''), 2],
  );
  const some = await dlq(at, 'drop', String(newest!.id), '0');
  assert.deepEqual([some.code, some.out, some.err], [3, '1 dropped\n', '0: there is none\n']);
  await at.send([update('trap', 6)]);
  await run.until(() => run.stats.letters.kept === 2);
  assert.deepEqual(await dlq(at, 'drop', 'all'), { code: 0, out: '2 dropped\n', err: '' });
}

test('dead letters of a flow that does not run: dropped, but not retried', async () => {
  const at = place();
  const run = await at.start();
  await at.send([update('trap', 1), update('trap', 2), update('trap', 3), update('a', 4)]);
  await run.until(() => at.lines().length === 1 && run.stats.letters.kept === 3);
  await run.end();
  const [retry, wrong, two] = await Promise.all([
    dlq(at, 'retry', 'all'),
    dlq(at, 'retry', 'every'),
    dlq(at, 'drop', '1', '77'),
  ]);
  assert.deepEqual([retry.code, retry.out], [3, '']);
  assert.match(retry.err, /^no flow runs with .*: start it to retry its dead letters\n$/);
  assert.deepEqual([wrong.code, wrong.out], [2, '']);
  assert.match(wrong.err, /^not an id: every; /);
  assert.deepEqual([two.code, two.out, two.err], [3, '1 dropped\n', '77: there is none\n']);
  assert.deepEqual(await dlq(at, 'drop', 'all'), { code: 0, out: '2 dropped\n', err: '' });
  assert.deepEqual(await heads(at), []);
});

test('a second run with the same folder is refused by the name of the process; the first goes on, and so does its state', async () => {
  const at = place();
  const first = await at.start();
  await at.send([update('a', 1), update('a', 2)]);
  await first.until(() => at.lines().length === 2);
  const second = await new Command(at.file('cache'), at.runArgs(`ipc://${at.file('other')}`)).ended;
  assert.equal(second.code, 3);
  assert.match(second.err, new RegExp(`error\\[storage-failed\\].*process ${first.child.pid} uses it`));
  await at.send([update('a', 3)]);
  await first.until(() => at.lines().length === 3);
  assert.deepEqual(await dlq(at, 'drop', 'all'), { code: 0, out: '0 dropped\n', err: '' });
  assert.equal((await first.end()).code, 0);
  const third = await at.start();
  await at.send([update('a', 4)]);
  await third.until(() => at.lines().length === 4);
  assert.equal((await third.end()).code, 0);
  assert.deepEqual(
    at.lines().map(one => one.value),
    [1, 3, 6, 10],
  );
});

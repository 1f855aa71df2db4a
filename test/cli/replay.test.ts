/** `replay`: a recording that a flow left behind is run again, step by step or as a whole, and told from one that was altered. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRecording, Player, packRecording, type Recording } from '#engine';
import { readRecording } from '#gateway';
import { chain, INPUT, OUTPUT, Place, SUM, update, VICTIM } from '../support/process.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-replay-'));
after(() => rmSync(root, { recursive: true, force: true }));
const at = new Place(root, chain(INPUT, VICTIM, SUM, OUTPUT));
const replay = (...args: string[]): ReturnType<Place['command']> => at.command('replay', ...args);
let file = '';

before(async () => {
  const run = await at.start();
  await at.send([update('a', 1), update('a', 2), update('trap', 3), update('a', 4)]);
  await run.until(() => at.lines().length === 3 && run.err.includes('recorded in'));
  await run.end();
  const [name] = readdirSync(join(at.state, 'recordings'));
  file = join(at.state, 'recordings', name!);
});

/** The recording with something changed, as a file. */
async function altered(name: string, change: (recording: Recording) => Partial<Recording>): Promise<string> {
  const recording = await readRecording(file);
  writeFileSync(at.file(name), await packRecording({ ...recording, ...change(recording) }));
  return at.file(name);
}

interface Report {
  readonly same: boolean;
  readonly steps: number;
  readonly recorded: { readonly node: string; readonly record: string };
  readonly replayed: object | null;
  readonly records: {
    readonly what: string;
    readonly record: number;
    readonly hops: Hop[];
    readonly fault: object | null;
  }[];
}
interface Hop {
  readonly node: string;
  readonly hop: string;
  readonly port: string;
  readonly message: string;
}

test('a recording ends as it says: the same record, node and reason', async () => {
  const [text, json] = await Promise.all([replay(file), replay(file, '--json')]);
  assert.deepEqual([text.code, text.err], [0, '']);
  assert.match(
    text.out,
    /recorded: node "victim" \(moody\) in handle, record 3: unreachable.*\nreplayed: .*\nthe same\n$/,
  );
  const report = JSON.parse(json.out) as Report;
  assert.deepEqual([json.code, report.same, report.recorded], [0, true, report.replayed]);
  assert.deepEqual([report.recorded.node, report.recorded.record], ['victim', '3']);
});

test('step by step it shows what came in and what each node emitted, up to the fault', async () => {
  const [json, text, last] = await Promise.all([
    replay('--step', file, '--json'),
    replay('--step', file),
    replay('--step', file, '--last', '1', '--json'),
  ]);
  const { same, steps, records } = JSON.parse(json.out) as Report;
  assert.deepEqual([json.code, same, steps], [0, true, records.length]);
  const hops = (record: number): string[] =>
    records
      .filter(one => one.record === record)
      .flatMap(one => one.hops)
      .map(({ node, hop, port, message }) => `${node} ${hop} ${port} ${message.replace(/ \(.*/, '')}`);
  const through = [' in  a = 2', 'in emitted out a = 2', 'victim emitted out a = 2', 'sum emitted out a = 3'];
  assert.deepEqual(hops(2).slice(0, 4), through);
  assert.deepEqual(hops(3), [' in  trap = 3', 'in emitted out trap = 3']);
  assert.ok(records.at(-1)!.fault);
  assert.equal(text.code, 0);
  assert.match(text.out, /record 3, .*\n {2}→ trap = 3 .*\n {2}← in\.out: trap = 3 .*\n {2}✗ /);
  assert.match(text.out, /the same\n$/);
  const { records: end } = JSON.parse(last.out) as Report;
  assert.deepEqual(
    end.map(one => one.record),
    [3],
  );
});

test('the player of the studio tells the same steps and hops of the same file', async () => {
  const { out } = await replay('--step', file, '--json');
  const { records } = JSON.parse(out) as Report;
  const player = new Player(openRecording(await readRecording(file), file));
  for (const _ of player.scan());
  assert.ok(player.same);
  assert.deepEqual(
    player
      .reports(0, player.steps)
      .map(({ what, record, fault, hops }) => [
        [what, record, fault],
        ...hops.map(({ node, port, payload }) => [
          node ?? '',
          node === null ? '' : port,
          payload.update?.tag ?? String(payload.bytes),
        ]),
      ]),
    records.map(({ what, record, fault, hops }) => [
      [what, record, fault],
      ...hops.map(({ node, port, message }) => [node, port || (node && 'sink'), message.split(/ = | bytes/)[0]]),
    ]),
  );
});

test('a recording that says something else than what happens is NOT the same', async () => {
  const [record, node, none] = await Promise.all([
    altered('record.rec', ({ fault }) => ({ fault: { ...fault!, record: '2' } })),
    altered('node.rec', ({ fault }) => ({ fault: { ...fault!, node: 'sum' } })),
    altered('none.rec', () => ({ fault: null })),
  ]);
  for (const ended of await Promise.all([replay(record), replay(node), replay(none)])) {
    assert.equal(ended.code, 3);
    assert.match(ended.out, /\nNOT the same: /);
  }
  const json = await replay(node, '--json');
  assert.deepEqual([json.code, (JSON.parse(json.out) as Report).same], [3, false]);
});

/** The command refuses these files as no recordings, in one line. */
async function refuses(...names: string[]): Promise<void> {
  const all = await Promise.all(names.map(name => replay(at.file(name))));
  all.forEach(({ code, err, out }, i) => {
    assert.deepEqual([code, out], [3, ''], `${names[i]}: ${err}`);
    assert.match(err, /^error\[recording-invalid\]: .*\n$/, names[i]!);
  });
}

test('what is no recording, not whole, or damaged is refused as such', async () => {
  const bytes = readFileSync(file);
  const middle = Buffer.from(bytes);
  middle[bytes.length >> 1]! ^= 1;
  const cases: Record<string, Buffer> = {
    'short.rec': bytes.subarray(0, -1),
    'empty.rec': Buffer.alloc(0),
    'damaged.rec': middle,
  };
  for (const [name, content] of Object.entries(cases)) writeFileSync(at.file(name), content);
  await altered('module.rec', () => ({ wasm: readFileSync(at.node) }));
  await refuses(...Object.keys(cases), 'module.rec');
  const missing = await replay(at.file('not-there.rec'));
  assert.equal(missing.code, 3);
  assert.match(missing.err, /file-not-found/);
});

test('a recording whose state is not of its module is refused', async () => {
  await altered('state.rec', ({ capture }) => ({
    capture: { ...capture, checkpoint: capture.checkpoint.subarray(64) },
  }));
  await refuses('state.rec');
});

test('what a recording says of itself reaches the terminal without control characters', async () => {
  const evil = await altered('evil.rec', ({ fault }) => ({
    flow: '\u001b[2Jflow',
    time: '\u009b1m',
    fault: { ...fault!, message: '\u001b]0;mine\u0007' },
  }));
  const { out, err } = await replay(evil);
  assert.match(out, /flow \\u\{1b\}\[2Jflow, recorded \\u\{9b\}1m/);
  assert.doesNotMatch((out + err).replaceAll('\n', ''), /\p{Cc}/u);
});

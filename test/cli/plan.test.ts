/** `plan`: what becomes of each node's state, told before anything happens; and `run --watch`, where it happens. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Command, chain, INPUT, OUTPUT, Place, SUM, update } from '../support/process.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-plan-'));
after(() => rmSync(root, { recursive: true, force: true }));
const SCALE = { id: 'scale', node_type: 'scale', props: { factor: 2 } };
const place = (): Place => new Place(mkdtempSync(join(root, 'flow-')), chain(INPUT, SCALE, SUM, OUTPUT));

test('kept, migrated, new and dropped, as a table and as JSON', async () => {
  const at = place();
  const fresh = at.file('fresh.json');
  const count = { ...SUM, props: { ...SUM.props, suffix: '/sum' } };
  const filter = { id: 'filter', node_type: 'filter', props: { op: '>', value: 0 } };
  writeFileSync(fresh, JSON.stringify(chain(INPUT, filter, count, OUTPUT)));
  const [table, json, same] = await Promise.all([
    at.command('plan', at.flow, fresh),
    at.command('plan', at.flow, fresh, '--json'),
    at.command('plan', fresh, fresh, '--json'),
  ]);
  const fates = JSON.parse(json.out) as { node: string; node_type: string; fate: string; reason: string }[];
  assert.deepEqual(
    fates.map(({ node, node_type, fate, reason }) => [node, node_type, fate, reason]),
    [
      ['in', 'tag_input', 'kept', 'same module, same props'],
      ['filter', 'filter', 'new', 'it was not in the old version'],
      ['sum', 'agg', 'migrated', 'other props'],
      ['out', 'file_sink', 'kept', 'same module, same props'],
      ['scale', 'scale', 'dropped', 'it is not in the new version'],
    ],
  );
  const rows = table.out.trimEnd().split('\n');
  assert.match(rows[0]!, /^node +type +state +because$/);
  fates.forEach(({ node, node_type, fate, reason }, i) => {
    assert.deepEqual(rows[i + 1]!.split(/ {2,}/), [node, node_type, fate, reason]);
  });
  assert.ok((JSON.parse(same.out) as { fate: string }[]).every(one => one.fate === 'kept'));
  assert.deepEqual([table.code, json.code, same.code], [0, 0, 0]);
});

test('a wrong document, old or new, is named with what is wrong: exit 1; one that is not there: 3', async () => {
  const at = place();
  const wrong = at.file('wrong.json');
  writeFileSync(wrong, JSON.stringify(chain(INPUT, { ...SCALE, props: { factor: 'two' } }, OUTPUT)));
  const [old, fresh, missing] = await Promise.all([
    at.command('plan', wrong, at.flow),
    at.command('plan', at.flow, wrong, '--json'),
    at.command('plan', at.flow, at.file('not-there.json')),
  ]);
  for (const { code, out, err } of [old, fresh]) {
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /wrong\.json.*props/s);
  }
  assert.equal(missing.code, 3);
  assert.match(missing.err, /file-not-found/);
});

/** Sends ones, each a little later, until told to stop. @returns how many were sent */
function pour(at: Place, run: Command): () => Promise<number> {
  let going = true;
  const sent = (async () => {
    let count = 0;
    for (; going && !run.child.killed; count += 1) {
      await at.send([update('a', 1)]);
      await new Promise(resolve => setTimeout(resolve, 2));
    }
    return count;
  })();
  return () => {
    going = false;
    return sent;
  };
}

test('a flow whose file changes is deployed live: plan and pause are told; a broken document changes nothing', async () => {
  const at = place();
  const run = await at.start('--watch');
  const stop = pour(at, run);
  await run.until(() => at.lines().length > 5);
  const filter = { id: 'filter', node_type: 'filter', props: { op: '>', value: 0 } };
  at.write(chain(INPUT, filter, { ...SCALE, props: { factor: 10 } }, SUM, OUTPUT));
  await run.until(() => run.err.includes('deployed after record'));
  assert.match(run.err, /deploy: new {6}filter \(filter\): it was not in the old version\n/);
  assert.match(run.err, /deploy: kept {5}sum \(agg\): same module, same props\n/);
  assert.match(run.err, /deployed after record \d+; paused for [\d.]+ ms\n/);
  await goesOn(at, run);
  writeFileSync(at.flow, '{ "format": "fusewire.flow/1", ');
  await run.until(() => /flow\.json: .*document-invalid/.test(run.err));
  await goesOn(at, run);
  at.write(chain(INPUT, { ...SCALE, props: { factor: 'ten' } }, SUM, OUTPUT));
  await run.until(() => run.err.includes('invalid-props'));
  await goesOn(at, run);
  const sent = await stop();
  await run.until(() => at.lines().length === sent);
  assert.equal((await run.end()).code, 0);
  assert.equal(run.err.match(/deployed after/g)!.length, 1);
  steps(at.lines().map(one => one.value));
});

async function goesOn(at: Place, run: Command): Promise<void> {
  const before = at.lines().length;
  await run.until(() => at.lines().length > before + 5);
}

/** The sum kept what it had: it grows by two for each record, and by ten from one record on. */
function steps(values: readonly number[]): void {
  const grown = values.map((value, i) => value - (values[i - 1] ?? 0));
  const change = grown.indexOf(10);
  assert.ok(change > 0);
  grown.forEach((by, i) => assert.equal(by, i < change ? 2 : 10, `record ${i + 1}`));
}

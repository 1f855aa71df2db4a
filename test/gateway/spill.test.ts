/** What waits on disk while a flow is set aside comes out in order, once, also after a restart. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FRAMING } from '#abi';
import { Spill } from '../../src/gateway/spill.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-spill-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'spill-'));
const LIMIT_BYTES = 64 * 1024 * 1024;

const put = (spill: Spill, text: string, bytes = 0): boolean =>
  spill.put({ framing: FRAMING.message, driver: 3, now_us: 1, trace: 0, span: Buffer.from(text.padEnd(bytes)) });
function drain(spill: Spill): string[] {
  const texts: string[] = [];
  for (let block = spill.peek(); block; block = spill.peek()) {
    texts.push(Buffer.from(block.span).toString().trimEnd());
    spill.shift();
  }
  return texts;
}

test('a spill that was emptied takes and gives again after a restart', () => {
  const directory = folder();
  for (let round = 0; round < 3; round += 1) {
    const spill = new Spill(directory, LIMIT_BYTES);
    assert.ok(spill.empty);
    const texts = [0, 1, 2].map(i => `round ${round}, block ${i}`);
    for (const text of texts) assert.ok(put(spill, text));
    assert.ok(!spill.empty);
    assert.deepEqual(drain(spill), texts);
    spill.close();
  }
});

test('what was not taken before a restart comes before what is put after it', () => {
  const directory = folder();
  const spill = new Spill(directory, LIMIT_BYTES);
  for (const text of ['a', 'b', 'c']) put(spill, text);
  assert.equal(Buffer.from(spill.peek()!.span).toString(), 'a');
  spill.shift();
  spill.close();
  const again = new Spill(directory, LIMIT_BYTES);
  put(again, 'd');
  assert.deepEqual(drain(again), ['b', 'c', 'd']);
  again.close();
});

test('several segments come out whole, though each is deleted while the next is read', () => {
  const spill = new Spill(folder(), LIMIT_BYTES);
  const texts = Array.from({ length: 12 }, (_, i) => `block ${i}`);
  for (const text of texts) put(spill, text, 1_500_000);
  assert.deepEqual(drain(spill), texts);
  assert.ok(spill.empty);
  spill.close();
});

test('damaged blocks are skipped, those behind them come out', () => {
  const directory = folder();
  const spill = new Spill(directory, LIMIT_BYTES);
  for (let i = 0; i < 9; i += 1) put(spill, `block ${i}`, 1_500_000);
  const logs = readdirSync(directory)
    .filter(name => name.endsWith('.log'))
    .sort();
  assert.equal(logs.length, 3);
  for (const name of [logs[0]!, logs[2]!]) {
    const bytes = readFileSync(join(directory, name));
    bytes[100]! ^= 1;
    writeFileSync(join(directory, name), bytes);
  }
  assert.deepEqual(drain(spill), ['block 3', 'block 4', 'block 5']);
  assert.ok(spill.empty);
  put(spill, 'later');
  assert.deepEqual(drain(spill), ['later']);
  spill.close();
});

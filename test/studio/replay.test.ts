/** A recording of a fault, run again in the browser. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { CHROMIUM, picture, plantWithStudio, type Studio } from '../support/browser.ts';
import { marked, unmarked } from '../support/drawing.ts';
import { lineTo, type Plant, SUM } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-studio-replay-'));
after(() => rmSync(root, { recursive: true, force: true }));

const FLOW = { params: { flow: 'moody' } };
/** A flow that has failed at its fourth record, and its panel of recordings. */
async function failed(t: TestContext): Promise<{ plant: Plant; studio: Studio; page: Page; panel: Locator }> {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.upload(MOODY);
  const nodes = [SUM, { id: 'm', node_type: 'moody' }];
  await plant.run('moody', lineTo('moody.jsonl', { name: 'moody', nodes }));
  await plant.send([update('a', 1), update('a', 2), update('a', 4), update('trap', 8)]);
  await until(async () => (await plant.client.call('listRecordings', FLOW)).items.length === 1);
  const page = await studio.open(`${plant.server.url}/flows/moody`);
  await page.getByRole('tab', { name: 'Replay' }).click();
  return { plant, studio, page, panel: page.getByRole('tabpanel', { name: 'Replay' }) };
}

test('a fault is stepped to and back: the same hops each time, the node that failed and why', CHROMIUM, async t => {
  const { studio, page, panel } = await failed(t);
  await panel
    .getByRole('table', { name: /^Recordings/ })
    .getByRole('button', { name: 'Fault in m' })
    .click();
  await panel.getByText('Ends as recorded').waitFor();
  await panel.getByRole('status').getByText('trap (unreachable)').waitFor();
  await marked(page, 'm', 'failed, trap (unreachable)');
  await marked(page, ['sum.out', 'm.in'], 'failed');
  await picture(page, 'replay');

  const steps = panel.getByRole('listbox', { name: 'Steps' }).getByRole('option');
  const isAt = (value: number): Promise<void> =>
    steps.and(page.locator('[aria-selected=true]', { hasText: new RegExp(`\\b${value}\\s*$`) })).waitFor();
  const hops = panel.getByRole('listbox', { name: 'Hops' }).getByRole('option');
  /** Of each hop where it is and what it carries, but for the line that the sink writes. */
  const way = async (): Promise<string[]> =>
    (await hops.allTextContents()).map(text => text.replace(/\s+/g, ' ').replace(/\{.*/, '').trim());
  const button = (name: string): Locator => panel.getByRole('button', { name, exact: true });
  const wayOf = (value: number, sum: number): string[] => [
    `Came in ${value}`,
    `in .out ${value}`,
    `sum .out ${sum}`,
    `m .out ${sum}`,
    'out',
  ];
  const ways = [wayOf(1, 1), wayOf(2, 3), wayOf(4, 7), ['Came in 8', 'in .out 8', 'sum .out 8']];
  await button('To the beginning').click();
  await isAt(1);
  await unmarked(page, 'failed');
  await marked(page, 'out', 'reached now');
  for (const [index, expected] of ways.entries()) {
    if (index > 0) await button('One step on').click();
    await isAt(2 ** index);
    assert.deepEqual(await way(), expected);
  }
  await marked(page, 'm', 'failed');
  assert.ok(await button('One step on').isDisabled());
  for (const [index, expected] of [...ways.entries()].slice(0, -1).reverse()) {
    await button('Back one step').click();
    await isAt(2 ** index);
    assert.deepEqual(await way(), expected);
  }
  await button('To the fault').click();
  await isAt(8);
  await panel.getByRole('button', { name: 'Recording', exact: true }).click();
  await panel.getByText('Replayed end').waitFor();
  await button('To the recordings').click();
  await unmarked(page, 'failed');
  assert.deepEqual(studio.complaints, []);
});

test('a recording from disk: one that is damaged is refused in words, a whole one runs', CHROMIUM, async t => {
  const { plant, studio, page, panel } = await failed(t);
  const { name } = (await plant.client.call('listRecordings', FLOW)).items[0]!;
  const file = Buffer.from(await plant.client.call('getRecording', { params: { flow: 'moody', name } }));
  const open = async (as: string, buffer: Buffer): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await panel.getByRole('button', { name: 'Open a file …' }).click();
    await (await chooser).setFiles({ name: as, mimeType: 'application/octet-stream', buffer });
  };
  const damaged = Buffer.from(file);
  damaged[damaged.length >> 1]! ^= 0x55;
  const broken: [as: string, buffer: Buffer, why: string][] = [
    ['damaged.rec', damaged, 'The recording is damaged or not whole.'],
    ['cut.rec', file.subarray(0, file.length >> 1), 'The recording is damaged or not whole.'],
    ['letter.rec', Buffer.from('no recording at all'), 'The file is no recording.'],
    ['empty.rec', Buffer.alloc(0), 'The file is no recording.'],
  ];
  for (const [as, buffer, why] of broken) {
    await open(as, buffer);
    await panel.getByText(`${as} cannot be run`).waitFor();
    await panel.getByText(why, { exact: true }).waitFor();
    await panel.getByRole('button', { name: 'To the recordings' }).click();
  }
  await open('whole.rec', file);
  await panel.getByText('Ends as recorded').waitFor();
  await marked(page, 'm', 'failed');
  assert.deepEqual(studio.complaints, []);
});

/** What one sees of a flow that runs: rates, costs and last values, the way of a record, tags, logs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { CHROMIUM, picture, plantWithStudio, Studio } from '../support/browser.ts';
import { marked, node, unmarked } from '../support/drawing.ts';
import { lineTo, Plant, scale } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-watch-'));
after(() => rmSync(root, { recursive: true, force: true }));

const TAG = 'line1/temp';
/** A flow that doubles 21, sent without end. */
async function running(t: TestContext): Promise<{ studio: Studio; page: Page }> {
  const studio = await Studio.start(t);
  const plant = await Plant.start(root, { studio: true });
  await plant.run('boiler', lineTo('boiler.jsonl', { name: 'Boiler', tags: ['line1/#'], nodes: [scale(2)] }));
  const stop = plant.pour(() => [update(TAG, 21), update('line2/unused', 5)]);
  t.after(async () => {
    await stop();
    await plant.stop();
  });
  return { studio, page: await studio.open(`${plant.server.url}/flows/boiler`) };
}
const panel = (page: Page) => page.getByRole('tabpanel');

test('rates on nodes and wires, the last value under the mouse, nodes by cost, sinks', CHROMIUM, async t => {
  const { studio, page } = await running(t);
  for (const id of ['in', 'scale', 'out'])
    await node(page, id)
      .getByText(/^[1-9][\d.]*k?\/s$/)
      .waitFor();
  await page
    .locator('.svelte-flow__edge-label', { hasText: /^\s*[1-9][\d.]*k?\/s/ })
    .nth(1)
    .waitFor();
  const box = (await page.getByRole('group', { name: 'Wire from scale.out to out.in' }).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const tip = page.getByRole('tooltip', { name: 'scale.out → out.in' });
  await tip.getByText(`${TAG} = 42`).waitFor();

  const rows = panel(page).getByRole('table', { name: 'Nodes by what they cost' }).getByRole('row');
  await rows.filter({ hasText: 'scale' }).getByText('42', { exact: true }).waitFor();
  const cells = await rows.getByRole('cell').allTextContents();
  const costs = cells.filter((_, i) => i % 5 === 1).map(text => Number.parseFloat(text));
  assert.deepEqual([costs.length, costs], [3, costs.toSorted((a, b) => b - a)]);
  await panel(page).getByRole('button', { name: 'Sinks 1' }).click();
  const sink = panel(page).getByRole('table', { name: 'Sinks' }).getByRole('row', { name: /^out / });
  await sink.getByText('Connected').waitFor();
  await picture(page, 'watch');
  assert.deepEqual(studio.complaints, []);
});

test('a trace: the way of a record hop by hop, on the canvas and with what each node made of it', CHROMIUM, async t => {
  const { studio, page } = await running(t);
  await page.getByRole('tab', { name: 'Trace' }).click();
  await panel(page).getByRole('combobox', { name: 'Tags' }).fill('line1/+');
  await panel(page).getByRole('spinbutton', { name: 'Records' }).fill('3');
  await panel(page).getByRole('button', { name: 'Trace' }).click();
  const records = panel(page).getByRole('list', { name: 'Traced records' }).getByRole('listitem');
  await records.nth(2).waitFor();
  assert.equal(await records.count(), 3);
  const hops = panel(page).getByRole('listbox', { name: 'Hops' }).getByRole('option');
  assert.deepEqual(
    (await hops.allTextContents()).map(text => /[a-z]+/i.exec(text)![0]),
    ['Came', 'in', 'scale', 'out'],
  );
  await marked(page, 'out', 'reached now');
  await panel(page).getByRole('button', { name: 'First hop' }).click();
  await unmarked(page, 'reached now');
  const next = panel(page).getByRole('button', { name: 'Next hop' });
  await next.click();
  await marked(page, 'in', 'reached now');
  await next.click();
  await marked(page, 'in', 'passed');
  await marked(page, 'scale', 'reached now');
  await marked(page, ['scale.out', 'out.in'], 'reached now');
  const message = panel(page).getByRole('region', { name: 'Message' });
  await message.getByText('Before, from in.out').waitFor();
  await message.getByText('42', { exact: true }).waitFor();
  await message.getByText('was 21').waitFor();
  await picture(page, 'trace');
  assert.deepEqual(studio.complaints, []);
});

test('tags with values and the flows that get them', CHROMIUM, async t => {
  const { studio, page } = await running(t);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Tags' }).click();
  const row = page.getByRole('row', { name: TAG });
  await row.getByRole('cell', { name: '21', exact: true }).waitFor();
  await row.getByRole('link', { name: 'boiler' }).waitFor();
  const unused = page.getByRole('row', { name: 'line2/unused' });
  await unused.waitFor();
  await page.getByRole('searchbox').fill('line2/+');
  await row.waitFor({ state: 'detached' });
  await page.getByRole('searchbox').fill('line1/+');
  await row.getByRole('link', { name: 'boiler' }).click();
  await page.waitForURL(/\/flows\/boiler$/);
  assert.deepEqual(studio.complaints, []);
});

test('logs: what a flow has said, what it says now, by flow and by level', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.upload(MOODY);
  const nodes = [{ id: 'm', node_type: 'moody' }];
  await plant.run('moody', lineTo('moody.jsonl', { name: 'moody', tags: ['trap'], nodes }));
  await plant.create('silent', lineTo('silent.jsonl', { name: 'silent' }));
  await plant.send([update('trap', 1)]);
  const page = await studio.open(`${plant.server.url}/logs`);
  const lines = page.getByRole('log').getByRole('button');
  await lines.filter({ hasText: 'dead letter' }).waitFor();
  await page.getByRole('combobox', { name: 'Flow' }).selectOption('silent');
  await page.getByText('No line is like that').waitFor();
  await page.getByRole('combobox', { name: 'Flow' }).selectOption('moody');
  await page.getByRole('combobox', { name: 'Level' }).selectOption('Errors');
  await lines.filter({ hasText: 'record 1: unreachable' }).click();
  assert.equal(await lines.count(), 1);
  await page.getByRole('region', { name: 'Log line' }).getByRole('link', { name: 'moody' }).waitFor();
  // Of lines that are alike a flow writes one a second.
  await until(async () => {
    await plant.send([update('trap', 2)]);
    await page.waitForTimeout(200);
    return (await lines.filter({ hasText: /record [2-9]: unreachable/ }).count()) > 0;
  });
  assert.deepEqual(studio.complaints, []);
});

/** Versions held against each other on the canvas, brought back, and one that cannot be deployed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CHROMIUM, picture, plantWithStudio } from '../support/browser.ts';
import { marked, node, unmarked } from '../support/drawing.ts';
import { lineTo, SUM, scale } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-studio-versions-'));
after(() => rmSync(root, { recursive: true, force: true }));

const line = (...nodes: (typeof SUM)[]) => lineTo('boiler.jsonl', { name: 'boiler', tags: ['temp'], nodes });
const older = { id: 'older', node_type: 'scale', props: { factor: 1 } };

test('two versions on the canvas: added, removed, changed; and the older one brought back', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.run('boiler', line(scale(2), older));
  await plant.save('boiler', line(scale(3), SUM));
  await plant.deploy('boiler');
  await plant.send([update('temp', 10)]);
  await until(() => plant.lines('boiler.jsonl').length === 1);
  const page = await studio.open(`${plant.server.url}/flows/boiler`);
  await page.getByRole('tab', { name: 'Versions' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Versions' });
  await panel.getByRole('checkbox', { name: 'Compare v1' }).check();
  await panel.getByRole('checkbox', { name: 'Compare v2' }).check();
  await marked(page, 'sum', 'added');
  await marked(page, 'older', 'removed');
  await marked(page, 'scale', 'changed');
  await marked(page, ['scale.out', 'sum.in'], 'added');
  await marked(page, ['scale.out', 'older.in'], 'removed');
  const changes = panel.getByRole('region', { name: 'Comparison' });
  const changed = changes.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'scale' }) });
  assert.match((await changed.textContent())!.replace(/\s+/g, ' '), /factor 2 → 3/);
  await picture(page, 'versions');
  await changes.getByRole('button', { name: 'End' }).click();
  await unmarked(page, 'added');
  await node(page, 'older').waitFor({ state: 'detached' });

  await panel.getByRole('button', { name: 'Roll back to v1' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('dialog', { name: 'Version 1 runs' }).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  await panel.getByRole('row', { name: 'v1' }).getByText('deployed').waitFor();
  await panel.getByRole('button', { name: 'Deploy v2' }).waitFor();
  await plant.send([update('temp', 10)]);
  await until(() => plant.lines('boiler.jsonl').length === 2);
  assert.deepEqual(plant.values('boiler.jsonl'), [30, 20]);
  // The draft is still what it was.
  await node(page, 'sum').waitFor();
  assert.deepEqual(studio.complaints, []);
});

test('a deploy that fails shows the node and the reason; what ran runs on', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.run('boiler', line(SUM));
  await plant.send([update('temp', 1)]);
  await until(() => plant.lines('boiler.jsonl').length === 1);
  // Its settings fit its schema: only the node itself knows that they do not go together.
  await plant.save(
    'boiler',
    line(SUM, { id: 'bad', node_type: 'agg', props: { function: 'median', mode: 'running' } }),
  );
  const page = await studio.open(`${plant.server.url}/flows/boiler`);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'The deploy has failed' });
  await dialog.getByRole('alert').filter({ hasText: 'bad' }).waitFor();
  await dialog.getByText('What ran before runs on as it was.').waitFor();
  await picture(page, 'deploy-failed');
  await dialog.getByRole('button', { name: 'Show the problems' }).click();
  await marked(page, 'bad', 'failed');
  await page.getByRole('tabpanel', { name: 'Problems' }).getByRole('listitem').filter({ hasText: 'bad' }).waitFor();
  await picture(page, 'deploy-failed-problems');
  assert.equal((await plant.flow('boiler')).deployed_version, 1);
  await plant.send([update('temp', 2)]);
  await until(() => plant.lines('boiler.jsonl').length === 2);
  assert.deepEqual(plant.values('boiler.jsonl'), [1, 3]);
  assert.deepEqual(studio.complaints, []);
});

test('a new flow begins as an old version was; the one it comes from stays as it is', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.run('boiler', line(older));
  await plant.save('boiler', line(SUM));
  await plant.deploy('boiler');
  const studied = await plant.client.call('getVersion', { params: { flow: 'boiler', version: 1 } });
  const page = await studio.open(`${plant.server.url}/flows/boiler`);
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'More for v1' }).click();
  await page.getByRole('menuitem', { name: 'New flow from this version' }).click();
  await page.waitForURL(/\/flows\/boiler-v1$/);
  await page.getByRole('heading', { name: 'boiler v1' }).waitFor();
  await node(page, 'older').waitFor();
  assert.equal(await node(page, 'sum').count(), 0);
  const { document } = await plant.client.call('getDraft', { params: { flow: 'boiler-v1' } });
  assert.deepEqual(document, { ...(studied.document as object), name: 'boiler v1' });
  const [made, from] = await Promise.all(['boiler-v1', 'boiler'].map(flow => plant.flow(flow)));
  assert.deepEqual([made!.deployed_version, made!.state, from!.deployed_version], [null, 'stopped', 2]);
  assert.deepEqual(studio.complaints, []);
});

test('one click asks for the version before, and shows what would come of it', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.run('boiler', line(SUM));
  await plant.save('boiler', line(SUM, scale(10)));
  await plant.deploy('boiler');
  await plant.send([update('temp', 1)]);
  await until(() => plant.lines('boiler.jsonl').length === 1);
  const page = await studio.open(`${plant.server.url}/flows/boiler`);
  await page.getByRole('tab', { name: 'Versions' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Versions' });
  const back = panel.getByRole('button', { name: 'Roll back to v1' });
  await back.click();
  const question = page.getByRole('dialog');
  await question.getByText('sum').first().waitFor();
  await picture(page, 'roll-back');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  assert.equal((await plant.flow('boiler')).deployed_version, 2);
  await back.click();
  await question.getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('dialog', { name: 'Version 1 runs' }).waitFor();
  await page.keyboard.press('Escape');
  await panel.getByRole('row', { name: 'v1' }).getByText('deployed').waitFor();
  await plant.send([update('temp', 2)]);
  await until(() => plant.lines('boiler.jsonl').length === 2);
  assert.deepEqual(plant.values('boiler.jsonl'), [10, 3], 'its sum went on');
  assert.deepEqual(studio.complaints, []);
});

/** Dead letters in the studio: looked at, handed to their node again, dropped. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CHROMIUM, picture, plantWithStudio } from '../support/browser.ts';
import { marked, node, unmarked } from '../support/drawing.ts';
import { lineTo, scale } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-studio-letters-'));
after(() => rmSync(root, { recursive: true, force: true }));

test(
  'a letter that was refused is retried and comes out; those that cannot be mended are dropped',
  CHROMIUM,
  async t => {
    const { plant, studio } = await plantWithStudio(t, root);
    await plant.upload(MOODY);
    const nodes = [scale(2), { id: 'm', node_type: 'moody' }];
    await plant.run('moody', lineTo('moody.jsonl', { name: 'moody', tags: ['empty', 'trap'], nodes }));
    const page = await studio.open(`${plant.server.url}/flows/moody`);
    await page.getByRole('tab', { name: 'Dead letters' }).click();
    const panel = page.getByRole('tabpanel', { name: 'Dead letters' });
    await panel.getByText('No dead letters').waitFor();

    await plant.send([update('empty', 4), update('trap', 5)]);
    const rows = panel.getByRole('table', { name: /^Dead letters/ }).getByRole('row');
    await rows.filter({ hasText: 'unreachable' }).waitFor();
    await rows.filter({ hasText: 'not now' }).getByRole('button').click();
    const letter = panel.getByRole('region', { name: 'Dead letter', exact: true });
    await letter.getByText('empty', { exact: true }).waitFor();
    await letter.getByText('8', { exact: true }).waitFor();
    await marked(page, 'm', 'failed');
    await node(page, 'm').getByText('1 error').waitFor();
    await picture(page, 'letters');

    assert.deepEqual(plant.values('moody.jsonl'), []);
    await letter.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('Handed to their nodes again: 1').waitFor();
    await until(() => plant.lines('moody.jsonl').length === 1);
    assert.deepEqual(
      plant.lines('moody.jsonl').map(({ tag, value }) => [tag, value]),
      [['empty', 8]],
    );
    await rows.filter({ hasText: 'not now' }).waitFor({ state: 'detached' });

    await rows.filter({ hasText: 'unreachable' }).getByRole('button').click();
    await letter.getByText('trap', { exact: true }).waitFor();
    for (const id of ['in', 'scale']) await marked(page, id, 'passed');
    await marked(page, 'm', 'failed');
    await panel.getByRole('button', { name: 'Drop all' }).click();
    const question = page.getByRole('dialog', { name: 'Drop all' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal((await plant.client.call('listDeadLetters', { params: { flow: 'moody' } })).items.length, 1);
    await panel.getByRole('button', { name: 'Drop all' }).click();
    await question.getByRole('button', { name: 'Drop' }).click();
    await panel.getByText('No dead letters').waitFor();
    await page.getByRole('tab', { name: 'Watch' }).click();
    await unmarked(page, 'failed');
    assert.deepEqual((await plant.client.call('listDeadLetters', { params: { flow: 'moody' } })).items, []);
    assert.deepEqual(studio.complaints, []);
  },
);

test('a version that keeps failing comes back by itself: the studio says so, and why', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.upload(MOODY);
  await plant.run('moody', lineTo('moody.jsonl', { name: 'moody' }));
  await plant.save('moody', lineTo('moody.jsonl', { name: 'moody', nodes: [{ id: 'm', node_type: 'moody' }] }));
  await plant.deploy('moody', { probation_ms: 600_000 });
  const page = await studio.open(`${plant.server.url}/flows/moody`);
  const watch = page.getByRole('tabpanel', { name: 'Watch' });
  await watch.getByText('v2', { exact: true }).waitFor();
  await plant.send(Array.from({ length: 5 }, (_, i) => update('trap', i)));
  await page.getByText('moody kept failing and was rolled back: version 1 runs again.').waitFor();
  await watch.getByText('v1', { exact: true }).waitFor();
  await watch.getByText('Running', { exact: true }).waitFor();
  await watch
    .getByRole('alert')
    .filter({ hasText: /rolled back: .*"m"/ })
    .waitFor();
  await picture(page, 'rolled-back');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Flows' }).click();
  await page
    .getByRole('row', { name: 'moody' })
    .getByText(/rolled back/)
    .waitFor();
  assert.deepEqual(studio.complaints, []);
});

/** A node that keeps failing until its flow is set aside: where one sees it, and how one gets it going again. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CHROMIUM, picture, plantWithStudio } from '../support/browser.ts';
import { marked, node, unmarked } from '../support/drawing.ts';
import { lineTo, type Plant, scale } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-quarantine-'));
after(() => rmSync(root, { recursive: true, force: true }));

const SOME = 50;
/** Fails on, however often it is resumed, until it is no longer tried again by itself. */
async function failForGood(plant: Plant): Promise<void> {
  let sent = 0;
  await until(async () => {
    const { state, problem, faults } = (await plant.client.call('getStatus')).flows[0]!;
    if (state === 'quarantined' && /until somebody resumes it/.test(problem ?? '')) return true;
    if (state === 'quarantined') await plant.act('resume', 'moody');
    else if (faults === sent) {
      await plant.send(Array.from({ length: SOME }, () => update('trap', 1)));
      sent += SOME;
    }
    return false;
  });
}

test('a flow that is set aside: canvas, list and watch say so and why, and Resume gets it going', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.upload(MOODY);
  const nodes = [scale(2), { id: 'm', node_type: 'moody' }];
  await plant.run('moody', lineTo('moody.jsonl', { name: 'moody', nodes }));
  const list = await studio.open(plant.server.url);
  const page = await studio.open(`${plant.server.url}/flows/moody`);
  const row = list.getByRole('row', { name: 'moody' });
  await row.getByText('Running', { exact: true }).waitFor();
  const watch = page.getByRole('tabpanel', { name: 'Watch' });
  await watch.getByText('Running', { exact: true }).waitFor();

  await failForGood(plant);
  assert.equal((await plant.client.call('getStatus')).flows[0]!.failing_node, 'm');
  const reason = /set aside until somebody resumes it; last: node "m".*unreachable/;
  await watch.getByText('Quarantined', { exact: true }).waitFor();
  await watch.getByRole('alert').filter({ hasText: reason }).waitFor();
  await marked(page, 'm', 'Quarantined');
  await node(page, 'm').getByText('Quarantined', { exact: true }).waitFor();
  assert.equal(await page.locator('.svelte-flow [aria-label*=", Quarantined"]').count(), 1, 'no other node');
  await row.getByText('Quarantined', { exact: true }).waitFor();
  await row.getByText(reason).waitFor();
  await picture(page, 'quarantined');
  await picture(list, 'quarantined-flows');

  await plant.send([update('good', 21)]);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Resume' }).click();
  await until(() => plant.lines('moody.jsonl').length === 1);
  assert.deepEqual(plant.values('moody.jsonl'), [42]);
  assert.equal((await plant.client.call('getStatus')).flows[0]!.failing_node, null);
  await watch.getByText('Running', { exact: true }).waitFor();
  await unmarked(page, 'Quarantined');
  await row.getByText('Running', { exact: true }).waitFor();
  await row.getByText(reason).waitFor({ state: 'detached' });
  assert.deepEqual(studio.complaints, []);
});

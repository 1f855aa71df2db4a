/** A canvas on which nothing is drawn offers templates; one fills it in one step. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { FlowDocument } from '#flow';
import { CHROMIUM, picture, plantWithStudio } from '../support/browser.ts';
import { node, wires } from '../support/drawing.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-templates-'));
after(() => rmSync(root, { recursive: true, force: true }));

const EMPTY: FlowDocument = { format: 'fusewire.flow/1', name: 'mine', nodes: [], wires: [] };

test('an empty canvas is filled from a template, which is one step back', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('mine', EMPTY);
  const draft = async (): Promise<FlowDocument> =>
    (await plant.client.call('getDraft', { params: { flow: 'mine' } })).document as FlowDocument;
  const page = await studio.open(`${plant.server.url}/flows/mine`);
  const offered = page.getByRole('group', { name: 'Or begin with a template' });
  await offered.getByRole('button', { name: 'Mean per second' }).click();
  await wires(page).first().waitFor({ state: 'attached' });
  await offered.waitFor({ state: 'detached' });
  await until(async () => (await draft()).nodes.length > 1);
  assert.equal((await draft()).name, 'mine');
  await page.keyboard.press('Control+z');
  await offered.waitFor();
  assert.equal(await page.getByRole('button', { name: 'Undo' }).isDisabled(), true, 'it was one step');
  await offered.getByRole('button', { name: 'All templates …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Begin with a template' });
  assert.equal(await dialog.getByRole('button', { name: /^Empty/ }).count(), 0);
  await dialog.getByRole('button', { name: 'Split by range' }).click();
  await dialog.waitFor({ state: 'detached' });
  await node(page, 'temps').click();
  await until(async () => (await draft()).nodes.length > 4);
  assert.deepEqual(studio.complaints, []);
});

test('what is offered looks as it should, in both themes and languages', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('mine', EMPTY);
  for (const [theme, language] of [
    ['light', 'en'],
    ['dark', 'zh-TW'],
  ] as const) {
    const page = await studio.open(`${plant.server.url}/flows/mine`, { theme, language });
    await page.getByRole('button', { name: language === 'en' ? 'All templates …' : '所有範本…' }).waitFor();
    await picture(page, `empty-canvas-${theme}-${language}`);
    const card = page.getByRole('button', { name: language === 'en' ? 'Threshold alarm' : '門檻警報' });
    assert.equal(await card.isVisible(), true);
    await page.setViewportSize({ width: 1280, height: 640 });
    await card.waitFor({ state: 'hidden' });
    await picture(page, `empty-canvas-low-${theme}-${language}`);
  }
  assert.deepEqual(studio.complaints, []);
});

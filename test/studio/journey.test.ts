/** A new user's way: from nothing to a flow of eight nodes that runs, is watched, changed and rolled back, by mouse. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { CHROMIUM, picture, plantWithStudio } from '../support/browser.ts';
import { addNode, node, wire, wires } from '../support/drawing.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-journey-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Sets a field of the inspector, as one types it. */
async function type(page: Page, id: string, field: string, text: string): Promise<void> {
  await node(page, id).click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  const named = { name: field, exact: true };
  const box = inspector.getByRole('combobox', named).or(inspector.getByRole('textbox', named));
  await box.fill(text);
  await box.press('Tab');
}

async function drawFlow(page: Page): Promise<void> {
  await addNode(page, 'Tag input', 80, 100);
  await addNode(page, 'Tag input', 80, 330);
  await addNode(page, 'Fan out', 330, 80);
  await addNode(page, 'Switch', 580, 60);
  await addNode(page, 'Combine', 580, 330);
  await addNode(page, 'Scale', 830, 60);
  await addNode(page, 'File sink', 1080, 60);
  await addNode(page, 'File sink', 830, 330);
  await wire(page, ['tag_input', 'out'], ['fan_out', 'in']);
  await wire(page, ['fan_out', 'out1'], ['switch', 'in']);
  await wire(page, ['fan_out', 'out2'], ['binary_combine', 'a']);
  await wire(page, ['tag_input2', 'out'], ['binary_combine', 'b']);
  await wire(page, ['switch', 'case1'], ['scale', 'in']);
  await wire(page, ['scale', 'out'], ['file_sink', 'in']);
  await wire(page, ['binary_combine', 'out'], ['file_sink2', 'in']);
}

async function setUp(page: Page): Promise<void> {
  await type(page, 'tag_input', 'Tags 1', 'temp');
  await type(page, 'tag_input2', 'Tags 1', 'pressure');
  await node(page, 'switch').click();
  await page.getByRole('button', { name: 'Add: Cases' }).click();
  const first = page.getByRole('group', { name: 'Cases 1' });
  await first.getByRole('combobox', { name: 'Operator' }).selectOption('>');
  await first.getByRole('textbox', { name: 'Value' }).fill('10');
  await node(page, 'binary_combine').click();
  await page.getByRole('combobox', { name: 'Operation' }).selectOption('multiply');
  await type(page, 'scale', 'Factor', '2');
  await type(page, 'file_sink', 'Path', 'hot.jsonl');
  await type(page, 'file_sink2', 'Path', 'product.jsonl');
}

async function deploy(page: Page, message: string): Promise<void> {
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Message' }).fill(message);
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByRole('dialog', { name: /Version \d+ runs/ }).waitFor();
}
const close = (page: Page): Promise<void> =>
  page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click();

test('from nothing to eight nodes that run, are changed, and rolled back', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  const page = await studio.open(plant.server.url, { width: 1920, height: 1080 });
  await picture(page, 'flows-empty');
  await page.getByRole('button', { name: 'New flow' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Boiler');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/\/flows\/boiler$/);
  await drawFlow(page);
  assert.equal(await wires(page).count(), 7);
  await setUp(page);
  await page.getByText('Saved', { exact: true }).waitFor();
  await deploy(page, 'the first');
  await picture(page, 'deploy');
  await close(page);

  await plant.send([update('temp', 5), update('pressure', 3), update('temp', 50)]);
  await until(() => plant.lines('hot.jsonl').length === 1 && plant.lines('product.jsonl').length === 2);
  assert.deepEqual([plant.values('hot.jsonl'), plant.values('product.jsonl')], [[100], [15, 150]]);

  await type(page, 'scale', 'Factor', '3');
  await page.getByText('Saved', { exact: true }).waitFor();
  await deploy(page, 'three times as much');
  await close(page);
  await plant.send([update('temp', 50)]);
  await until(() => plant.lines('hot.jsonl').length === 2);
  assert.deepEqual(plant.values('hot.jsonl'), [100, 150]);

  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Roll back to v1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await until(async () => (await plant.flow('boiler')).deployed_version === 1);
  await plant.send([update('temp', 50)]);
  await until(() => plant.lines('hot.jsonl').length === 3);
  assert.deepEqual(plant.values('hot.jsonl'), [100, 150, 100]);
  assert.deepEqual(studio.complaints, []);
});

/** All of the work on a flow by the keyboard alone: nothing here touches the mouse. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { FlowDocument } from '#flow';
import { CHROMIUM, plantWithStudio } from '../support/browser.ts';
import { node, wires } from '../support/drawing.ts';
import type { Plant } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-keyboard-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** More than there is to reach on any page. */
const MOST = 80;
const hasFocus = (what: Locator): Promise<boolean> => what.evaluate(element => element === document.activeElement);

/** Goes on until it has the focus, as one looks for it. */
async function reach(page: Page, what: Locator): Promise<void> {
  await what.waitFor();
  for (let n = 0; n < MOST; n += 1) {
    if (await hasFocus(what)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${what} is not reached`);
}

/** Of the inspector. */
function field(page: Page, name: string): Locator {
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  return inspector
    .getByRole('textbox', { name, exact: true })
    .or(inspector.getByRole('combobox', { name, exact: true }));
}

/** Of the node that is chosen: Enter leads there, Escape back. */
async function setProp(page: Page, name: string, text: string): Promise<void> {
  await page.keyboard.press('Enter');
  await reach(page, field(page, name));
  await page.keyboard.type(text);
  await page.keyboard.press('Escape');
}

/** A node by the list that `/` opens. */
async function insert(page: Page, words: string, id: string): Promise<void> {
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Insert a node' }).waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  await node(page, id).waitFor();
}

/** A wire by the list that `w` opens. */
async function wireTo(page: Page, from: string, words: string): Promise<void> {
  const before = await wires(page).count();
  await page.keyboard.press('w');
  await page.getByRole('combobox', { name: `Wire ${from} to …` }).waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  await wires(page).nth(before).waitFor({ state: 'attached' });
}

async function draft(plant: Plant): Promise<FlowDocument> {
  return (await plant.client.call('getDraft', { params: { flow: 'by-hand' } })).document as FlowDocument;
}

test('from nothing to a flow that runs, without a mouse', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  const page = await studio.open(plant.server.url);
  const press = (key: string): Promise<void> => page.keyboard.press(key);
  await reach(page, page.getByRole('button', { name: 'New flow' }).first());
  await press('Enter');
  await reach(page, page.getByRole('dialog').getByRole('textbox', { name: 'Name' }));
  await page.keyboard.type('By hand');
  await press('Enter');
  await page.waitForURL(/\/flows\/by-hand$/);
  await page.getByText('Nothing is drawn yet').waitFor();

  await insert(page, 'tag input', 'tag_input');
  await insert(page, 'scale', 'scale');
  await wireTo(page, 'scale', 'tag_input');
  await insert(page, 'file', 'file_sink');
  await wireTo(page, 'file_sink', 'scale');
  const boxes = await Promise.all(['tag_input', 'scale', 'file_sink'].map(id => node(page, id).boundingBox()));
  const overlap = boxes.slice(1).filter((box, i) => box!.x < boxes[i]!.x + boxes[i]!.width);
  assert.deepEqual(overlap, [], 'each stands behind the one before');
  await setProp(page, 'Path', 'hand.jsonl');
  await press('Escape');
  const canvas = page.getByRole('application', { name: 'Canvas' });
  await reach(page, canvas);
  await reach(page, node(page, 'scale'));
  await press('Enter');
  await setProp(page, 'Factor', '2');
  const factor = async (): Promise<unknown> =>
    (await draft(plant)).nodes.find(one => one.id === 'scale')?.props?.['factor'];
  await until(async () => (await factor()) === 2);
  await press('Control+z');
  await until(async () => (await factor()) === undefined);
  await press('Control+Shift+z');
  await until(async () => (await factor()) === 2);

  await press('Control+c');
  await press('Control+v');
  await node(page, 'scale2').waitFor();
  await wireTo(page, 'scale2', 'scale.out');
  await wireTo(page, 'scale2', 'file');
  await press('Control+Enter');
  const dialog = page.getByRole('dialog');
  await reach(page, dialog.getByRole('textbox', { name: 'Message' }));
  await page.keyboard.type('all by hand');
  await press('Enter');
  await page.getByRole('dialog', { name: 'Version 1 runs' }).waitFor();
  await press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await plant.send([update('x', 1), update('x', 10)]);
  await until(() => plant.lines('hand.jsonl').length === 4);
  assert.deepEqual(plant.values('hand.jsonl'), [2, 4, 20, 40]);
  assert.deepEqual(studio.complaints, []);
});

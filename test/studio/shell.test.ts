/** The studio's frame: languages, themes, two people at one draft, a gateway that goes and comes back. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { CHROMIUM, plantWithStudio, Studio } from '../support/browser.ts';
import { lineTo, newData, scale } from '../support/plant.ts';
import { ServedProcess } from '../support/served-process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-studio-'));
after(() => rmSync(root, { recursive: true, force: true }));

const line = (id: string) =>
  lineTo(`${id}.jsonl`, { name: id, tags: ['x'], nodes: [scale(2), { ...scale(3), id: 'more' }] });
const node = (page: Page, id: string) => page.locator(`.svelte-flow__node[data-id="${id}"]`);
async function remove(page: Page, id: string): Promise<void> {
  await node(page, id).click();
  await page.keyboard.press('Delete');
  await node(page, id).waitFor({ state: 'detached' });
}

test('every language and theme, and it stays as it was chosen', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('boiler', line('boiler'));
  const page = await studio.open(plant.server.url);
  await page.getByRole('link', { name: 'boiler' }).waitFor();
  await page.getByRole('button', { name: /Language/ }).click();
  await page.getByRole('menuitem', { name: '繁體中文' }).click();
  await page.getByRole('navigation').getByRole('link', { name: '流程' }).waitFor();
  await page.getByRole('button', { name: '淺色或深色' }).click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-TW');
  await page.reload();
  await page.getByRole('navigation').getByRole('link', { name: '流程' }).waitFor();
  assert.match((await page.locator('html').getAttribute('class')) ?? '', /dark/);
  const other = await studio.open(plant.server.url, { language: 'zh-TW' });
  await other.getByRole('navigation').getByRole('link', { name: '流程' }).waitFor();
  assert.deepEqual(studio.complaints, []);
});

test('two at one draft: what one saves the other sees; what both change, they are asked about', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('shared', line('shared'));
  const url = `${plant.server.url}/flows/shared`;
  const [first, second] = [await studio.open(url), await studio.open(url)];
  await node(second, 'more').waitFor();
  await remove(first, 'more');
  await node(second, 'more').waitFor({ state: 'detached' });
  // One that hears nothing of the other: both draw on.
  const deaf = await studio.open('about:blank');
  await deaf.route('**/api/v1/events*', route => route.abort());
  await deaf.goto(url);
  await node(deaf, 'out').waitFor();
  const revision = async () => (await plant.client.call('getDraft', { params: { flow: 'shared' } })).revision;
  const before = await revision();
  await remove(first, 'out');
  await until(async () => (await revision()) > before);
  await remove(deaf, 'in');
  await deaf.getByText('Somebody else has changed this draft.').waitFor();
  assert.equal(await node(deaf, 'out').count(), 1, 'what is drawn here is still there');
  await deaf.getByRole('button', { name: 'Take theirs' }).click();
  await node(deaf, 'out').waitFor({ state: 'detached' });
  assert.equal(await node(deaf, 'in').count(), 1);
  await deaf.getByRole('button', { name: 'Undo' }).click();
  await node(deaf, 'out').waitFor();
  assert.equal(await node(deaf, 'in').count(), 0, 'what was given up can be had back');
});

test('a look at the draft that took long does not bring back what was drawn over since', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('slow', line('slow'));
  const page = await studio.open(`${plant.server.url}/flows/slow`);
  await node(page, 'more').waitFor();
  const inDraft = async (): Promise<string[]> => {
    const { document } = await plant.client.call('getDraft', { params: { flow: 'slow' } });
    return (document as { nodes: { id: string }[] }).nodes.map(one => one.id);
  };
  const [looked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isHeld = false;
  await page.route('**/slow/draft', async route => {
    if (isHeld || route.request().method() !== 'GET') return route.continue();
    isHeld = true;
    const answer = await route.fetch();
    looked.resolve();
    await release.promise;
    await route.fulfill({ response: answer });
  });
  await remove(page, 'more');
  await looked.promise;
  await remove(page, 'out');
  await until(async () => isDeepStrictEqual(await inDraft(), ['in', 'scale']));
  await page.getByText('Saved', { exact: true }).waitFor();
  const heard = page.waitForResponse(answer => answer.url().endsWith('/slow/draft'));
  release.resolve();
  await heard;
  await remove(page, 'scale');
  await until(async () => isDeepStrictEqual(await inDraft(), ['in']));
  assert.equal(await page.getByText('Somebody else has changed this draft.').count(), 0);
  assert.equal(await page.locator('.svelte-flow__node').count(), 1);
});

test(
  'a gateway that is killed and comes back: the page says so, keeps what is drawn, and saves it',
  CHROMIUM,
  async t => {
    const studio = await Studio.start(t);
    const data = newData(root);
    const first = new ServedProcess(data);
    t.after(() => first.kill('SIGKILL'));
    const client = await first.ready();
    await client.call('createFlow', { body: { id: 'firm', name: 'firm', document: line('firm') } });
    const page = await studio.open(`${first.url}/flows/firm`);
    await node(page, 'more').waitFor();
    await first.kill('SIGKILL');
    const away = page.getByRole('alert').filter({ hasText: 'The gateway does not answer.' });
    await away.waitFor();
    await remove(page, 'more');
    await page.getByText('Not saved').waitFor();
    const second = new ServedProcess(data, { listen: new URL(first.url).host });
    t.after(() => second.kill('SIGKILL'));
    const again = await second.ready();
    await away.waitFor({ state: 'detached' });
    await page.getByText('Saved', { exact: true }).waitFor();
    const { document } = await again.call('getDraft', { params: { flow: 'firm' } });
    assert.ok(!(document as { nodes: { id: string }[] }).nodes.some(one => one.id === 'more'));
  },
);

test('a flow that is not there, or not any more: one is told, and what was drawn can be had', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('passing', line('passing'));
  const page = await studio.open(`${plant.server.url}/flows/nothing`);
  await page.getByText('There is no flow nothing').waitFor();
  await page.getByRole('button', { name: 'To the flows' }).click();
  await page.getByRole('link', { name: 'passing' }).click();
  await node(page, 'more').waitFor();
  // Deaf: the next save is told.
  const deaf = await studio.open('about:blank');
  await deaf.route('**/api/v1/events*', route => route.abort());
  await deaf.goto(page.url());
  await node(deaf, 'more').waitFor();
  await plant.client.call('removeFlow', { params: { flow: 'passing' } });
  await page.getByText('passing has been deleted').waitFor();
  assert.equal(await page.getByText('The gateway does not answer.').count(), 0);
  await remove(deaf, 'more');
  await deaf.getByText('passing has been deleted').waitFor();
  const [file] = await Promise.all([
    deaf.waitForEvent('download'),
    deaf.getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  const drawn = JSON.parse(readFileSync(await file.path(), 'utf8')) as { nodes: { id: string }[] };
  assert.deepEqual(
    drawn.nodes.map(one => one.id),
    ['in', 'scale', 'out'],
  );
  await page.getByRole('button', { name: 'To the flows' }).click();
  await page.getByRole('heading', { name: 'Draw the first flow' }).waitFor();
  assert.equal(await page.getByText('The gateway does not answer.').count(), 0);
  assert.deepEqual(studio.complaints, []);
});

test('a part of the page that an upgrade has taken away: one is told, and loads the page again', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('parts', line('parts'));
  const page = await studio.open(`${plant.server.url}/flows/parts`);
  await node(page, 'more').waitFor();
  await page.route('**/assets/VersionsPanel-*', route => route.fulfill({ status: 404 }));
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByText('A part of this page could not be loaded.').waitFor();
  await page.unroute('**/assets/VersionsPanel-*');
  await page.getByRole('button', { name: 'Load again' }).click();
  await node(page, 'more').waitFor();
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByText('No version yet').waitFor();
});

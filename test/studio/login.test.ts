/** A gateway that asks for logins: the first admin, what a viewer sees and may not, sessions that end. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import type { FlowDocument } from '#flow';
import { CHROMIUM, picture, plantWithStudio, type Studio, violations } from '../support/browser.ts';
import { node } from '../support/drawing.ts';
import { lineTo, type Plant, scale } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-login-'));
after(() => rmSync(root, { recursive: true, force: true }));

const PASSWORD = 'correct horse battery';
const LOOKS = [
  ['light', 'en'],
  ['dark', 'en'],
  ['light', 'zh-TW'],
  ['dark', 'zh-TW'],
] as const;

const closed = (t: TestContext): Promise<{ plant: Plant; studio: Studio }> =>
  plantWithStudio(t, root, { config: config => ({ ...config, auth: { ...config.auth, enabled: true } }) });

/** With users `the-viewer` and `the-editor`; the plant's client is the admin. */
async function withUsers(t: TestContext): Promise<{ plant: Plant; studio: Studio }> {
  const { plant, studio } = await closed(t);
  await plant.client.setup(plant.server.setup_token!, 'admin', PASSWORD);
  for (const role of ['viewer', 'editor'] as const)
    await plant.client.call('createUser', { body: { name: `the-${role}`, role, password: PASSWORD } });
  await plant.run('boiler', lineTo('boiler.jsonl', { name: 'boiler', nodes: [scale(2)] }));
  return { plant, studio };
}

async function logIn(page: Page, user: string, password: string = PASSWORD): Promise<void> {
  await page.getByRole('textbox', { name: 'User' }).fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}
const atLogin = (page: Page): Promise<void> => page.getByRole('heading', { name: 'Log in' }).waitFor();

test('the first admin is made by the token of the log; both screens are without violation', CHROMIUM, async t => {
  const { plant, studio } = await closed(t);
  for (const [theme, language] of LOOKS) {
    const page = await studio.open(plant.server.url, { theme, language });
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await page.locator('input').count(), 4);
    assert.deepEqual(await violations(page), []);
    await picture(page, `setup-${theme}-${language}`);
    await page.close();
  }
  const page = await studio.open(plant.server.url);
  const make = page.getByRole('button', { name: 'Make admin and log in' });
  await page.getByLabel('Setup token').fill('not this one');
  await page.getByRole('textbox', { name: 'User' }).fill('admin');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('The same again').fill('something else');
  await page.getByText('These are not the same.').waitFor();
  assert.equal(await make.isDisabled(), true);
  await page.getByLabel('The same again').fill(PASSWORD);
  await make.click();
  await page.getByRole('alert').filter({ hasText: 'This is not the setup token.' }).waitFor();
  await page.getByLabel('Setup token').fill(plant.server.setup_token!);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('The same again').fill(PASSWORD);
  await make.click();
  await page.getByRole('heading', { name: 'Draw the first flow' }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await atLogin(page);
  for (const [theme, language] of LOOKS) {
    const other = await studio.open(plant.server.url, { theme, language });
    await other.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await other.locator('input').count(), 2);
    assert.deepEqual(await violations(other), []);
    await picture(other, `login-${theme}-${language}`);
    await other.close();
  }
  assert.deepEqual(studio.complaints, []);
});

test('a wrong password is told; who tries on has to wait', CHROMIUM, async t => {
  const { plant, studio } = await withUsers(t);
  const page = await studio.open(plant.server.url);
  for (const [user, password] of [
    ['the-viewer', 'wrong'],
    ['nobody', PASSWORD],
  ] as const) {
    await logIn(page, user, password);
    await page.getByRole('alert').filter({ hasText: 'User or password is wrong.' }).waitFor();
    assert.equal(await page.getByLabel('Password').inputValue(), '');
  }
  assert.deepEqual(await violations(page), []);
  const waits = page.getByRole('alert').filter({ hasText: 'Too many attempts.' });
  const held = page.locator('form', { has: waits }).getByRole('button', { name: 'Log in', disabled: true });
  await until(async () => {
    if (await held.isVisible()) return true;
    await logIn(page, 'the-viewer', 'wrong');
    await page.locator('button[type=submit]:not([aria-busy=true])').waitFor();
    return false;
  });
  await waits.waitFor({ state: 'detached' });
  await logIn(page, 'the-viewer');
  await page.getByRole('link', { name: 'boiler' }).waitFor();
  assert.deepEqual(studio.complaints, []);
});

test('a viewer sees everything and changes nothing, by mouse or by keys', CHROMIUM, async t => {
  const { plant, studio } = await withUsers(t);
  const before = await plant.client.call('getDraft', { params: { flow: 'boiler' } });
  const page = await studio.open(plant.server.url);
  const isOff = (name: string): Promise<boolean> =>
    page.getByRole('button', { name, exact: true }).first().isDisabled();
  await logIn(page, 'the-viewer');
  await page.getByRole('row', { name: 'boiler' }).getByText('Running', { exact: true }).waitFor();
  for (const name of ['New flow', 'Import', 'Pause boiler', 'Stop boiler']) assert.equal(await isOff(name), true, name);
  await page.getByRole('button', { name: 'More for boiler' }).click();
  for (const [name, off] of [
    ['Rename', true],
    ['Clone', true],
    ['Export', false],
    ['Delete', true],
  ] as const) {
    const item = page.getByRole('menuitem', { name: new RegExp(`^${name}`) });
    assert.equal((await item.getAttribute('aria-disabled')) === 'true', off, name);
  }
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'boiler' }).click();
  await node(page, 'scale').waitFor();
  await page.locator('[data-canvas]').getByText('Read only', { exact: true }).waitFor();

  await plant.send([update('x', 21)]);
  await node(page, 'scale').click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  assert.equal(await inspector.getByRole('textbox', { name: 'Factor' }).isDisabled(), true);
  for (const name of ['Deploy', 'Undo', 'Add a node …']) assert.equal(await isOff(name), true, name);
  for (const key of ['Delete', 'Backspace', '/', 'w', 'g', 'n', 'Shift+L', 'Control+d', 'Control+x', 'ArrowRight'])
    await page.keyboard.press(key);
  await page.keyboard.press('Control+Enter');
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.equal(await page.getByRole('combobox', { name: 'Insert a node' }).count(), 0);
  await page.getByRole('tab', { name: 'Try' }).click();
  await page.getByLabel('Tag of message 1').fill('x');
  await page.getByLabel('Value of message 1').fill('1');
  await page.keyboard.press('Control+Enter');
  const panel = page.getByRole('tabpanel');
  assert.equal(await panel.getByRole('button', { name: 'Run', exact: true }).isDisabled(), true);
  assert.equal(await panel.getByRole('alert').count(), 0, 'nothing was asked of the gateway');
  await page.getByRole('tab', { name: 'Versions' }).click();
  await panel.getByRole('row', { name: 'v1' }).getByText('deployed').waitFor();
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('link', { name: 'Nodes' }).click();
  await page.getByRole('button', { name: 'Tag input' }).waitFor();
  await pages.getByRole('link', { name: 'Tags' }).click();
  await page.getByRole('row', { name: 'x' }).getByRole('cell', { name: '21', exact: true }).waitFor();
  await pages.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('the-viewer').first().waitFor();
  assert.deepEqual(await page.getByRole('tab').allTextContents(), ['General', 'API tokens']);

  const draft = await plant.client.call('getDraft', { params: { flow: 'boiler' } });
  assert.deepEqual([draft.revision, draft.document], [before.revision, before.document]);
  await page.getByRole('button', { name: 'Log out' }).click();
  await atLogin(page);
  await page.reload();
  await atLogin(page);
  assert.deepEqual(studio.complaints, []);
});

test(
  'a session that has ended leads to the login, and back to the page one was on and what one drew',
  CHROMIUM,
  async t => {
    const { plant, studio } = await withUsers(t);
    const endSessions = (name: string): Promise<unknown> =>
      plant.client.call('changeUser', { params: { name }, body: { password: PASSWORD } });
    const inDraft = async (): Promise<string[]> => {
      const { document } = await plant.client.call('getDraft', { params: { flow: 'boiler' } });
      return (document as FlowDocument).nodes.map(one => one.id);
    };
    const page = await studio.open(`${plant.server.url}/flows/boiler`);
    await logIn(page, 'the-editor');
    await node(page, 'scale').click();
    // When what one does is saved.
    const inBetween = async (route: Route): Promise<void> => {
      await endSessions('the-editor');
      await route.continue();
    };
    await page.route('**/draft', inBetween, { times: 1 });
    await page.keyboard.press('Delete');
    await atLogin(page);
    assert.deepEqual(await inDraft(), ['in', 'scale', 'out']);
    // Somebody else gets their own.
    await logIn(page, 'the-viewer');
    await node(page, 'scale').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await atLogin(page);
    await logIn(page, 'the-editor');
    await node(page, 'in').waitFor();
    assert.match(page.url(), /\/flows\/boiler$/);
    assert.equal(await node(page, 'scale').count(), 0);
    await until(async () => !(await inDraft()).includes('scale'));
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await node(page, 'scale').waitFor();
    await endSessions('the-editor');
    // Without doing anything: the live data end.
    await atLogin(page);
    assert.equal(await page.getByText('The gateway does not answer.').count(), 0);
    await logIn(page, 'the-editor');
    await node(page, 'in').waitFor();
    await until(async () => {
      await plant.send([update('x', 1)]);
      return node(page, 'in')
        .getByText(/^[1-9][\d.]*k?\/s$/)
        .isVisible();
    });
    assert.deepEqual(studio.complaints, []);
  },
);

/** Settings in the studio: users, tokens and secrets are made, changed and removed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { Client } from '#client';
import { CHROMIUM, plantWithStudio } from '../support/browser.ts';
import { fails } from '../support/plant.ts';

const PASSWORD = 'correct horse battery';
const root = mkdtempSync(join(tmpdir(), 'fusewire-settings-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** The settings as the first admin sees them. */
async function settings(page: Page): Promise<void> {
  await page.getByLabel('User', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Gateway' }).waitFor();
}
const open = (page: Page, tab: string): Promise<void> => page.getByRole('tab', { name: tab }).click();
const button = (at: Page | Locator, name: string): Locator => at.getByRole('button', { name, exact: true });
const gone = (dialog: Locator): Promise<void> => dialog.waitFor({ state: 'detached' });

test(
  'users, tokens and secrets are made, changed and removed; what is refused is said in its dialog',
  CHROMIUM,
  async t => {
    const { plant, studio } = await plantWithStudio(t, root, {
      config: config => ({ ...config, auth: { ...config.auth, enabled: true } }),
    });
    const { url } = plant.server;
    await plant.client.call('setup', { body: { token: plant.server.setup_token!, user: 'admin', password: PASSWORD } });
    const page = await studio.open(`${url}/settings`);
    await settings(page);
    const dialog = page.getByRole('dialog');

    await open(page, 'Users');
    await button(page, 'New user').click();
    await dialog.getByRole('textbox', { name: 'User' }).fill('ada');
    await dialog.getByLabel('Password').fill('short');
    await dialog.getByRole('radio', { name: 'Editor' }).check();
    await button(dialog, 'Create').click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Password').fill(PASSWORD);
    await button(dialog, 'Create').click();
    await gone(dialog);
    const user = new Client({ url });
    assert.equal((await user.login('ada', PASSWORD)).role, 'editor');
    await button(page, 'Set password of ada').click();
    await dialog.getByLabel('New password').fill(`${PASSWORD} 2`);
    await button(dialog, 'Set password').click();
    await gone(dialog);
    await assert.rejects(user.login('ada', PASSWORD), fails('login-failed'));
    await button(page, 'Delete ada').click();
    await button(dialog, 'Cancel').click();
    await gone(dialog);
    await button(page, 'Delete ada').click();
    await button(dialog, 'Delete').click();
    await gone(dialog);
    await button(page, 'Delete ada').waitFor({ state: 'detached' });

    await open(page, 'API tokens');
    await button(page, 'New token').click();
    await dialog.getByLabel('Name').fill('scraper');
    await button(dialog, 'Create').click();
    const token = await dialog.getByRole('textbox', { name: 'Token' }).inputValue();
    const program = new Client({ url, token });
    assert.equal((await program.call('getSession')).role, 'viewer');
    await button(dialog, 'Close').last().click();
    await gone(dialog);
    await button(page, 'Revoke scraper').click();
    await page.keyboard.press('Escape');
    await gone(dialog);
    await button(page, 'Revoke scraper').click();
    await button(dialog, 'Revoke').click();
    await gone(dialog);
    await assert.rejects(program.call('listFlows'), fails('unauthenticated'));
    await page.getByText('Revoked', { exact: true }).waitFor();
    assert.equal(await button(page, 'Revoke scraper').count(), 0);

    await open(page, 'Secrets');
    await button(page, 'New secret').click();
    await dialog.getByLabel('Name').fill('broker');
    await dialog.getByLabel('Value').fill('hunter2');
    await button(dialog, 'Save').click();
    await gone(dialog);
    await button(page, 'Replace the value of broker').click();
    assert.equal(await dialog.getByLabel('Name').count(), 0);
    await dialog.getByLabel('Value').fill('hunter3');
    await button(dialog, 'Save').click();
    await gone(dialog);
    await button(page, 'Delete broker').click();
    await button(dialog, 'Delete').click();
    await page.getByText('There is no secret.').waitFor();
    assert.deepEqual(studio.complaints, []);
  },
);

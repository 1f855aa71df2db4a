/** Every screen, in both themes and both languages: pictures of it, and nothing that axe-core finds wrong. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { CHROMIUM, picture, plantWithStudio, type Studio, violations } from '../support/browser.ts';
import { type Plant, ROOT } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-looks-'));
after(() => rmSync(root, { recursive: true, force: true }));
const EXAMPLE = JSON.parse(readFileSync(join(ROOT, 'examples/boiler-line/flow.json'), 'utf8')) as object;
const FAILING = {
  format: 'fusewire.flow/1',
  name: 'press',
  nodes: [
    { id: 'in', node_type: 'tag_input', props: { tags: ['p/#', 'e/#', 't/#'] } },
    { id: 'scale', node_type: 'scale', props: { factor: 2 } },
    { id: 'moody', node_type: 'moody' },
    { id: 'out', node_type: 'file_sink', props: { path: 'press.jsonl' } },
  ],
  wires: [
    { source_node: 'in', source_port: 'out', target_node: 'scale', target_port: 'in' },
    { source_node: 'scale', source_port: 'out', target_node: 'moody', target_port: 'in' },
    { source_node: 'moody', source_port: 'out', target_node: 'out', target_port: 'in' },
  ],
};

/** The example with a driver, and a flow with a node that fails. */
async function plantWithWork(t: TestContext): Promise<{ plant: Plant; studio: Studio }> {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.run('boiler-line', EXAMPLE);
  await plant.upload(MOODY);
  await plant.run('press', { ...FAILING, nodes: FAILING.nodes.map(one => ({ ...one })) });
  await plant.run('changed', { ...FAILING, name: 'changed' });
  await plant.save('changed', EXAMPLE);
  const main = join(ROOT, 'src/cli/main.ts');
  const flags = ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning'];
  const driver = spawn(
    process.execPath,
    [...flags, main, 'simulate', '--to', plant.server.ingest[0]!, '--rate', '2000', '--quiet'],
    { stdio: 'ignore' },
  );
  t.after(() => driver.kill());
  await plant.send(['p/speed', 'e/torque', 'p/load', 't/stroke', 'p/speed'].map((tag, i) => update(tag, i)));
  await until(async () => {
    const { flows } = await plant.client.call('getStatus');
    return flows.every(flow => flow.records > 0);
  });
  return { plant, studio };
}

const node = (id: string) => async (page: Page) => {
  await page.locator(`.svelte-flow__node[data-id="${id}"]`).click();
};
const panel = (name: string) => async (page: Page) => {
  const tab = page.locator(`#tab-${name}`);
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  await page.locator(`#dock-panel[aria-labelledby="tab-${name}"] > *`).first().waitFor();
};
/** Opens a panel and has it do its work. */
const panelAtWork = (name: string, shown: string) => async (page: Page) => {
  await panel(name)(page);
  await page.locator('#dock-panel button.bg-accent').first().click();
  await page.locator(shown).first().waitFor();
};
/** The message that stands there to begin with is one that the flow takes, so that it can be run at once. */
async function triedOut(page: Page): Promise<void> {
  await panel('try')(page);
  const tag = page.locator('#dock-panel tbody input').first();
  await until(async () => (await tag.inputValue()) !== '');
  await page.locator('#dock-panel button.bg-accent').first().click();
}
/** A dialog that opens by a key of the canvas. */
const asked = (key: string) => async (page: Page) => {
  await page.keyboard.press(key);
  await page.getByRole('dialog').waitFor();
};
const SCREENS: readonly { name: string; path: string; act?: (page: Page) => Promise<void>; wait: string }[] = [
  { name: 'flows', path: '/', wait: 'a[href="/flows/boiler-line"]' },
  { name: 'watch', path: '/flows/boiler-line', act: panel('watch'), wait: '.uplot canvas' },
  { name: 'inspector', path: '/flows/boiler-line', act: node('range'), wait: 'aside h2' },
  { name: 'trace', path: '/flows/boiler-line', act: panelAtWork('trace', '#hop-0'), wait: '#hop-0' },
  {
    name: 'try',
    path: '/flows/boiler-line',
    act: triedOut,
    wait: '#dock-panel [role=option]',
  },
  ...['problems', 'letters', 'logs', 'versions', 'replay'].map(name => ({
    ...{ name, path: `/flows/${name === 'letters' || name === 'replay' ? 'press' : 'boiler-line'}` },
    ...{ act: panel(name), wait: '.svelte-flow__node' },
  })),
  { name: 'deploy-question', path: '/flows/changed', act: asked('Control+Enter'), wait: '[role=dialog] ul' },
  { name: 'shortcuts', path: '/flows/boiler-line', act: asked('?'), wait: '[role=dialog] kbd' },
  { name: 'nodes', path: '/nodes', wait: 'table tbody tr' },
  { name: 'tags', path: '/tags', wait: 'table' },
  { name: 'log', path: '/logs', wait: 'main' },
  { name: 'settings', path: '/settings', wait: 'main h1, main h2' },
];

test('every screen: pictures, and no violation', { ...CHROMIUM, timeout: 500_000 }, async t => {
  const { plant, studio } = await plantWithWork(t);
  for (const [theme, language] of [
    ['light', 'en'],
    ['dark', 'zh-TW'],
  ] as const) {
    const page = await studio.open(plant.server.url, { theme, language, width: 1440, height: 900 });
    for (const { name, path, act, wait } of SCREENS) {
      await t.test(`${name}, ${theme}, ${language}`, async () => {
        await page.goto(plant.server.url + path);
        if (path.startsWith('/flows/')) await page.locator('.svelte-flow__node').first().waitFor();
        await act?.(page);
        await page.locator(wait).first().waitFor();
        await page.waitForLoadState('load');
        await picture(page, `${name}-${theme}-${language}`);
        assert.deepEqual(await violations(page), []);
      });
    }
    await page.close();
  }
  assert.deepEqual(studio.complaints, []);
});

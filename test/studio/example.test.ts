/** The first thing that one sees: the example, as `npm start` runs it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CHROMIUM, picture, Studio } from '../support/browser.ts';
import { wires } from '../support/drawing.ts';
import { newData, ROOT } from '../support/plant.ts';
import { ServedProcess } from '../support/served-process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-example-'));
after(() => rmSync(root, { recursive: true, force: true }));
const EXAMPLE = JSON.parse(readFileSync(join(ROOT, 'examples/boiler-line/flow.json'), 'utf8')) as {
  nodes: object[];
  wires: object[];
};
/** For the picture: until there are lines to be seen. */
const CHARTS_MS = process.env['SCREENSHOTS'] ? 57_000 : 0;

test('the example: every node and wire at work, every sink connected, nothing to complain of', CHROMIUM, async t => {
  const studio = await Studio.start(t);
  const gateway = new ServedProcess(newData(root), { isInstalled: true });
  t.after(() => gateway.kill('SIGTERM'));
  const client = await gateway.ready();
  const body = { id: 'boiler-line', name: 'boiler-line', document: EXAMPLE };
  await client.call('createFlow', { body });
  const params = { flow: 'boiler-line' };
  await client.call('deployFlow', { params, body: { message: 'the example' } });
  await until(async () => (await client.call('getFlow', { params })).state === 'running');
  const { ingest } = await client.call('getStatus');
  const to = ingest.addresses[0]!;
  const rate = ['--rate', '50000', '--quiet'];
  const driver = spawn(process.execPath, [join(ROOT, 'bin/fusewire'), 'simulate', '--to', to, ...rate], {
    stdio: 'ignore',
  });
  t.after(() => driver.kill('SIGTERM'));
  for (const [theme, language] of [
    ['light', 'en'],
    ['dark', 'zh-TW'],
  ] as const) {
    const page = await studio.open(`${gateway.url}/flows/boiler-line`, { theme, language, width: 1440, height: 900 });
    await page.locator('.uplot canvas').first().waitFor();
    assert.equal(await page.locator('.svelte-flow__node-card').count(), EXAMPLE.nodes.length);
    assert.equal(await wires(page).count(), EXAMPLE.wires.length);
    await until(async () => (await page.locator('.svelte-flow__edge-label').count()) >= EXAMPLE.wires.length);
    assert.equal(await page.locator('#tab-problems').getByText(/\d/).count(), 0, 'there are no problems');
    const live = await client.call('getFlowLive', { params });
    assert.deepEqual(
      live.sinks.filter(sink => !sink.connected),
      [],
    );
    await new Promise(resolve => setTimeout(resolve, CHARTS_MS));
    await picture(page, `example-${theme}-${language}`);
    await page.close();
  }
  assert.deepEqual(studio.complaints, []);
});

/** Files that are dragged from the disk onto a page: flows, recordings, nodes; what is none of these is refused with the reason. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CHROMIUM, dragFiles, dropFiles, plantWithStudio } from '../support/browser.ts';
import { marked, node } from '../support/drawing.ts';
import { lineTo, type Plant, scale } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-drops-'));
after(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(root, name), content);
  return join(root, name);
}
const flows = async (plant: Plant): Promise<string[]> =>
  (await plant.client.call('listFlows')).items.map(one => one.id).sort();

test('a document, a bundle and a fused module on the page of flows become flows', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  const document = lineTo('boiler.jsonl', { name: 'Boiler', tags: ['x'], nodes: [scale(2)] });
  await plant.run('boiler', document);
  const params = { flow: 'boiler' };
  const files = [
    file('plain.json', JSON.stringify({ ...document, name: 'Plain' })),
    file('bundle.json', await plant.client.call('exportFlow', { params, query: { version: 1 } })),
    file('flow.wasm', await plant.client.call('getArtifact', { params })),
  ];
  const page = await studio.open(plant.server.url);
  const table = page.getByRole('group', { name: /where files of flows may be dropped/ });
  const before = await flows(plant);
  for (const [index, one] of files.entries()) {
    await page.getByRole('row', { name: 'Boiler' }).first().waitFor();
    const letGo = await dragFiles(page, [one], table);
    await page.getByText('Drop to import').waitFor();
    await letGo();
    await page.waitForURL(/\/flows\//);
    await node(page, 'scale').getByText('× 2').waitFor();
    assert.equal((await flows(plant)).length, before.length + index + 1);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Flows' }).click();
  }
  await page.getByRole('link', { name: 'Plain' }).waitFor();

  const had = await flows(plant);
  const wrong = [
    file('letter.txt', 'Dear gateway, I am a flow.'),
    file('broken.json', '{"format": "fusewire.flow/1", "nodes": 7}'),
    file('raw.wasm', MOODY),
  ];
  await dropFiles(page, wrong, table);
  const dialog = page.getByRole('dialog', { name: 'Imported' });
  for (const [name, why] of [
    ['letter.txt', /This is no bundle, no flow document and no fused flow\./],
    ['broken.json', /broken\.json \S+/],
    ['raw.wasm', /raw\.wasm \S+/],
  ] as const)
    await dialog.getByRole('listitem').filter({ hasText: name }).filter({ hasText: why }).first().waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  assert.deepEqual(await flows(plant), had);
  assert.deepEqual(studio.complaints, []);
});

test('a recording on the panel of recordings runs; any other file is refused', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.upload(MOODY);
  await plant.run('moody', lineTo('moody.jsonl', { name: 'moody', nodes: [{ id: 'm', node_type: 'moody' }] }));
  await plant.send([update('a', 1), update('trap', 2)]);
  const recordings = async () => (await plant.client.call('listRecordings', { params: { flow: 'moody' } })).items;
  await until(async () => (await recordings()).length === 1);
  const { name } = (await recordings())[0]!;
  const whole = file('whole.rec', await plant.client.call('getRecording', { params: { flow: 'moody', name } }));
  const page = await studio.open(`${plant.server.url}/flows/moody`);
  await page.getByRole('tab', { name: 'Replay' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Replay' });
  await panel.getByRole('button', { name: 'Fault in m' }).waitFor();
  await dropFiles(page, [file('letter.rec', 'no recording at all')], panel);
  await panel.getByText('letter.rec cannot be run').waitFor();
  await panel.getByText('The file is no recording.').waitFor();
  await dropFiles(page, [whole], panel);
  await panel.getByText('Ends as recorded').waitFor();
  await marked(page, 'm', 'failed');
  assert.deepEqual(studio.complaints, []);
});

test(
  'a node on the palette is looked at and added; what is no node is refused on palette and page',
  CHROMIUM,
  async t => {
    const { plant, studio } = await plantWithStudio(t, root);
    await plant.create('empty', lineTo('empty.jsonl', { name: 'empty' }));
    const page = await studio.open(`${plant.server.url}/flows/empty`);
    const palette = page.getByRole('complementary', { name: 'Palette' });
    await palette.getByRole('option', { name: 'Scale' }).waitFor();
    const dialog = page.getByRole('dialog', { name: 'Add a node' });
    const letter = file('notes.txt', 'Not for the library.');
    await dropFiles(page, [letter], palette);
    await dialog.getByText('This file cannot be a node:').waitFor();
    await dialog.getByText('The file is no WebAssembly module.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await dropFiles(page, [file('moody.wasm', MOODY)], palette);
    await dialog.getByRole('heading', { name: /Moody.*moody 1\.0\.0/ }).waitFor();
    await dialog.getByRole('button', { name: 'Add to the library' }).click();
    await palette.getByRole('option', { name: 'Moody' }).waitFor();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Choose .wasm files').count(), 1);
    assert.equal(await page.getByRole('button', { name: 'Choose .wasm files' }).count(), 0, 'its button is enough');

    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Nodes' }).click();
    await page.getByRole('button', { name: 'Moody' }).waitFor();
    await dropFiles(page, [letter], page.getByRole('region', { name: 'Nodes' }));
    await dialog.getByText('The file is no WebAssembly module.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    // Nothing takes a file there, and a browser that is not kept from it leaves the page for the file.
    const kept = await page.getByRole('banner').evaluate(banner => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['Dear gateway'], 'letter.txt'));
      const event = { dataTransfer, bubbles: true, cancelable: true };
      return ['dragover', 'drop'].map(type => !banner.dispatchEvent(new DragEvent(type, event)));
    });
    assert.deepEqual(kept, [true, true]);
    assert.deepEqual(studio.complaints, []);
  },
);

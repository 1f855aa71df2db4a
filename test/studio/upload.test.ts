/** Nodes of one's own: looked at, added, drawn and run; what is no node is refused; flows are brought to a newer version. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { MANIFEST_SECTION } from '#abi';
import type { FlowDocument } from '#flow';
import { withCustomSection } from '#wasm';
import { CHROMIUM, dropFiles, picture, plantWithStudio } from '../support/browser.ts';
import { addNode, node, wire } from '../support/drawing.ts';
import { PASS, watNode } from '../support/nodes.ts';
import { lineTo, type Plant } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-upload-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Gives each message so many times. From the second version on it has one more port. */
function echo(times: number): Uint8Array {
  const manifest = {
    node_type: 'echo',
    version: `${times}.0.0`,
    title: 'Echo',
    description: `Gives everything ${times} ×.`,
    category: 'custom',
    inputs: [{ name: 'in', type: 'tag', description: 'What is said.' }],
    outputs: ['out', 'aside'].slice(0, times).map(name => ({ name, type: 'tag' })),
  };
  const raw = watNode({ handle: PASS.repeat(times) });
  return withCustomSection(raw, MANIFEST_SECTION, Buffer.from(JSON.stringify(manifest)));
}
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const file = (name: string, bytes: Uint8Array) => ({ name, mimeType: 'application/wasm', buffer: Buffer.from(bytes) });
const palette = (page: Page): Locator => page.getByRole('complementary', { name: 'Palette' });

async function library(plant: Plant): Promise<string[]> {
  const { items } = await plant.client.call('listNodes', { query: { limit: 200 } });
  return items.map(one => one.hash);
}
async function draft(plant: Plant, flow: string): Promise<FlowDocument> {
  return (await plant.client.call('getDraft', { params: { flow } })).document as FlowDocument;
}
const hashOf = async (plant: Plant, flow: string): Promise<string | undefined> =>
  (await draft(plant, flow)).nodes.find(one => one.node_type === 'echo')?.wasm_hash;

test('a node is chosen, looked at, added, drawn, and works', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('said', { ...lineTo('said.jsonl', { tags: ['x'] }), wires: [] });
  const page = await studio.open(`${plant.server.url}/flows/said`, { width: 1600, height: 1000 });
  const before = await library(plant);
  const bytes = echo(1);
  await page.getByLabel('Choose .wasm files').setInputFiles(file('echo.wasm', bytes));
  const dialog = page.getByRole('dialog', { name: 'Add a node' });
  await dialog.getByRole('heading', { name: /Echo.*echo 1\.0\.0/ }).waitFor();
  const shown = await dialog.ariaSnapshot();
  for (const what of [
    'text: echo.wasm',
    'heading "Echo echo 1.0.0 New type"',
    'paragraph: Gives everything 1 ×.',
    'definition: Custom',
    `definition: ${bytes.length} B`,
    `code: ${sha256(bytes)}`,
    'definition: fusewire:node/flow@1.0.0.emit',
    'listitem: in tag What is said.',
    'listitem: out tag',
  ])
    assert.ok(shown.includes(what), `${what} in ${shown}`);
  assert.deepEqual(await library(plant), before, 'it was looked at only');

  await dialog.getByRole('button', { name: 'Add to the library' }).click();
  await page.getByText('Echo 1.0.0 is in the library.').waitFor();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(new Set(await library(plant)), new Set([...before, sha256(bytes)]));
  await palette(page).getByRole('group', { name: 'Custom' }).getByRole('option', { name: 'Echo' }).waitFor();
  await addNode(page, 'Echo', 300, 60);
  await wire(page, ['in', 'out'], ['echo', 'in']);
  await wire(page, ['echo', 'out'], ['out', 'in']);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByRole('dialog', { name: 'Version 1 runs' }).waitFor();
  await plant.send([update('x', 4), update('x', 5)]);
  await until(() => plant.lines('said.jsonl').length === 2);
  assert.deepEqual(plant.values('said.jsonl'), [4, 5]);

  await page.keyboard.press('Escape');
  await page.getByLabel('Choose .wasm files').setInputFiles(file('again.wasm', bytes));
  const known = page.getByRole('dialog').getByRole('button', { name: 'In the library already' });
  await known.waitFor();
  assert.equal(await known.isDisabled(), true);
  assert.deepEqual(studio.complaints, []);
});

test('what may not be a node is refused with the reasons, one file after the other', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('safe', lineTo('safe.jsonl'));
  const page = await studio.open(`${plant.server.url}/flows/safe`);
  const before = await library(plant);
  const hostile = watNode({ handle: PASS, imports: '(import "env" "evil" (func $emit (param i32 i32 i32)))' });
  const section = WebAssembly.Module.customSections(new WebAssembly.Module(echo(1) as BufferSource), MANIFEST_SECTION);
  writeFileSync(join(root, 'evil.wasm'), withCustomSection(hostile, MANIFEST_SECTION, new Uint8Array(section[0]!)));
  writeFileSync(join(root, 'letter.wasm'), 'Dear gateway, I am a node.');
  writeFileSync(join(root, 'notes.txt'), 'Not for the library.');
  await node(page, 'in').waitFor();
  await dropFiles(
    page,
    ['evil.wasm', 'notes.txt', 'letter.wasm'].map(name => join(root, name)),
    palette(page),
  );
  const dialog = page.getByRole('dialog', { name: 'Add a node' });
  const refused = dialog.getByText('This file cannot be a node:');
  for (const [said, reason] of [
    ['evil.wasm · 3 files to go', /env/],
    ['notes.txt · 2 files to go', /The file is no WebAssembly module/],
    ['letter.wasm', /The file is no WebAssembly module/],
  ] as const) {
    await dialog.getByText(said, { exact: true }).waitFor();
    await refused.waitFor();
    assert.match(await dialog.getByRole('list').ariaSnapshot(), reason);
    assert.equal(await dialog.getByRole('button', { name: 'Add to the library' }).count(), 0);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  }
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(await library(plant), before);
  assert.deepEqual(studio.complaints, []);
});

test('a second version asks about the flows that pin the first, and brings their drafts to it', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  const [old, young] = [sha256(echo(1)), sha256(echo(2))];
  await plant.upload(echo(1));
  const saying = (flow: string, more: object) =>
    plant.create(flow, lineTo(`${flow}.jsonl`, { tags: ['x'], nodes: [{ id: 'e', node_type: 'echo', ...more }] }));
  await saying('here', { wasm_hash: old });
  await saying('there', { wasm_hash: old });
  await saying('stays', { wasm_hash: old });
  await saying('newest', {});
  await plant.deploy('there');
  const page = await studio.open(`${plant.server.url}/flows/here`);
  await node(page, 'e').waitFor();
  await page.getByLabel('Choose .wasm files').setInputFiles(file('echo2.wasm', echo(2)));
  const look = page.getByRole('dialog', { name: 'Add a node' });
  await look.getByText('Newer than 1.0.0').waitFor();
  assert.match(await look.ariaSnapshot(), /Changed since 1\.0\.0.*listitem: Added Output aside tag/s);
  await look.getByRole('button', { name: 'Add to the library' }).click();

  const asked = page.getByRole('dialog', { name: 'Echo 2.0.0 and your flows' });
  await asked.getByText('3 flows use 1.0.0. Update them to 2.0.0?').waitFor();
  assert.match(await asked.ariaSnapshot(), /1 flow takes the newest anyhow.*link "newest"/s);
  await asked.getByRole('checkbox', { name: 'stays' }).uncheck();
  assert.deepEqual(await Promise.all(['here', 'there', 'stays'].map(flow => hashOf(plant, flow))), [old, old, old]);
  await asked.getByRole('button', { name: 'Update 2 drafts' }).click();
  await page.getByText('2 drafts were updated.').waitFor();
  await page.getByText('Saved', { exact: true }).waitFor();
  await until(async () => (await hashOf(plant, 'here')) === young);
  assert.deepEqual(await Promise.all(['there', 'stays', 'newest'].map(flow => hashOf(plant, flow))), [
    young,
    old,
    undefined,
  ]);
  assert.equal((await plant.flow('there')).draft_differs, true, 'what runs is what it was');
  await plant.send([update('x', 1)]);
  await until(() => plant.lines('there.jsonl').length === 1);

  // The port that is new can be seen, and taken back with the version.
  const aside = node(page, 'e').locator('.svelte-flow__handle[data-handleid="aside"]');
  await aside.waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await aside.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Redo' }).click();
  await aside.waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByRole('dialog', { name: 'Version 1 runs' }).waitFor();
  await plant.send([update('x', 7)]);
  await until(() => plant.lines('here.jsonl').length === 2);
  assert.deepEqual(plant.values('here.jsonl'), [7, 7]);
  assert.deepEqual(studio.complaints, []);
});

test('a module that says nothing of itself is given a manifest, and is a node then', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('said', { ...lineTo('said.jsonl', { tags: ['x'] }), wires: [] });
  const page = await studio.open(`${plant.server.url}/flows/said`, { width: 1600, height: 1000 });
  const before = await library(plant);
  await page.getByLabel('Choose .wasm files').setInputFiles(file('half-echo-0.2.0.wasm', watNode({ handle: PASS })));
  const dialog = page.getByRole('dialog', { name: 'Add a node' });
  await dialog.getByText('This module has no manifest. Say what it is:').waitFor();
  const text = (name: string): Locator => dialog.getByRole('textbox', { name, exact: true });
  assert.deepEqual(await Promise.all(['Type', 'Version', 'Title'].map(name => text(name).inputValue())), [
    'half_echo',
    '0.2.0',
    'Half echo',
  ]);
  await text('Type').fill('Not a type');
  await dialog.getByText('Lower-case letters, digits and _, a letter first.').first().waitFor();
  await text('Type').fill('bare_echo');
  await text('Description').fill('Gives what it gets.');
  await text('Settings, as JSON Schema').fill('{"type": "object"');
  await dialog.getByText('This is not JSON.').waitFor();
  await text('Settings, as JSON Schema').fill('');
  await picture(page, 'upload-manifest');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByRole('heading', { name: /Half echo.*bare_echo 0\.2\.0/ }).waitFor();
  await dialog.getByRole('button', { name: 'Back to the manifest' }).click();
  assert.equal(await text('Description').inputValue(), 'Gives what it gets.');
  await dialog.getByRole('button', { name: 'Check' }).click();
  assert.deepEqual(await library(plant), before, 'it was looked at only');
  await dialog.getByRole('button', { name: 'Add to the library' }).click();
  await page.getByText('Half echo 0.2.0 is in the library.').waitFor();
  await dialog.waitFor({ state: 'detached' });

  await addNode(page, 'Half echo', 300, 60);
  await wire(page, ['in', 'out'], ['bare_echo', 'in']);
  await wire(page, ['bare_echo', 'out'], ['out', 'in']);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByRole('dialog', { name: 'Version 1 runs' }).waitFor();
  await plant.send([update('x', 4)]);
  await until(() => plant.lines('said.jsonl').length === 1);
  assert.deepEqual(plant.values('said.jsonl'), [4]);
  assert.deepEqual(studio.complaints, []);
});

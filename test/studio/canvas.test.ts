/** The canvas by mouse: what cannot be wired, nodes into wires, places that change nothing, pasting, and undoing all of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import type { FlowDocument } from '#flow';
import { CHROMIUM, plantWithStudio } from '../support/browser.ts';
import { dragOnto, input, middle, node, output, wire, wires } from '../support/drawing.ts';
import { lineTo, type Plant, scale } from '../support/plant.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-canvas-'));
after(() => rmSync(root, { recursive: true, force: true }));

const WIDE = { width: 1920, height: 1080 } as const;
const more = (id: string) => ({ ...scale(10), id });
const line = (id: string) => lineTo(`${id}.jsonl`, { name: id, tags: ['x'], nodes: [more('one'), more('two')] });

async function draft(plant: Plant, flow: string): Promise<FlowDocument> {
  return (await plant.client.call('getDraft', { params: { flow } })).document as FlowDocument;
}
const wiresOf = (document: FlowDocument): string[] =>
  document.wires.map(one => `${one.source_node}.${one.source_port} ${one.target_node}.${one.target_port}`);
const drawnWire = (page: Page, from: string, to: string): Locator =>
  page.locator(`.svelte-flow__edge[aria-label^="Wire from ${from}"][aria-label*="to ${to}"]`);

test('what cannot be wired is refused, and why is said while it is drawn', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  const document = line('refused');
  const windows = { id: 'mean', node_type: 'window', props: {} };
  await plant.create('refused', { ...document, nodes: [...document.nodes, windows] });
  const page = await studio.open(`${plant.server.url}/flows/refused`, WIDE);
  await wires(page).nth(2).waitFor({ state: 'attached' });
  const before = await draft(plant, 'refused');
  for (const [from, onto, why] of [
    [output(page, 'mean', 'out'), input(page, 'one', 'in'), 'These ports carry different types.'],
    [output(page, 'two', 'out'), input(page, 'one', 'in'), 'This would make a cycle: records only move forward.'],
    [output(page, 'one', 'out'), input(page, 'one', 'in'), 'A node cannot be wired to itself.'],
    [output(page, 'one', 'out'), input(page, 'two', 'in'), 'They are wired already.'],
    [output(page, 'one', 'out'), output(page, 'two', 'out'), 'A wire goes from an output to an input.'],
    [input(page, 'one', 'in'), input(page, 'two', 'in'), 'A wire goes from an output to an input.'],
  ] as const) {
    await dragOnto(page, from, onto);
    await page.getByText(why, { exact: true }).waitFor();
    await page.mouse.up();
    await page.getByText(why, { exact: true }).waitFor({ state: 'detached' });
    assert.equal(await wires(page).count(), 3, why);
  }
  assert.equal(await page.getByRole('button', { name: 'Undo' }).isDisabled(), true, 'nothing was changed');
  assert.deepEqual(await draft(plant, 'refused'), before);
  assert.deepEqual(studio.complaints, []);
});

test('a node that is dropped on a wire goes into it, from the palette and from the canvas', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  const document = line('into');
  // Of a wire that runs level a browser says that it cannot be seen.
  const places = { in: [0, 0], one: [300, 60], two: [600, 0], out: [900, 60], loose: [300, 300] };
  const nodes = Object.fromEntries(Object.entries(places).map(([id, [x, y]]) => [id, { x, y }]));
  await plant.create('into', { ...document, nodes: [...document.nodes, more('loose')], layout: { nodes } });
  const page = await studio.open(`${plant.server.url}/flows/into`, WIDE);
  const palette = page.getByRole('complementary', { name: 'Palette' });
  const box = (await page.locator('.svelte-flow').boundingBox())!;
  await drawnWire(page, 'in', 'one').waitFor({ state: 'attached' });
  const at = await middle(drawnWire(page, 'in', 'one').locator('.svelte-flow__edge-path'));
  await palette.getByRole('option', { name: 'Filter' }).dragTo(page.locator('.svelte-flow'), {
    targetPosition: { x: at.x - box.x, y: at.y - box.y },
  });
  await drawnWire(page, 'in', 'filter').waitFor({ state: 'attached' });
  await dragOnto(page, node(page, 'loose'), drawnWire(page, 'two', 'out').locator('.svelte-flow__edge-path'));
  await page.mouse.up();
  await drawnWire(page, 'two', 'loose').waitFor({ state: 'attached' });
  await page.getByText('Saved', { exact: true }).waitFor();
  assert.deepEqual(wiresOf(await draft(plant, 'into')), [
    'in.out filter.in',
    'filter.true one.in',
    'one.out two.in',
    'two.out loose.in',
    'loose.out out.in',
  ]);
  assert.deepEqual(studio.complaints, []);
});

test('places and comments are no other flow: the version stays what it was', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.run('placed', line('placed'));
  const versions = async () =>
    (await plant.client.call('listVersions', { params: { flow: 'placed' } })).items.map(one => [one.number, one.hash]);
  const before = await versions();
  const page = await studio.open(`${plant.server.url}/flows/placed`, WIDE);
  const { x, y } = await middle(node(page, 'two'));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 160, { steps: 6 });
  await page.mouse.up();
  const places = async () => JSON.stringify(((await draft(plant, 'placed')).layout ?? {}) as object);
  await until(async () => (await places()) !== '{}');
  const moved = await places();
  await page.keyboard.press('Shift+L');
  await until(async () => (await places()) !== moved);
  await page.getByText('Saved', { exact: true }).waitFor();
  const differs = await plant.client.call('diffFlow', { params: { flow: 'placed' } });
  assert.deepEqual([differs.same, differs.layout_changed], [true, true]);
  assert.equal((await plant.flow('placed')).draft_differs, false);
  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Both do the same.').waitFor();
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByRole('dialog', { name: 'Version 1 runs' }).waitFor();
  assert.deepEqual(await versions(), before);
  assert.deepEqual(studio.complaints, []);
});

test('nodes are pasted into the flow of another page, and all is undone to the beginning', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('from', line('from'));
  await plant.create('into', lineTo('into.jsonl', { name: 'into', tags: ['x'] }));
  const from = await studio.open(`${plant.server.url}/flows/from`, WIDE);
  const page = await studio.open(`${plant.server.url}/flows/into`, WIDE);
  await node(page, 'out').waitFor();
  const first = await draft(plant, 'into');
  await node(from, 'one').click();
  await node(from, 'two').click({ modifiers: ['Shift'] });
  await from.keyboard.press('Control+c');
  await page.getByRole('application', { name: 'Canvas' }).focus();
  await page.keyboard.press('Control+v');
  await node(page, 'two').waitFor();
  assert.equal(await drawnWire(page, 'one', 'two').count(), 1, 'the wire between them comes along');
  const chosen = page.locator('.svelte-flow__node.selected');
  const { x, y } = await middle(node(page, 'one'));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + 150, { steps: 5 });
  await page.mouse.up();
  assert.equal(await chosen.count(), 2, 'both are dragged, and stay chosen');
  await wire(page, ['in', 'out'], ['one', 'in']);
  await node(page, 'one').click();
  assert.equal(await chosen.count(), 1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+d');
  await node(page, 'one2').waitFor();
  await drawnWire(page, 'in', 'out').click({ force: true });
  await page.keyboard.press('Delete');
  await drawnWire(page, 'in', 'out').waitFor({ state: 'detached' });
  await page.getByText('Saved', { exact: true }).waitFor();
  const last = await draft(plant, 'into');
  assert.deepEqual(wiresOf(last), ['one.out two.in', 'in.out one.in']);
  assert.deepEqual(
    last.nodes.map(one => [one.id, one.props]),
    [...first.nodes.map(one => [one.id, one.props]), ...['one', 'two', 'one2'].map(id => [id, { factor: 10 }])],
  );

  const isAt = async (wanted: FlowDocument): Promise<boolean> => isDeepStrictEqual(await draft(plant, 'into'), wanted);
  const [undo, redo] = ['Undo', 'Redo'].map(name => page.getByRole('button', { name }));
  let steps = 0;
  for (; await undo!.isEnabled(); steps += 1) await undo!.click();
  assert.equal(steps, 6);
  await until(() => isAt(first));
  assert.equal(await page.locator('.svelte-flow__node').count(), 2);
  while (await redo!.isEnabled()) await redo!.click();
  await until(() => isAt(last));
  assert.deepEqual(studio.complaints, []);
});

test(
  'a group and a comment are written, left as they were by Escape, and made larger at their edge',
  CHROMIUM,
  async t => {
    const { plant, studio } = await plantWithStudio(t, root);
    await plant.create('framed', line('framed'));
    const page = await studio.open(`${plant.server.url}/flows/framed`, WIDE);
    const frames = async (): Promise<{ text: string; width: number }[]> => {
      const { groups = [], comments = [] } = ((await draft(plant, 'framed')).layout ?? {}) as Record<string, never[]>;
      return [...groups, ...comments];
    };
    const texts = async (): Promise<string[]> => (await frames()).map(one => one.text);
    await node(page, 'one').click();
    await page.keyboard.press('g');
    const title = page.getByRole('textbox', { name: 'Title of the group' });
    await title.fill('Tenfold');
    await title.press('Enter');
    await title.waitFor({ state: 'detached' });
    await until(async () => isDeepStrictEqual(await texts(), ['Tenfold']));
    const [before] = await frames();
    const corner = await middle(page.locator('.frame-handle.bottom.right'));
    await page.mouse.move(corner.x, corner.y);
    await page.mouse.down();
    await page.mouse.move(corner.x + 60, corner.y + 40, { steps: 4 });
    await page.mouse.up();
    await until(async () => (await frames())[0]!.width > before!.width);
    await page.getByText('Tenfold').dblclick();
    await title.fill('Something else');
    await title.press('Escape');
    await title.waitFor({ state: 'detached' });
    await page.getByText('Tenfold').waitFor();
    await page.keyboard.press('n');
    const comment = page.getByRole('textbox', { name: 'Text of the comment' });
    await comment.fill('Twice\nby ten');
    await comment.press('Control+Enter');
    await comment.waitFor({ state: 'detached' });
    await until(async () => isDeepStrictEqual(await texts(), ['Tenfold', 'Twice\nby ten']));
    assert.deepEqual(studio.complaints, []);
  },
);

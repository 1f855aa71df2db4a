/** A draft is tried on messages that one types, and what came out is kept as a golden test. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CHROMIUM, picture, plantWithStudio } from '../support/browser.ts';
import { marked, node, unmarked } from '../support/drawing.ts';
import { lineTo, scale } from '../support/plant.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-try-'));
after(() => rmSync(root, { recursive: true, force: true }));

test(
  'a draft is tried node by node and fused; nothing reaches its sink; what came out becomes a test',
  CHROMIUM,
  async t => {
    const { plant, studio } = await plantWithStudio(t, root);
    await plant.create('boiler', lineTo('boiler.jsonl', { name: 'boiler', tags: ['line1/#'], nodes: [scale(2)] }));
    const page = await studio.open(`${plant.server.url}/flows/boiler`);
    await page.getByRole('tab', { name: 'Try' }).click();
    const panel = page.getByRole('tabpanel', { name: 'Try' });
    const button = (name: string) => panel.getByRole('button', { name, exact: true });
    const field = (name: string, number: number) => panel.getByLabel(`${name} of message ${number}`);
    await field('Tag', 1).fill('line1/temp');
    await field('Value', 1).fill('much');
    await field('Kind', 1).selectOption('double');
    await button('Run').click();
    await panel.locator('[aria-invalid=true]').waitFor();
    await field('Value', 1).fill('21');
    await button('Add message').click();
    await field('Tag', 2).fill('line1/temp');
    await field('Value', 2).fill('-3.5');

    for (const engine of ['Node by node', 'Fused']) {
      await button(engine).click();
      const asked = page.waitForRequest(/\/try$/);
      await button('Run').click();
      assert.equal(((await asked).postDataJSON() as { fused: boolean }).fused, engine === 'Fused');
      await panel.getByText('2 records', { exact: true }).waitFor();
      const records = panel.getByRole('list', { name: 'Records' }).getByRole('button', { name: 'line1/temp' });
      await records.nth(1).waitFor();
      for (const [index, doubled] of [42, -7].entries()) {
        await records.nth(index).click();
        await panel.getByRole('option', { name: /^scale/ }).click();
        await marked(page, 'scale', `reached now, ${doubled}`);
        await node(page, 'scale').getByText(String(doubled), { exact: true }).waitFor();
        await panel.getByRole('option', { name: /^out/ }).click();
        await marked(page, 'scale', 'passed');
      }
      await picture(page, `try-${engine}`);
      await button('Outputs').click();
      const outputs = panel.getByRole('region', { name: 'Outputs' });
      await outputs.getByText('"value":42').waitFor();
      await outputs.getByText('"value":-7').waitFor();
      await button('Messages').click();
    }
    assert.deepEqual(plant.lines('boiler.jsonl'), []);
    assert.equal((await plant.flow('boiler')).state, 'stopped');

    await button('Tests').click();
    await panel.getByText('This flow has no golden test').waitFor();
    await button('Save as test').click();
    const dialog = page.getByRole('dialog', { name: 'New golden test' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('doubles');
    await dialog.getByRole('button', { name: 'Save and run' }).click();
    await panel.getByText('1 test passed').waitFor();
    await button('Run tests').click();
    await panel.getByRole('listitem').filter({ hasText: 'doubles' }).getByLabel('Passed').waitFor();
    await picture(page, 'try-tests');

    // Somebody else changes the draft: what the test demands is no longer what comes out.
    await plant.save('boiler', lineTo('boiler.jsonl', { name: 'boiler', tags: ['line1/#'], nodes: [scale(3)] }));
    await node(page, 'scale').getByText('× 3').waitFor();
    await button('Run tests').click();
    await panel.getByText('1 test failed').waitFor();
    await panel.getByTitle('Came').filter({ hasText: '63' }).first().waitFor();
    assert.deepEqual(studio.complaints, []);
  },
);

test('messages are pasted as JSON and as CSV, and the draft is stepped through on the canvas', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('pasted', lineTo('pasted.jsonl', { name: 'pasted', tags: ['line1/#'], nodes: [scale(2)] }));
  const page = await studio.open(`${plant.server.url}/flows/pasted`);
  await page.getByRole('tab', { name: 'Try' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Try' });
  const field = (name: string, number: number) => panel.getByLabel(`${name} of message ${number}`);
  const dialog = page.getByRole('dialog', { name: 'Paste messages' });
  const paste = async (text: string): Promise<void> => {
    await panel.getByRole('button', { name: 'Paste' }).click();
    await dialog.getByRole('textbox', { name: 'Messages' }).fill(text);
  };
  await paste('temperature is high');
  await dialog.getByText('Each must have tag and value').waitFor();
  assert.equal(await dialog.getByRole('button', { name: /^Take/ }).isDisabled(), true);
  await dialog.getByRole('textbox', { name: 'Messages' }).fill('{"tag": "line1/temp", "value": 21, "unit": "°C"}');
  await dialog.getByRole('button', { name: 'Take 1 message' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(await Promise.all(['Tag', 'Value', 'Unit'].map(name => field(name, 1).inputValue())), [
    'line1/temp',
    '21',
    '°C',
  ]);
  await paste('tag;value\nline1/temp;4\nline1/load;-1');
  await dialog.getByRole('button', { name: 'Take 2 messages' }).click();
  assert.equal(await field('Value', 2).inputValue(), '-1');

  await panel.getByRole('button', { name: 'Run', exact: true }).click();
  await panel.getByRole('list', { name: 'Records' }).getByRole('button', { name: 'line1/load' }).click();
  await panel.getByRole('button', { name: 'First hop' }).click();
  await unmarked(page, 'reached now');
  const next = panel.getByRole('button', { name: 'Next hop' });
  for (const [index, [id, shown]] of (
    [
      ['in', '-1'],
      ['scale', '-2'],
      ['out', ''],
    ] as const
  ).entries()) {
    await next.click();
    await marked(page, id, 'reached now');
    if (shown !== '') await node(page, id).getByText(shown, { exact: true }).waitFor();
    for (const passed of ['in', 'scale'].slice(0, index)) await marked(page, passed, 'passed');
  }
  assert.equal(await next.isDisabled(), true);
  assert.deepEqual(studio.complaints, []);
});

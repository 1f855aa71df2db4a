/** A tag pattern that is malformed, in the list of problems: place, what is wrong, what to do, in both languages. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CHROMIUM, plantWithStudio } from '../support/browser.ts';
import { lineTo } from '../support/plant.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-pattern-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('a malformed tag pattern is a problem that says where, what and what to do', CHROMIUM, async t => {
  const { plant, studio } = await plantWithStudio(t, root);
  await plant.create('bad', lineTo('bad.jsonl', { name: 'bad', tags: ['line1/#', 'a#'] }));
  const { diagnostics } = await plant.client.call('checkDraft', { params: { flow: 'bad' } });
  assert.deepEqual(
    diagnostics.map(one => [one.code, one.where]),
    [['invalid-props', '$.nodes[0].props.tags[1]']],
  );
  for (const [language, said, hint] of [
    ['en', '"a#" is no tag pattern.', '+ and # stand for whole levels'],
    ['zh-TW', '「a#」不是有效的標籤樣式。', '+ 與 # 必須各自代表完整的一層'],
  ] as const) {
    const page = await studio.open(`${plant.server.url}/flows/bad`, { language });
    await page.locator('#tab-problems').click();
    const panel = page.locator('#dock-panel');
    for (const text of ['in.tags[1]', said, hint]) await panel.getByText(text).first().waitFor();
  }
  assert.deepEqual(studio.complaints, []);
});

/** A disk that fails at the wrong moment costs what could not be written, and nothing else. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { counter, lineArtifact, quiet, startLine } from '../support/line.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-disk-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('a last snapshot that cannot be written is reported; the flow stops, and can be started again', async () => {
  const directory = mkdtempSync(join(root, 'line-'));
  const state = join(directory, 'state');
  const artifact = await lineArtifact(counter());
  const line = await startLine(artifact, directory, { state, snapshots: { snapshot_ms: 600_000 } });
  await line.send([quiet(1)]);
  await line.until(() => line.outputs().length === 1);
  rmSync(join(state, 'snapshots'), { recursive: true });
  await line.gateway.stop();
  assert.equal(line.log.filter(text => text.includes('storage') && text.includes('snapshots')).length, 1);
  const again = await startLine(artifact, directory, { state });
  await again.send([quiet(2)]);
  await again.until(() => again.outputs().length === 2);
  await again.gateway.stop();
});

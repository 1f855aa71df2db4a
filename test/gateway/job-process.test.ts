/** Flows that are fused in processes of their own: how many at once, and that no answer is lost. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fusedFlow, type LoadedFlow, loadFlow } from '#gateway';
import { lineTo, ROOT } from '../support/plant.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-jobs-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function flow(name: string): Promise<LoadedFlow> {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(lineTo('x.jsonl', { name })));
  const loaded = await loadFlow(file, join(ROOT, 'nodes'));
  assert.ok(loaded.document, JSON.stringify(loaded.diagnostics));
  return loaded;
}
const options = { clock: 'arrival', cache: join(folder, 'cache') } as const;
const processes = (): number => process.getActiveResourcesInfo().filter(one => one === 'ProcessWrap').length;

test('however many are to be fused, two processes do it, and all are fused', async () => {
  const flows = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(flow));
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, processes())), 1);
  const made = await Promise.all(flows.map(one => fusedFlow(one, options)));
  clearInterval(timer);
  assert.equal(most, 2);
  assert.equal(new Set(made.map(one => 'key' in one && one.key)).size, 5);
});

test('one that is called off before its turn is never begun; the turn goes on', async () => {
  const flows = await Promise.all(['f', 'g', 'h', 'i'].map(flow));
  const off = new AbortController();
  const made = flows.map((one, i) => fusedFlow(one, { ...options, ...(i === 2 && { signal: off.signal }) }));
  off.abort();
  await assert.rejects(made[2]!, { code: 'fusion-failed', detail: 'it was called off' });
  for (const i of [0, 1, 3]) assert.ok('wasm' in (await made[i]!));
});

test('an answer that is read after its process is known to have ended counts', async () => {
  const standStill = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const one = await flow('late');
  const made = fusedFlow(one, options);
  while (processes() === 0) await new Promise(resolve => setImmediate(resolve));
  // Output and end of another process are found together; while its output is looked at, the first one answers and ends.
  const other = spawn('echo', ['done'], { stdio: ['ignore', 'pipe', 'ignore'] });
  other.stdout.once('data', () => standStill(6_000));
  standStill(300);
  assert.ok('wasm' in (await made));
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crashTest } from './crash.ts';

/** `npm run soak` kills it hundreds of times. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 25);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

test(`a durable flow that is killed ${KILLS} times loses nothing that it had journalled (FUZZ_SEED=${SEED})`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fusewire-crash-'));
  const report = await crashTest(directory, KILLS, SEED);
  assert.deepEqual(report.problems, [], JSON.stringify(report));
  assert.ok(report.seen > 100, JSON.stringify(report));
  assert.ok(report.torn <= KILLS);
  rmSync(directory, { recursive: true });
});

/**
 * The folder of a durable flow that was killed, damaged at random before the next start. Whatever is lost with it: the flow
 * starts, each record counts at most once, order and state are those of a run without what is lost, and losses are told.
 */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { GatewayError } from '#diagnostic';
import type { FlowArtifact } from '#engine';
import { readLog, SegmentLog } from '#storage';
import { damage, damageFiles } from '../support/damage.ts';
import { counter, type Line, lineArtifact, quiet, startLine, trigger } from '../support/line.ts';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 5);
const root = mkdtempSync(join(tmpdir(), 'fusewire-killed-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'line-'));
/** No snapshot but the first. */
const OPTIONS = { durable: true, snapshots: { snapshot_ms: 1e9 } };
const RECORDS = 36;
const killed = join(root, 'killed');
let artifact: FlowArtifact;

before(async () => {
  artifact = await lineArtifact(counter('(unreachable)'), 'counter', { fused: true });
  const directory = folder();
  const line = await startLine(artifact, directory, { ...OPTIONS, state: join(directory, 'state') });
  for (let seq = 1; seq <= RECORDS; seq += 1) {
    await line.send([seq % 6 === 0 ? trigger(seq) : quiet(seq)]);
    // Each is a block of its own.
    await line.until(() => line.gateway.stats().records === seq);
  }
  await line.until(() => line.outputs().length === 30 && line.gateway.deadLetters().length === 6);
  const isFile = (path: string): boolean => !path.endsWith('.sock');
  cpSync(join(directory, 'state'), killed, { recursive: true, filter: isFile });
  await line.gateway.stop();
  cutUp(join(killed, 'journal'));
});

/** The same log in smaller segments. */
function cutUp(directory: string): void {
  const entries = [...readLog(directory)];
  assert.equal(entries.length, RECORDS);
  rmSync(directory, { recursive: true });
  const log = new SegmentLog(directory, { segment_bytes: 400, bytes: 1e6 });
  for (const { body, time_ms } of entries) log.append([body], time_ms);
  log.close();
}

/** A copy of what was left, damaged. @returns its folder */
function left(spoil: (state: string) => void): string {
  const directory = folder();
  cpSync(killed, join(directory, 'state'), { recursive: true });
  spoil(join(directory, 'state'));
  return directory;
}

const running: Line[] = [];
/** Starts it, sends this record, and waits for it. */
async function goOn(directory: string, seq: number): Promise<Line> {
  const line = await startLine(artifact, directory, { ...OPTIONS, state: join(directory, 'state') });
  running.push(line);
  await line.send([quiet(seq)]);
  await line.until(() => line.outputs().some(one => one.seq === seq));
  return line;
}

function fuzz(name: string, round: (random: Random, directory: string) => Promise<void>, spoil: Spoil): void {
  test(`${name} (FUZZ_SEED=${SEED} FUZZ_ROUNDS=${ROUNDS})`, async () => {
    for (let i = 0; i < ROUNDS; i += 1) {
      const random = seeded(SEED + i);
      try {
        await round(
          random,
          left(state => spoil(state, random)),
        );
      } catch (error) {
        throw new Error(`FUZZ_SEED=${SEED + i} FUZZ_ROUNDS=1: ${(error as Error).message}`, { cause: error });
      } finally {
        for (const line of running.splice(0)) await line.gateway.stop();
      }
    }
  });
}
type Spoil = (state: string, random: Random) => void;

/** Of one life after another: no record twice, in order, and the count never jumps. */
function consistent(line: Line): void {
  const outputs = line.outputs();
  const text = outputs.map(({ count, seq }) => `${seq}: ${count}`).join(', ');
  outputs.forEach(({ count, seq }, i) => {
    assert.equal(count, i + 1, `each record counts once: ${text}`);
    assert.ok(i === 0 || seq > outputs[i - 1]!.seq, `no record twice: ${text}`);
  });
}

fuzz(
  'a damaged journal costs what is damaged, which is told, and nothing else',
  async (_random, directory) => {
    const first = await goOn(directory, 100);
    consistent(first);
    const lost = 30 - (first.outputs().length - 1);
    if (lost > 0 && first.outputs().some(({ seq }) => seq > 30 && seq < 100))
      assert.ok(first.log.some(text => /blocks \d+ to \d+ of the journal are damaged/.test(text)));
    await running.pop()!.gateway.stop();
    consistent(await goOn(directory, 101));
  },
  (state, random) => damageFiles(join(state, 'journal'), random),
);

fuzz(
  'damaged dead letters, identity, spill: all records come again',
  async (random, directory) => {
    const line = await goOn(directory, 100);
    consistent(line);
    assert.equal(line.outputs().length, 31);
    for (const { id } of line.gateway.deadLetters())
      if (random.chance(0.5)) assert.ok(line.gateway.dropDeadLetter(id));
      else assert.ok(line.gateway.deadLetter(id));
  },
  (state, random) => {
    damageFiles(join(state, 'dead-letters'), random);
    damageFiles(join(state, 'spill'), random);
    const identity = join(state, 'identity.json');
    writeFileSync(identity, random.chance(0.5) ? damage(readFileSync(identity), random) : random.pick(SCRAPS));
  },
);
const SCRAPS = ['', '{', '{}', '[]', '{"id":7}', '{"id":null}', '7', '"text"', 'null'];

fuzz(
  'damaged snapshots and code of versions: the flow starts afresh or is refused as a whole',
  async (_random, directory) => {
    try {
      consistent(await goOn(directory, 100));
    } catch (error) {
      assert.ok(error instanceof GatewayError, String(error));
      assert.ok(['storage-failed', 'state-mismatch'].includes(error.code), String(error));
    }
  },
  (state, random) => {
    damageFiles(join(state, 'snapshots'), random);
    damageFiles(join(state, 'versions'), random);
  },
);

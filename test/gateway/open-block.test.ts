/** A snapshot may be of a moment within a block of the journal; that block may be what is damaged afterwards. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BOARD, BOARD_STATE_FROM } from '#abi';
import { dialPush } from '#connectors';
import { boardOf } from '#engine';
import { readLog, SegmentLog, type Snapshot, SnapshotStore } from '#storage';
import { frames } from '../support/generate.ts';
import { counter, type Line, lineArtifact, quiet, startLine, trigger } from '../support/line.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-open-'));
after(() => rmSync(root, { recursive: true, force: true }));
/** Takes its time for each, so that checkpoints fall into the middle of blocks. */
const SLOW = `(i32.store (i32.const 96) (i32.const 3000))
  (loop $l (i32.store (i32.const 96) (i32.sub (i32.load (i32.const 96)) (i32.const 1))) (br_if $l (i32.load (i32.const 96))))`;
const artifact = await lineArtifact(counter(SLOW), 'counter', { fused: true });
const LAST = 1e9;
interface Header {
  readonly blocks: number;
  readonly record: number;
}

/** Sends numbered messages until a snapshot is of a moment within a block. @returns it, with the folder as a kill leaves it */
async function within(line: Line, state: string): Promise<{ snapshot: Snapshot<Header>; killed: string }> {
  let going = true;
  const sent = pour(line, () => going);
  const killed = mkdtempSync(join(root, 'killed-'));
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, 5));
    cpSync(join(state, 'snapshots'), join(killed, 'snapshots'), { recursive: true });
    const { snapshot } = new SnapshotStore<Header>(join(killed, 'snapshots')).load();
    if (snapshot && boardOf(snapshot.body)[BOARD.block_open - BOARD_STATE_FROM] === 1) {
      cpSync(state, killed, { recursive: true, filter: path => !/sock$|part$/.test(path) });
      going = false;
      await sent;
      return { snapshot, killed };
    }
    rmSync(join(killed, 'snapshots'), { recursive: true });
  }
}

async function pour(line: Line, going: () => boolean): Promise<void> {
  const push = await dialPush(line.gateway.addresses[0]!);
  for (let seq = 1; going(); seq += 2_000)
    await push.write(
      frames(
        Array.from({ length: 2_000 }, (_, i) => trigger(seq + i)),
        true,
      ),
    );
  await push.close();
}

/** The journal with a segment for each block, and this block damaged. */
function lose(directory: string, block: number): void {
  const entries = [...readLog(directory)];
  rmSync(directory, { recursive: true });
  const log = new SegmentLog(directory, { segment_bytes: 1, bytes: 1e9 });
  log.restartAt(entries[0]!.index);
  for (const { body, time_ms } of entries) log.append([body], time_ms);
  log.close();
  const name = readdirSync(directory).find(one => Number(one.slice(0, 16)) === block)!;
  const bytes = readFileSync(join(directory, name));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(join(directory, name), bytes);
}

for (const lost of [true, false])
  test(`the rest of a block that was open is ${lost ? 'lost with it' : 'handled'}, and what follows is whole`, async t => {
    const directory = mkdtempSync(join(root, 'line-'));
    const options = { state: join(directory, 'state'), durable: true, snapshots: { snapshot_ms: 1 } };
    const line = await startLine(artifact, directory, options);
    const { snapshot, killed } = await within(line, options.state);
    await line.gateway.stop();
    const { blocks, record } = snapshot.header;
    if (lost) lose(join(killed, 'journal'), blocks);
    const place = mkdtempSync(join(root, 'line-'));
    const again = await startLine(artifact, place, { ...options, state: killed });
    t.after(() => again.gateway.stop());
    await again.send([quiet(LAST)]);
    await again.until(() => readFileSync(join(place, 'out.bin')).includes(quiet(LAST)));
    const outputs = again.outputs();
    assert.equal(again.gateway.stats().malformed, 0);
    assert.equal(outputs[0]!.count, record + 1);
    if (!lost) assert.equal(outputs[0]!.seq, record + 1);
    outputs.forEach(({ count, seq }, i) => {
      assert.equal(count, record + 1 + i);
      assert.ok(i === 0 || seq > outputs[i - 1]!.seq);
    });
  });

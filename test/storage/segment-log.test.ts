import assert from 'node:assert/strict';
import fs, {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { PositionFile, SegmentLog } from '#storage';
import { seeded } from '../support/random.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-storage-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'log-'));
const LIMITS = { segment_bytes: 1_000, bytes: 100_000 };
const text = (log: SegmentLog, from = 0): string[] => [...log.read(from)].map(one => one.body.toString());
const put = (log: SegmentLog, value: string): number => log.append([Buffer.from(value)]);
const segments = (directory: string): string[] => readdirSync(directory).sort();

test('entries come back in order, from any index, after opening again', () => {
  const directory = folder();
  const log = new SegmentLog(directory, LIMITS);
  const values = Array.from({ length: 300 }, (_, i) => `entry ${i}`);
  values.forEach((value, index) => assert.equal(put(log, value), index));
  assert.ok(segments(directory).length > 5);
  assert.deepEqual(text(log), values);
  assert.deepEqual(text(log, 250), values.slice(250));
  log.close();
  const again = new SegmentLog(directory, LIMITS);
  assert.equal(again.next, 300);
  assert.deepEqual(text(again), values);
  assert.equal(put(again, 'more'), 300);
  assert.deepEqual(text(again, 300), ['more']);
  again.close();
});

test('a log that ends anywhere has all entries that were whole, and takes new ones', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1);
  const random = seeded(seed);
  for (let round = 0; round < 100; round += 1) {
    const directory = folder();
    const log = new SegmentLog(directory, { ...LIMITS, segment_bytes: 1e6 });
    const ends: number[] = [log.bytes];
    for (let i = 0; i < 20; i += 1) {
      log.append([Buffer.alloc(random.int(100), i)]);
      ends.push(log.bytes);
    }
    log.close();
    const file = join(directory, segments(directory)[0]!);
    const cut = random.int(ends.at(-1)!);
    if (random.int(2) === 0) truncateSync(file, cut);
    else {
      const bytes = readFileSync(file);
      bytes[cut]! ^= 1 + random.int(255);
      writeFileSync(file, bytes);
    }
    const again = new SegmentLog(directory, LIMITS);
    const whole = ends.findLastIndex(end => end <= cut);
    assert.equal(again.next, Math.max(0, whole), `seed ${seed}, round ${round}, cut ${cut} of ${ends}`);
    const index = again.append([Buffer.from('new')]);
    assert.deepEqual(text(again, index), ['new']);
    assert.equal([...again.read(0)].length, index + 1);
    again.close();
  }
});

test('bytes that follow a torn end are gone, not mistaken for entries', () => {
  const directory = folder();
  const log = new SegmentLog(directory, LIMITS);
  put(log, 'one');
  log.close();
  appendFileSync(join(directory, segments(directory)[0]!), Buffer.alloc(500, 7));
  const again = new SegmentLog(directory, LIMITS);
  assert.equal(again.damaged, 500);
  assert.deepEqual(text(again), ['one']);
  again.close();
});

test('damage in an older segment costs the rest of that segment only, and is counted', () => {
  const directory = folder();
  const log = new SegmentLog(directory, LIMITS);
  for (let i = 0; i < 100; i += 1) put(log, `entry ${i}`);
  const second = segments(directory)[1]!;
  const firstOfThird = Number(segments(directory)[2]!.slice(0, 16));
  const bytes = readFileSync(join(directory, second));
  bytes[50]! ^= 1;
  writeFileSync(join(directory, second), bytes);
  const read = [...log.read(0)].map(one => one.index);
  const lost = Array.from({ length: 100 }, (_, i) => i).filter(i => !read.includes(i));
  assert.ok(lost.length > 0 && lost.every(i => i < firstOfThird && i >= Number(second.slice(0, 16))));
  assert.ok(log.damaged > 0);
  log.close();
});

test('the limit of bytes refuses, and room comes back with what is released', () => {
  const log = new SegmentLog(folder(), { segment_bytes: 1_000, bytes: 5_000 });
  const body = 'x'.repeat(400);
  while (log.hasRoom(body.length)) put(log, body);
  assert.throws(() => put(log, body), { code: 'storage-full' });
  const kept = log.next;
  log.release(kept - 2);
  assert.ok(log.first > 0 && log.first <= kept - 2);
  assert.equal(put(log, body), kept);
  log.release(log.next);
  assert.equal(log.bytes, 0);
  assert.equal(put(log, 'after'), kept + 1);
  assert.deepEqual(text(log), ['after']);
  log.close();
});

test('old segments go by age', () => {
  const log = new SegmentLog(folder(), LIMITS);
  for (let i = 0; i < 100; i += 1) log.append([Buffer.alloc(100)], i);
  const gone = log.releaseOlder(50);
  assert.ok(gone > 30 && gone <= 50, String(gone));
  assert.equal([...log.read(0)][0]!.index, gone);
  log.close();
});

test('a position survives an end between any two bytes of its file', () => {
  const path = join(root, 'position');
  const file = new PositionFile(path);
  assert.equal(file.value, 0);
  for (const value of [5, 900, 2 ** 40]) file.value = value;
  file.close();
  const whole = readFileSync(path);
  for (let cut = 0; cut < whole.length; cut += 1) {
    const torn = Buffer.from(whole);
    torn[cut]! ^= 0xff;
    writeFileSync(path, torn);
    const again = new PositionFile(path);
    assert.ok([900, 2 ** 40].includes(again.value), `byte ${cut}: ${again.value}`);
    again.close();
  }
  writeFileSync(path, 'garbage');
  const garbage = new PositionFile(path);
  assert.equal(garbage.value, 0);
  garbage.close();
});

test('a folder that cannot be written is a storage-failed', () => {
  writeFileSync(join(root, 'file'), '');
  assert.throws(() => new SegmentLog(join(root, 'file', 'below'), LIMITS), { code: 'storage-failed' });
});

/** Every call of fdatasync goes to this first. */
function onSync(t: TestContext, instead: (fd: number, real: () => void, fail: (error: Error) => void) => void): void {
  const { fdatasync } = fs;
  const mocked = t.mock.method(fs, 'fdatasync', (fd: number, done: fs.NoParamCallback) =>
    instead(fd, () => fdatasync(fd, done), done),
  );
  syncBuiltinESMExports();
  t.after(() => {
    mocked.mock.restore();
    syncBuiltinESMExports();
  });
}

test('when a sync resolves, all segments are on the disk, also those that were ended', async t => {
  const synced = new Set<string>();
  onSync(t, (fd, real) => {
    synced.add(basename(readlinkSync(`/proc/self/fd/${fd}`)));
    setTimeout(real, 5);
  });
  const directory = folder();
  const log = new SegmentLog(directory, LIMITS);
  for (let i = 0; i < 100; i += 1) put(log, `entry ${i}`);
  const all = segments(directory);
  assert.ok(all.length > 3);
  await log.sync();
  assert.deepEqual([...synced].sort(), all);
  log.close();
});

test('an ended segment that the disk does not take fails the next sync, and only that', async t => {
  let failing = true;
  onSync(t, (_, real, fail) => {
    if (failing) setImmediate(() => fail(new Error('the disk is gone')));
    else real();
  });
  const log = new SegmentLog(folder(), LIMITS);
  const body = 'x'.repeat(LIMITS.segment_bytes);
  put(log, body);
  put(log, body);
  failing = false;
  await assert.rejects(log.sync(), { code: 'storage-failed', message: /the disk is gone/ });
  await log.sync();
  log.close();
});

test('what is appended while one reads comes once, behind what was there', () => {
  const log = new SegmentLog(folder(), LIMITS);
  const written: string[] = [];
  const append = (): void => {
    written.push(`entry ${written.length}`);
    put(log, written.at(-1)!);
  };
  for (let i = 0; i < 5; i += 1) append();
  const given: string[] = [];
  for (const { body } of log.read(0)) {
    given.push(body.toString());
    if (written.length < 200) append();
  }
  assert.deepEqual(given, written);
  log.close();
});

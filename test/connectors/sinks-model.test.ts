/** The queue in front of a network against a link that fails at random, and processes that end at any moment. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { type Link, type LinkEvents, Permanent, RetryAfter } from '../../src/connectors/sinks/link.ts';
import { NetworkSink } from '../../src/connectors/sinks/network-sink.ts';
import { type Random, seeded } from '../support/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-sinks-model-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const spoolFolder = (): string => mkdtempSync(join(folder, 'spool-'));
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const isRefused = (sequence: number): boolean => sequence % 37 === 5;

/** The other side: takes what is sent in order, answers when it is told to. */
class FakeLink implements Link {
  readonly received: number[];
  readonly #random: Random;
  readonly #width: number;
  #events: LinkEvents | null = null;
  #sent: { readonly sequence: number; readonly done: (error: Error | null) => void }[] = [];
  window: number;

  constructor(received: number[], random: Random, width: number) {
    this.received = received;
    this.#random = random;
    this.#width = width;
    this.window = random.int(3) === 0 ? 0 : width;
  }

  attach(events: LinkEvents): Link {
    this.#events = events;
    return this;
  }
  send(body: Buffer, id: string, done: (error: Error | null) => void): void {
    assert.ok(this.#sent.length < this.window, 'no more than the window');
    assert.equal(id, `flow/${body.toString()}`);
    this.#sent.push({ sequence: Number(body), done });
  }
  async close(): Promise<void> {
    this.#sent = [];
    this.window = 0;
  }

  answer(most: number): void {
    let count = most;
    for (let one = this.#sent.shift(); one; one = --count > 0 ? this.#sent.shift() : undefined) {
      const { sequence, done } = one;
      if (isRefused(sequence)) done(new Permanent('no'));
      else {
        this.received.push(sequence);
        done(null);
      }
    }
  }
  /** Not now; whatever is behind it is taken all the same. */
  delay(): void {
    this.#sent.shift()?.done(this.#random.chance(0.5) ? new RetryAfter('later', 50) : new Error('later'));
  }
  lose(): void {
    if (this.window === 0) {
      this.#events!.onProblem(new Error('no answer'));
      return;
    }
    // Some have arrived, and their acknowledgements have not.
    const arrived = this.#sent.slice(0, this.#random.int(this.#sent.length + 1));
    for (const { sequence } of arrived) if (!isRefused(sequence)) this.received.push(sequence);
    this.#sent = [];
    this.window = 0;
    this.#events!.onLost(new Error('lost'));
  }
  connect(): void {
    if (this.window > 0) return;
    this.window = this.#width;
    this.#events!.onReady();
  }
}

interface Run {
  readonly sink: NetworkSink;
  readonly link: FakeLink;
}

class Model {
  readonly received: number[] = [];
  readonly failed = new Set<number>();
  readonly random: Random;
  readonly #t: TestContext;
  readonly #props: Record<string, unknown>;
  readonly #width: number;
  spool: string | null;
  next = 0;
  #openedAt = 0;

  constructor(t: TestContext, seed: number, spool: string | null, width: number, props: Record<string, unknown> = {}) {
    this.#t = t;
    this.random = seeded(seed);
    this.spool = spool;
    this.#width = width;
    this.#props = props;
  }

  open(): Run {
    this.#openedAt = this.next;
    const link = new FakeLink(this.received, this.random, this.#width);
    const events = {
      onDrain: () => undefined,
      onProblem: () => undefined,
      onFailed: (_error: Error, _body: Uint8Array, sequence: number) => void this.failed.add(sequence),
    };
    const setup = { node: 'sink', id_prefix: 'flow', spool: this.spool, props: this.#props, directory: folder, events };
    const codes = { failed: 'http-failed', refused: 'http-failed' } as const;
    return { link, sink: new NetworkSink(codes, 'here', setup, own => link.attach(own)) };
  }

  /** One thing that happens. */
  async step({ sink, link }: Run, delays: boolean): Promise<void> {
    const { random } = this;
    const settled = sink.settled;
    const what = random.int(20);
    if (what < 8)
      for (let i = random.int(100); i > 0 && sink.write(Buffer.from(String(this.next)), this.next); i -= 1)
        this.next += 1;
    else if (what < 13) link.answer(random.int(200));
    else if (what === 13 && random.chance(0.5)) link.lose();
    else if (what === 14) link.connect();
    else if (what === 15 && delays) link.delay();
    else if (what < 18) this.#t.mock.timers.tick(random.int(300));
    else await new Promise(resolve => setImmediate(resolve));
    assert.ok(sink.settled >= settled && sink.settled <= this.next, `${sink.settled} after ${settled} of ${this.next}`);
  }

  /** As if the process had ended now: only its files are left. The flow goes on with what is not settled. */
  crash({ sink }: Run): void {
    const { settled } = sink;
    const files = spoolFolder();
    cpSync(this.spool!, files, { recursive: true });
    this.spool = files;
    // A sink that has not been written to knows of nothing.
    this.next = Math.max(this.#openedAt, settled);
  }

  async finish({ sink, link }: Run): Promise<void> {
    for (let i = 0; sink.state.pending + sink.state.spooled > 0; i += 1) {
      assert.ok(i < 100_000, `stuck with ${JSON.stringify(sink.state)}`);
      link.connect();
      link.answer(200);
      this.#t.mock.timers.tick(1_000);
      await new Promise(resolve => setImmediate(resolve));
    }
    await sink.flush();
    assert.ok(sink.settled === this.next || sink.settled === 0);
    await sink.close();
  }

  check(where: string, firstInOrder: boolean): void {
    const all = Array.from({ length: this.next }, (_, sequence) => sequence);
    const taken = all.filter(sequence => !isRefused(sequence));
    // After any trouble all from there on comes again: what came last of each is always in order.
    const last = [...new Set([...this.received].reverse())].reverse();
    assert.deepEqual(last, taken, where);
    if (firstInOrder) assert.deepEqual([...new Set(this.received)], taken, where);
    assert.deepEqual(
      [...this.failed].sort((a, b) => a - b),
      all.filter(isRefused),
      where,
    );
  }
}

for (const [name, width, delays] of [
  ['one at a time', 1, true],
  ['many in flight', 64, false],
  ['many in flight, some put off', 64, true],
] as const)
  test(`${name}: at least once, in order, settled never too early`, async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    for (let round = 0; round < 40; round += 1) {
      const seed = SEED * 1_000 + round;
      const model = new Model(t, seed, round % 3 === 0 ? null : spoolFolder(), width);
      let run = model.open();
      for (let i = 0; i < 400; i += 1) {
        await model.step(run, delays);
        if (model.spool === null || model.random.int(80) > 0) continue;
        const was = run;
        if (model.random.chance(0.5)) model.crash(was);
        const closed = was.sink.close();
        for (let wait = 0; wait < 4; wait += 1) {
          t.mock.timers.tick(1_000);
          await new Promise(resolve => setImmediate(resolve));
        }
        await closed;
        run = model.open();
      }
      await model.finish(run);
      model.check(`FUZZ_SEED=${SEED}, round ${round}`, width === 1 || !delays);
    }
  });

test('a store that drops the oldest: what is left arrives in order, and all are accounted for', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (let round = 0; round < 30; round += 1) {
    const props = { store_bytes: 6_000 + 2_000 * (round % 5), store_full: 'drop_oldest' };
    const model = new Model(t, SEED * 2_000 + round, spoolFolder(), 64, props);
    const run = model.open();
    for (let i = 0; i < 600; i += 1) await model.step(run, false);
    await model.finish(run);
    const came = new Set(model.received);
    const order = [...came];
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
      `round ${round}`,
    );
    const missing = Array.from({ length: model.next }, (_, i) => i).filter(i => !came.has(i) && !model.failed.has(i));
    assert.ok(missing.length <= run.sink.state.dropped, `${missing.length} missing, ${run.sink.state.dropped} dropped`);
  }
});

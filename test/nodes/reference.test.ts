/** window and agg against plain TypeScript, on seeded random input. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTagBatch, encodeTagUpdate, readMessage } from '#abi';
import { builtIns } from '../support/flows.ts';
import { benchOf } from '../support/node-bench.ts';
import { seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const library = builtIns();
const START = 1_770_000_000_000_000;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const squares = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
/** Linear between the two values around the place. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}
const FUNCTIONS: Record<string, (values: readonly number[]) => number> = {
  count: values => values.length,
  sum: values => values.reduce((a, b) => a + b, 0),
  mean,
  min: values => Math.min(...values),
  max: values => Math.max(...values),
  first: values => values[0]!,
  last: values => values.at(-1)!,
  stddev: values => Math.sqrt(squares(values) / values.length),
  stddev_sample: values => Math.sqrt(squares(values) / (values.length - 1)),
  range: values => Math.max(...values) - Math.min(...values),
  median: values => quantile(values, 0.5),
  p95: values => quantile(values, 0.95),
};

for (const [name, reference] of Object.entries(FUNCTIONS)) {
  test(`agg ${name} agrees with a plain reference (FUZZ_SEED=${SEED})`, async () => {
    const random = seeded(SEED);
    const bench = (await benchOf(library.byType('agg')!, { function: name }, 'fused'))();
    for (let round = 0; round < 100; round += 1) {
      const values = Array.from({ length: 1 + random.int(60) }, () => (random.int(2_000_000) - 1_000_000) / 128);
      const updates = values.map((value, i) =>
        encodeTagUpdate({ tag: 'a', timestamp: START + i, value: { kind: 'double', value } }),
      );
      const [outcome] = bench.give('in', encodeTagBatch(updates), 1);
      assert.ok(outcome && 'body' in outcome);
      const read = readMessage(outcome.body);
      assert.ok('update' in read && read.update.value?.kind === 'double');
      const [found, expected] = [read.update.value.value, reference(values)];
      assert.ok(
        Object.is(found, expected) || Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
        `${name} of ${values.length} values: ${found}, expected ${expected}`,
      );
    }
  });
}

interface Held {
  readonly time: number;
  readonly value: number;
}
interface WindowProps {
  readonly size: number;
  readonly hop: number;
  readonly lateness: number;
}

/** Tumbling and hopping windows of one tag, the slow and plain way: windows are kept one by one. */
class ReferenceWindows {
  readonly #props: WindowProps;
  readonly #open = new Map<number, Held[]>();
  #newest = 0;
  #closed = Number.NEGATIVE_INFINITY;

  constructor(props: WindowProps) {
    this.#props = props;
  }

  take(held: Held): string[] {
    const { size, hop, lateness } = this.#props;
    const ends: number[] = [];
    for (let start = Math.floor(held.time / hop) * hop; start > held.time - size; start -= hop) ends.push(start + size);
    const passed = Math.max(this.#closed, this.#newest - lateness);
    if (Math.max(...ends) <= passed) return [`late ${held.value}`];
    // A window that has closed does not open again.
    for (const end of ends) if (end > this.#closed) this.#open.set(end, [...(this.#open.get(end) ?? []), held]);
    this.#newest = Math.max(this.#newest, held.time);
    const due = [...this.#open.keys()].filter(end => end <= this.#newest - lateness).sort((a, b) => a - b);
    return due.map(end => {
      const members = this.#open.get(end)!.toSorted((a, b) => a.time - b.time);
      this.#open.delete(end);
      this.#closed = end;
      return `out ${members.map(one => one.value).join()}`;
    });
  }
}

for (const [size_ms, hop_ms] of [
  [100, 100],
  [100, 50],
  [90, 40],
  [100, 1],
]) {
  for (const lateness_ms of [0, 35, 200]) {
    test(`windows of ${size_ms} ms every ${hop_ms} ms, ${lateness_ms} ms late, agree with a plain reference (FUZZ_SEED=${SEED})`, async () => {
      const random = seeded(SEED);
      const kind = hop_ms === size_ms ? 'tumbling' : 'hopping';
      const props = { kind, size_ms, hop_ms, lateness_ms };
      const bench = (await benchOf(library.byType('window')!, props, 'fused'))();
      const reference = new ReferenceWindows({
        size: size_ms! * 1_000,
        hop: hop_ms! * 1_000,
        lateness: lateness_ms * 1_000,
      });
      let time = START;
      for (let value = 0; value < 400; value += 1) {
        time += random.int(40) * 1_000;
        const when = time - (random.chance(0.3) ? random.int(300) * 1_000 : 0);
        const message = encodeTagUpdate({ tag: 'a', timestamp: when, value: { kind: 'int32', value } });
        const found = bench.give('in', message, 1).map(outcome => {
          assert.ok('body' in outcome);
          const read = readMessage(outcome.body);
          assert.ok('kind' in read);
          const updates = read.kind === 'batch' ? read.updates : [read.update];
          return `${outcome.port} ${updates.map(update => update.value!.value).join()}`;
        });
        assert.deepEqual(found, reference.take({ time: when, value }), `value ${value} at ${when - START}`);
      }
    });
  }
}

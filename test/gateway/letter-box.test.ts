/** A node that returns an error for every record: so many letters a second are kept, all are counted. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EGRESS_KIND, ENTRY } from '#abi';
import { GatewayError } from '#diagnostic';
import type { EgressRecord, FaultRecord, FlowArtifact } from '#engine';
import { DeadLetters, readDropped } from '#gateway';
import { LetterBox } from '../../src/gateway/letter-box.ts';
import { counter, lineArtifact } from '../support/line.ts';
import { chain, INPUT, OUTPUT, Place, VICTIM } from '../support/process.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-letters-'));
after(() => rmSync(root, { recursive: true, force: true }));
const artifact = await lineArtifact(counter());
const [FIRST, VICTIM_INDEX] = [0, 1];

/** Keeps three errors a second of each node; time stands still but for `later`. */
class Box {
  readonly letters: DeadLetters;
  readonly problems: GatewayError[] = [];
  readonly box: LetterBox;
  #now_ms = 0;
  #sequence = 0;

  constructor(directory: string | null = null) {
    this.letters = new DeadLetters(directory);
    const problem = (error: GatewayError): unknown => this.problems.push(error);
    this.box = new LetterBox(
      this.letters,
      3,
      () => undefined,
      problem,
      () => this.#now_ms,
    );
  }

  later(ms: number): void {
    this.#now_ms += ms;
  }

  #take(record: Partial<EgressRecord>): void {
    this.#sequence += 1;
    this.box.take({ sequence: this.#sequence, record: 1, ...record } as EgressRecord, artifact as FlowArtifact);
  }

  errors(node: number, count: number): void {
    const body = Buffer.concat([Buffer.from([3, 0, 0, 0]), Buffer.from('bad'), Buffer.from('message')]);
    for (let i = 0; i < count; i += 1) this.#take({ kind: EGRESS_KIND.dead_letter, node, detail: 0, body });
  }

  fault(record: number): void {
    const fault = { record: String(record), entry: ENTRY.record, node: 'victim', call: 'handle', reason: 'trap' };
    this.box.fault(fault as FaultRecord, artifact.plan);
    this.box.recovered(['first', 'victim'], artifact.plan);
    this.#take({ kind: EGRESS_KIND.fault, record, detail: ENTRY.record, body: Buffer.from('whole') });
  }

  get counts(): [kept: number, dropped: number] {
    const { kept, dropped } = this.letters.stats;
    return [kept, dropped];
  }
}

test('above the rate errors of a node are counted, below it all are kept, again in the next second', () => {
  const box = new Box();
  box.errors(VICTIM_INDEX, 10);
  assert.deepEqual(box.counts, [3, 7]);
  box.errors(FIRST, 3);
  assert.deepEqual(box.counts, [6, 7], 'another node has a rate of its own');
  assert.deepEqual(
    box.problems.map(error => error.message),
    [new GatewayError('letters-dropped', 'victim', 'more than 3 in a second; the rest is counted').message],
  );
  box.later(999);
  box.errors(VICTIM_INDEX, 1);
  assert.deepEqual(box.counts, [6, 8]);
  box.later(1);
  box.errors(VICTIM_INDEX, 4);
  assert.deepEqual(box.counts, [9, 9]);
  assert.equal(box.problems.length, 2);
});

test('faults, failed outputs, and what was retried are kept at any rate', () => {
  const box = new Box();
  box.errors(VICTIM_INDEX, 4);
  for (let i = 0; i < 5; i += 1) {
    box.fault(10 + i);
    box.box.output('last', 'file', new GatewayError('http-failed', 'x'), Buffer.from('out'), 100 + i);
  }
  assert.deepEqual(box.counts, [13, 1]);
  for (let i = 0; i < 2; i += 1) box.box.retried();
  box.errors(VICTIM_INDEX, 3);
  assert.deepEqual(box.counts, [15, 2]);
});

test('how many were dropped is known after a restart, and to dlq ls', async () => {
  const at = new Place(mkdtempSync(join(root, 'flow-')), chain(INPUT, VICTIM, OUTPUT));
  const directory = join(at.state, 'dead-letters');
  assert.equal(readDropped(directory), 0);
  for (const total of [1_497, 2_994]) {
    const box = new Box(directory);
    box.errors(VICTIM_INDEX, 1_500);
    box.letters.close();
    assert.equal(readDropped(directory), total);
  }
  const { out } = await at.command('dlq', 'ls', '--state', at.state);
  assert.match(out, /bad\n2,994 dropped: /);
});

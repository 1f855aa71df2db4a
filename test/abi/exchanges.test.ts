/**
 * src/abi/vectors/board.json and exchanges.json: where everything stands in shared memory, and what an engine makes of given
 * ingress bytes. BLESS=1 writes what the fused module does; the unfused engine must do the same.
 */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  BOARD,
  BOARD_COUNTERS,
  BOARD_MAGIC,
  BOARD_U64,
  BOARD_VERSION,
  boardLayout,
  COMMAND,
  EGRESS_HEADER,
  EGRESS_KIND,
  FLOW_STATE,
  FRAMING,
  INGRESS_HEADER,
  NODE_COUNTERS,
  PORT_COUNTERS,
  WIRE_COUNTERS,
} from '#abi';
import type { Engine } from '#engine';
import type { FlowDocument } from '#flow';
import { bothEngines, builtIns } from '../support/flows.ts';

const VECTORS = join(import.meta.dirname, '../../src/abi/vectors');
const load = (name: string): never => JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as never;
const save = (name: string, content: unknown): void =>
  writeFileSync(join(VECTORS, name), `${JSON.stringify(content, null, 1)}\n`);
const BLESS = process.env['BLESS'] === '1';

const LAYOUTS = [
  { nodes: 1, ports: 0, wires: 0 },
  { nodes: 3, ports: 3, wires: 2 },
  { nodes: 1024, ports: 4096, wires: 4096 },
];

test('everything on the board and in the rings has its place', () => {
  const places = {
    magic: BOARD_MAGIC,
    version: BOARD_VERSION,
    words: BOARD,
    counters: BOARD_U64,
    command: COMMAND,
    state: FLOW_STATE,
    node: NODE_COUNTERS,
    port: PORT_COUNTERS,
    wire: WIRE_COUNTERS,
    layouts: LAYOUTS.map(counts => ({ counts, at: boardLayout(counts) })),
    ingress: { header: INGRESS_HEADER, framing: FRAMING },
    egress: { header: EGRESS_HEADER, kind: EGRESS_KIND },
  };
  if (BLESS) save('board.json', places);
  assert.deepEqual(JSON.parse(JSON.stringify(places)), load('board.json'));
});

test('words and counters do not overlap and stand where the layout is wide enough for them', () => {
  const spans = [
    ...Object.values(BOARD).map(at => ({ at, end: at + 4 })),
    ...Object.values(BOARD_U64).map(at => ({ at, end: at + 8 })),
    { at: BOARD_COUNTERS, end: BOARD_COUNTERS + 4 },
  ].sort((a, b) => a.at - b.at);
  for (const [index, span] of spans.entries()) {
    assert.ok(span.at >= (spans[index - 1]?.end ?? 0), `byte ${span.at}`);
    assert.equal(span.at % (span.end - span.at > 4 ? 8 : 4), 0, `byte ${span.at}`);
  }
});

interface Exchange {
  readonly name: string;
  /** Of the ring from its start; the host's head is its end. */
  readonly ingress: string;
  egress?: string;
  /** Words and counters of the board, by name, as far as they are not 0. */
  board?: Record<string, number>;
}

const WORDS = ['ingress_tail', 'egress_head', 'block_open', 'egress_full'] as const;

/** A fresh engine, the bytes, everything it says afterwards. */
function exchange(engine: Engine, ingress: Uint8Array): Omit<Exchange, 'name' | 'ingress'> {
  const [words, longs] = [new Int32Array(engine.board), new BigUint64Array(engine.board)];
  assert.equal(engine.configure(1n), 0);
  assert.deepEqual([words[BOARD.magic / 4], words[BOARD.version / 4]], [BOARD_MAGIC, BOARD_VERSION]);
  new Uint8Array(engine.ingress).set(ingress);
  words[BOARD.ingress_head / 4] = ingress.length;
  for (let calls = 0; engine.run(1) > 0; calls += 1) assert.ok(calls < 100, 'run comes to an end');
  const present = (entries: [string, number][]): Record<string, number> =>
    Object.fromEntries(entries.filter(([, value]) => value !== 0));
  const counters = Object.entries(BOARD_U64).map(([name, at]): [string, number] => [name, Number(longs[at / 8])]);
  return {
    egress: Buffer.from(new Uint8Array(engine.egress, 0, words[BOARD.egress_head / 4])).toString('hex'),
    board: present([...WORDS.map((name): [string, number] => [name, words[BOARD[name] / 4]!]), ...counters]),
  };
}

const exchanges = load('exchanges.json') as { flow: FlowDocument; exchanges: Exchange[] };
for (const vector of exchanges.exchanges) {
  test(`exchange: ${vector.name}`, async () => {
    const { fused, unfused } = await bothEngines(exchanges.flow, builtIns(), 'arrival', 1);
    const ingress = Buffer.from(vector.ingress, 'hex');
    const done = exchange(fused, ingress);
    if (BLESS) {
      Object.assign(vector, done);
      save('exchanges.json', exchanges);
    }
    const { name, ingress: _, ...expected } = vector;
    assert.deepEqual(done, expected, `${name}, fused`);
    assert.deepEqual(exchange(unfused, ingress), expected, `${name}, unfused`);
    assert.equal(expected.board?.['ingress_tail'], ingress.length, 'all was read');
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOARD_U64, EGRESS_KIND, FRAMING, TRACE_ALL } from '#abi';
import { EgressReader, type Engine, faultOf, IngressWriter } from '#engine';
import { bothEngines, builtIns } from '../support/flows.ts';
import { frames, randomFlow, randomMessage } from '../support/generate.ts';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const FLOWS = Number(process.env['FUZZ_FLOWS'] ?? 25);
const RING_BYTES = 4 * 1024 * 1024;
/** Behind this the board holds counters only. */
const COUNTERS_FROM = BOARD_U64.records / 8;

interface Block {
  readonly span: Uint8Array;
  readonly framing: number;
  readonly driver: number;
  readonly now: number;
  readonly trace: number;
}

interface Outcome {
  readonly egress: string[];
  /** Trace records among them. */
  readonly hops: number;
  readonly board: bigint[];
  readonly states: (string | null)[];
}

/** Feeds the same input to an engine and writes down everything it did. */
function play(engine: Engine, blocks: readonly Block[], nodes: number): Outcome {
  const writer = new IngressWriter(engine.ingress, engine.board, RING_BYTES);
  const reader = new EgressReader(engine.egress, engine.board, RING_BYTES);
  const egress: string[] = [];
  let hops = 0;
  const drain = (): void => {
    reader.drain(record => {
      if (record.kind === EGRESS_KIND.trace) hops += 1;
      egress.push(
        [
          record.kind,
          record.detail,
          record.node,
          record.record,
          record.now_us,
          record.timestamp_us,
          Buffer.from(record.body).toString('base64'),
        ].join(),
      );
      return true;
    });
  };
  assert.equal(engine.configure(1n), 0);
  for (const block of blocks) {
    assert.ok(writer.write(block.span, block.framing, block.driver, block.now, block.trace));
    while (engine.run(7) > 0) drain();
    if (block.framing === FRAMING.message) engine.tick(BigInt(block.now + 1));
    drain();
  }
  const states = Array.from({ length: nodes }, (_, node) => {
    const state = engine.save(node);
    if (state) assert.ok(engine.load(node, state), 'a node takes its own state back');
    return state ? Buffer.from(state).toString('hex') : null;
  });
  return { egress, hops, board: [...new BigUint64Array(engine.board)].slice(COUNTERS_FROM), states };
}

function input(random: Random): Block[] {
  const clock = { now: 1_770_000_000_000_000, seq: 0 };
  return Array.from({ length: 60 }, () => {
    const messages = Array.from({ length: 1 + random.int(12) }, () => randomMessage(random, clock));
    const driver = random.int(3);
    const trace = random.pick([0, 0, 1, 3, TRACE_ALL]);
    if (random.chance(0.3)) return { span: messages[0]!, framing: FRAMING.message, driver, now: clock.now, trace };
    const span = frames(messages);
    // Now and then a block that ends in the middle of a frame.
    return {
      span: random.chance(0.05) ? span.subarray(0, random.int(span.length)) : span,
      framing: FRAMING.sp_tcp,
      driver,
      now: clock.now,
      trace,
    };
  });
}

const library = builtIns();
for (let i = 0; i < FLOWS; i += 1) {
  const seed = SEED + i;
  test(`fused and unfused agree on a random flow (FUZZ_SEED=${seed} FUZZ_FLOWS=1)`, async () => {
    const random = seeded(seed);
    const document = randomFlow(random);
    const blocks = input(random);
    const engines = await bothEngines(document, library, random.pick(['arrival', 'event']), random.pick([0, 3]));
    const unfused = play(engines.unfused, blocks, document.nodes.length);
    const fused = play(engines.fused, blocks, document.nodes.length);
    assert.deepEqual(fused.egress, unfused.egress);
    assert.deepEqual(fused.states, unfused.states);
    assert.deepEqual(fused.board, unfused.board);
    assert.ok(fused.board[0]! > 50n, 'records were handled');
    assert.ok(fused.hops > 50, 'records were traced');
  });
}

test('running out of fuel in configure faults alike in both and names the node', async () => {
  const document = {
    ...randomFlow(seeded(1)),
    nodes: [
      { id: 'in', node_type: 'tag_input', props: {} },
      { id: 'out', node_type: 'file_sink', props: { path: 'x' } },
    ],
    wires: [{ source_node: 'in', source_port: 'out', target_node: 'out', target_port: 'in' }],
    limits: { fuel: 300 },
  };
  const engines = await bothEngines(document, library, 'arrival');
  const reports = [engines.fused, engines.unfused].map(engine => {
    const plan = {
      nodes: [
        { id: 'in', node_type: 'tag_input' },
        { id: 'out', node_type: 'file_sink' },
      ],
    } as never;
    let configured: unknown = null;
    try {
      engine.configure(1n);
    } catch (error) {
      configured = faultOf(engine.board, plan, error);
    }
    return configured;
  });
  assert.ok(reports[0], 'so little fuel does not configure a node');
  assert.deepEqual(reports[0], reports[1]);
});

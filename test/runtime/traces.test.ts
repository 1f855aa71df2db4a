/** Traces: every hop of a traced record, in order, and nothing else changed by it. */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  BOARD,
  EGRESS_KIND,
  ENTRY,
  encodeTagBatch,
  encodeTagUpdate,
  FRAMING,
  readHop,
  TRACE_ALL,
  TRACE_LIMITS,
} from '#abi';
import { EgressReader, type EgressRecord, type Engine, faultOf, fusedEngine, IngressWriter } from '#engine';
import { type FlowInput, fuse, unfuse } from '#fusion';
import { unfusedEngine } from '#runtime';
import { frames } from '../support/generate.ts';
import { PASS, watNode } from '../support/nodes.ts';

const RING_BYTES = 4 * 1024 * 1024;
const LONG = 600;
const flatNode = (id: string, inputs: string[], outputs: string[], kind: { source?: string; sink?: string } = {}) => ({
  id,
  node_type: id,
  hash: id,
  props: {},
  inputs,
  outputs,
  source: kind.source ?? null,
  sink: kind.sink ?? null,
});
const wire = (source_node: string, source_port: string, target_node: string) => ({
  source_node,
  source_port,
  target_node,
  target_port: 'in',
});

/**
 * in → split, which sends what it gets out of `a` (twice wired, to `first` and `picky`) and one byte out of `b` (wired to
 * nothing); `picky` refuses all; `first` is a sink. By the first byte of the tag: `m` split sends 300 times, `l` a long
 * message, `t` traps after it has sent.
 */
const NODES: Record<string, Uint8Array> = {
  in: watNode({ handle: PASS }),
  split: watNode({
    handle: `(local $i i32) (local $tag i32)
      (local.set $tag (i32.load8_u (i32.add (local.get $ptr) (i32.const 2))))
      (if (i32.eq (local.get $tag) (i32.const 108))
        (then (call $emit (i32.const 0) (i32.const 0) (i32.const ${LONG})))
        (else (call $emit (i32.const 0) (local.get $ptr) (local.get $len))))
      (if (i32.eq (local.get $tag) (i32.const 109)) (then
        (loop $more
          (call $emit (i32.const 1) (local.get $ptr) (i32.const 1))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $i) (i32.const 299))))))
      (call $emit (i32.const 1) (local.get $ptr) (i32.const 1))
      (if (i32.eq (local.get $tag) (i32.const 116)) (then unreachable))`,
    parts: `(func (export "fusewire:node/node@1.0.0#tick") (call $emit (i32.const 1) (i32.const 0) (i32.const 3)))`,
  }),
  first: watNode({ handle: PASS }),
  // The result's tag at 32 says error, its reason is at 48.
  picky: watNode({
    handle: `(return (i32.const 32))`,
    parts: `(data (i32.const 32) "\\01\\00\\00\\00\\30\\00\\00\\00\\04\\00\\00\\00") (data (i32.const 48) "nope")`,
  }),
};
const FLOW: FlowInput = {
  name: 'traced',
  nodes: [
    flatNode('in', [], ['out'], { source: 'tag' }),
    flatNode('split', ['in'], ['a', 'b']),
    flatNode('first', ['in'], [], { sink: 'file' }),
    flatNode('picky', ['in'], ['out']),
  ],
  wires: [wire('in', 'out', 'split'), wire('split', 'a', 'first'), wire('split', 'a', 'picky')],
};

async function enginesOf(flow: FlowInput): Promise<Record<string, () => Engine>> {
  const bytes = (hash: string): Uint8Array => NODES[hash]!;
  const fused = await fuse(flow, '{}', bytes);
  const unfused = unfuse(flow, bytes);
  assert.ok(fused.ok && unfused.ok);
  const module = new WebAssembly.Module(fused.wasm as BufferSource);
  const modules = unfused.unfused.map(one => new WebAssembly.Module(one as BufferSource));
  return { fused: () => fusedEngine(fused.plan, module), unfused: () => unfusedEngine(unfused.plan, modules) };
}
let engines: Record<string, () => Engine> = {};
before(async () => {
  engines = await enginesOf(FLOW);
});

const update = (tag: string): Uint8Array => encodeTagUpdate({ tag, timestamp: 1 });
const NAMES = ['in', 'split', 'first', 'picky'];
const show = (record: EgressRecord): string => {
  const { kind, node, detail, body } = record;
  if (kind !== EGRESS_KIND.trace) return Object.keys(EGRESS_KIND)[kind]!;
  const hop = readHop(record);
  if (hop.kind === 'end') return `end ${hop.more}`;
  if (hop.kind === 'in') return `in ${Object.keys(ENTRY)[hop.entry]} ${hop.bytes}`;
  assert.equal(hop.body.length, Math.min(hop.bytes, TRACE_LIMITS.hop_bytes));
  assert.equal(body.length, hop.body.length + 4);
  assert.ok(hop.port === (detail & 0x7f));
  return `${NAMES[node]} ${hop.kind} ${hop.port} ${hop.kind === 'refused' ? Buffer.from(hop.body).toString() : hop.bytes}`;
};

/** Feeds blocks to a fresh engine. @returns what it put out, as text. */
function play(
  make: () => Engine,
  blocks: readonly { span: Uint8Array; framing?: number; trace: number }[],
): { out: string[]; all: EgressRecord[]; engine: Engine } {
  const engine = make();
  assert.equal(engine.configure(1n), 0);
  const all: EgressRecord[] = [];
  for (const { span, framing = FRAMING.sp_tcp, trace } of blocks) {
    const writer = new IngressWriter(engine.ingress, engine.board, RING_BYTES);
    assert.ok(writer.write(span, framing, 0, 5, trace));
    while (engine.run(3) > 0);
  }
  new EgressReader(engine.egress, engine.board, RING_BYTES).drain(
    one => all.push({ ...one, body: one.body.slice() }) > 0,
  );
  return { out: all.map(show), all, engine };
}

const WAY = (bytes: number): string[] => [
  `in record ${bytes}`,
  `in emitted 0 ${bytes}`,
  `split emitted 0 ${bytes}`,
  `first emitted 0 ${bytes}`,
  'output',
  'picky refused 0 nope',
  'dead_letter',
  'split emitted 1 1',
  'end 0',
];
const PLAIN = ['output', 'dead_letter'];

for (const kind of ['fused', 'unfused']) {
  test(`${kind}: the way of a record, hop by hop, depth first; ports wired to nothing and refusals too`, () => {
    const message = update('a');
    const { out, all } = play(engines[kind]!, [{ span: frames([message]), trace: 1 }]);
    assert.deepEqual(out, WAY(message.length));
    for (const one of all) assert.deepEqual([one.record, one.now_us, one.timestamp_us], [1, 5, 1]);
    for (const index of [0, 1, 2, 3]) {
      const hop = readHop(all[index]!);
      assert.ok(hop.kind !== 'end');
      assert.deepEqual(Buffer.from(hop.body), Buffer.from(message));
    }
  });

  test(`${kind}: the first records of a block are traced, as many as it says; what is malformed does not count`, () => {
    const message = update('a');
    const five = frames([message, Buffer.of(1), message, message, message]);
    const way = WAY(message.length);
    const cases: [number, string[]][] = [
      [0, [PLAIN, ['malformed'], PLAIN, PLAIN, PLAIN].flat()],
      [1, [way, ['malformed'], PLAIN, PLAIN, PLAIN].flat()],
      [2, [way, ['malformed'], way, PLAIN, PLAIN].flat()],
      [9, [way, ['malformed'], way, way, way].flat()],
      [TRACE_ALL, [way, ['malformed'], way, way, way].flat()],
    ];
    for (const [trace, expected] of cases)
      assert.deepEqual(play(engines[kind]!, [{ span: five, trace }]).out, expected, `trace ${trace}`);
    const batch = { span: encodeTagBatch([message, message]), framing: FRAMING.message, trace: 1 };
    // What one block leaves over is not the next one's.
    assert.deepEqual(
      play(engines[kind]!, [
        { ...batch, trace: 9 },
        { ...batch, trace: 0 },
      ]).out,
      [...way, ...way, ...PLAIN, ...PLAIN],
    );
  });

  test(`${kind}: ticks and messages for one node are traced where their block says so`, () => {
    const tick = { span: new Uint8Array(), framing: FRAMING.tick };
    const message = update('a');
    const direct = { span: Buffer.concat([Buffer.of(2, 0, 0, 0), message]), framing: FRAMING.direct };
    const { out } = play(engines[kind]!, [
      { ...tick, trace: 0 },
      { ...tick, trace: 1 },
      { ...direct, trace: 0 },
      { ...direct, trace: 1 },
    ]);
    const bytes = message.length;
    assert.deepEqual(out, [
      ...['in tick 0', 'split emitted 1 3', 'end 0'],
      'output',
      ...[`in direct ${bytes + 4}`, `first emitted 0 ${bytes}`, 'output', 'end 0'],
    ]);
  });

  test(`${kind}: long messages are cut, and there is a limit of hops; both are told`, () => {
    const long = play(engines[kind]!, [{ span: frames([update('l')]), trace: 1 }]);
    assert.ok(long.out.includes(`first emitted 0 ${LONG}`));
    const many = play(engines[kind]!, [{ span: frames([update('m')]), trace: 1 }]);
    assert.equal(many.out.filter(one => / (record|emitted|refused) /.test(one)).length, TRACE_LIMITS.hops);
    // In, in's, split's first, first's, picky's refusal, 300 of split.
    assert.equal(many.out.at(-1), `end ${305 - TRACE_LIMITS.hops}`);
  });

  test(`${kind}: of a record that faults nothing is told but to who looks for it`, () => {
    const engine = engines[kind]!();
    engine.configure(1n);
    const message = update('t');
    new IngressWriter(engine.ingress, engine.board, RING_BYTES).write(frames([message]), FRAMING.sp_tcp, 0, 5, 1);
    assert.throws(() => engine.run(1), /unreachable/);
    const reader = new EgressReader(engine.egress, engine.board, RING_BYTES);
    assert.equal(
      reader.drain(() => true),
      0,
    );
    const out: string[] = [];
    reader.unpublished(record => out.push(show(record)));
    assert.deepEqual(out, WAY(message.length).slice(0, -1));
  });

  test(`${kind}: hops do not fit a full ring, and nothing that was not read is written over`, () => {
    const engine = engines[kind]!();
    engine.configure(1n);
    const words = new Int32Array(engine.board);
    const writer = new IngressWriter(engine.ingress, engine.board, RING_BYTES);
    const reader = new EgressReader(engine.egress, engine.board, RING_BYTES);
    let [ends, full, written] = [0, 0, 0];
    for (let round = 0; round < 400; round += 1) {
      if (writer.write(frames([update('m'), update('l')]), FRAMING.sp_tcp, 0, 5, TRACE_ALL)) written += 2;
      while (engine.run(1) > 0) assert.ok(reader.fill <= RING_BYTES);
      if (words[BOARD.egress_full / 4] !== 1) continue;
      full += 1;
      let last = 0;
      reader.drain(record => {
        assert.ok(record.record >= last, 'what was written over is not read as something else');
        last = record.record;
        if (show(record).startsWith('end')) ends += 1;
        return true;
      });
    }
    while (engine.run(9) > 0);
    reader.drain(record => {
      if (show(record).startsWith('end')) ends += 1;
      return true;
    });
    assert.ok(full > 1, 'the ring was full');
    assert.equal(ends, written);
  });
}

for (const [name, limits, tag, reason] of [
  ['emits', { emits: 304 }, 'm', 'emit_limit'],
  ['egress_bytes', { egress_bytes: 112 }, 'wider', 'egress_limit'],
] as const)
  test(`the limit ${name} is the same for a traced record: what it allows and what it does not`, async () => {
    const key = name as keyof typeof limits;
    const outcomes = async (limit: number): Promise<string[]> => {
      const made = await enginesOf({ ...FLOW, limits: { [key]: limit } });
      return Object.values(made).flatMap(make =>
        [0, TRACE_ALL].map(trace => {
          const engine = make();
          engine.configure(1n);
          const writer = new IngressWriter(engine.ingress, engine.board, RING_BYTES);
          writer.write(frames([update(tag)]), FRAMING.sp_tcp, 0, 5, trace);
          try {
            engine.run(1);
            return 'passes';
          } catch (error) {
            return faultOf(engine.board, { nodes: NAMES.map(id => ({ id, node_type: id })) } as never, error).reason;
          }
        }),
      );
    };
    const most = (limits as Record<string, number>)[key]!;
    const found = new Map<number, string[]>();
    for (let limit = most - 4; limit <= most + 4; limit += 1) found.set(limit, await outcomes(limit));
    const seen = [...found.values()].map(all => {
      assert.equal(new Set(all).size, 1, JSON.stringify([...found]));
      return all[0];
    });
    assert.deepEqual([seen[0], seen.at(-1)], [reason, 'passes']);
  });

import { encodeTagBatch, encodeTagUpdate, type TagValue } from '#abi';
import type { FlowDocument } from '#flow';
import type { Random } from './random.ts';

type Props = Record<string, unknown>;
const OPS = ['==', '!=', '<', '<=', '>', '>='];
const condition = (random: Random): Props =>
  random.pick<() => Props>([
    () => ({ field: 'value', op: random.pick(OPS), value: random.int(100) }),
    () => ({ field: 'value', op: random.pick(OPS), value: random.int(1000) / 7 }),
    () => ({ field: 'quality', op: random.pick(OPS), value: random.int(3) }),
    () => ({
      field: 'tag',
      op: random.pick(['starts_with', 'contains', 'matches', '<']),
      value: random.pick(['line1', 'line1/+/temp', 'cell', '#']),
    }),
    () => ({ field: 'unit', op: '==', value: 'bar' }),
  ])();

const KINDS: Record<string, { in: string[]; out: string[]; batch?: boolean; props: (random: Random) => Props }> = {
  window: {
    in: ['in'],
    out: ['out', 'late'],
    batch: true,
    props: random => ({
      kind: random.pick(['tumbling', 'hopping', 'sliding', 'session', 'count']),
      size_ms: 120,
      hop_ms: random.pick([40, 50, 120]),
      gap_ms: 60,
      count: 3,
      lateness_ms: random.pick([0, 50]),
      max_messages: random.pick([8, 50000]),
    }),
  },
  agg: {
    in: ['in'],
    out: ['out'],
    props: random =>
      random.chance(0.4)
        ? { function: random.pick(['count', 'mean', 'stddev', 'max', 'first']), mode: 'running' }
        : {
            function: random.pick(['count', 'sum', 'median', 'p95', 'stddev_sample', 'range', 'last']),
            suffix: '/agg',
          },
  },
  filter: { in: ['in'], out: ['true', 'false'], props: condition },
  switch: {
    in: ['in'],
    out: ['case1', 'case2', 'case3', 'case4'],
    props: random => ({
      cases: Array.from({ length: 1 + random.int(4) }, () => condition(random)),
      otherwise: random.pick(['drop', 'error', 'case4']),
    }),
  },
  fan_out: { in: ['in'], out: ['out1', 'out2', 'out3', 'out4'], props: () => ({}) },
  scale: {
    in: ['in'],
    out: ['out'],
    props: random => ({
      factor: random.int(40) / 8,
      offset: random.int(10),
      round: random.int(4),
      ...(random.chance(0.3) ? { tag: 'scaled/x', unit: 'K' } : {}),
      max: 500,
    }),
  },
  binary_combine: {
    in: ['a', 'b'],
    out: ['out'],
    props: random => ({
      op: random.pick(['add', 'subtract', 'divide', 'mean', 'min', 'and', 'xor', '<', '==']),
      join: random.pick(['all', 'any']),
      ...(random.chance(0.5) ? { initial_b: random.int(5) } : {}),
      timeout_ms: random.pick([0, 50]),
    }),
  },
};

const sinkProps =
  (place: Props) =>
  (random: Random): Props => ({
    ...place,
    format: random.pick(['json', 'csv', 'protobuf']),
    batch_count: 1 + random.int(5),
    batch_ms: random.pick([0, 50]),
  });

/** Random props for every built-in node. */
export const NODE_PROPS: Record<string, (random: Random) => Props> = {
  ...Object.fromEntries(Object.entries(KINDS).map(([type, kind]) => [type, kind.props])),
  tag_input: random => ({ tags: random.pick([['#'], ['line1/+/temp'], ['line1/cell1/#', '+/cell2/+']]) }),
  file_sink: sinkProps({ path: 'x' }),
  mqtt_sink: sinkProps({ url: 'mqtt://127.0.0.1', topic: 't' }),
  http_sink: sinkProps({ url: 'http://127.0.0.1/' }),
};

/** A random acyclic graph of built-in nodes that ends in file sinks. */
export function randomFlow(random: Random): FlowDocument {
  const nodes: { id: string; node_type: string; props: Props }[] = [
    {
      id: 'in',
      node_type: 'tag_input',
      props: { tags: random.pick([['#'], ['line1/#'], ['line1/+/temp', 'line1/cell3/#'], ['line1/+/temp']]) },
    },
  ];
  if (random.chance(0.4)) nodes.push({ id: 'in2', node_type: 'tag_input', props: { tags: ['line1/cell1/#'] } });
  const open = nodes.map(node => ({ source_node: node.id, source_port: 'out' }));
  /** Outputs that carry batches: they fit only inputs that take anything. */
  const batches: typeof open = [];
  const takesAny = new Set(['agg', 'fan_out']);
  const wires: FlowDocument['wires'] = [];
  const count = 1 + random.int(10);
  for (let i = 0; i < count; i += 1) {
    const node_type = random.pick(Object.keys(KINDS));
    const kind = KINDS[node_type]!;
    const id = `n${i}`;
    nodes.push({ id, node_type, props: kind.props(random) });
    for (const target_port of kind.in) {
      const from = takesAny.has(node_type) && batches.length > 0 && random.chance(0.7) ? batches : open;
      wires.push({ ...random.pick(from), target_node: id, target_port });
    }
    for (const source_port of kind.out) {
      (kind.batch && source_port === 'out' ? batches : open).push({ source_node: id, source_port });
    }
  }
  for (let i = 0; i < 3; i += 1) {
    nodes.push({
      id: `sink${i}`,
      node_type: 'file_sink',
      props: {
        path: `out${i}`,
        format: random.pick(['json', 'csv', 'protobuf']),
        batch_count: 1 + random.int(3),
        batch_ms: random.pick([0, 100]),
      },
    });
    wires.push({
      ...open[open.length - 1 - random.int(Math.min(open.length, 4))]!,
      target_node: `sink${i}`,
      target_port: 'in',
    });
  }
  const wired = new Set(wires.map(wire => wire.target_node));
  const order = nodes.filter(node => node.node_type === 'tag_input' || wired.has(node.id));
  return { format: 'fusewire.flow/1', name: 'fuzz', nodes: order, wires, tick_ms: 20 };
}

function randomValue(random: Random): TagValue {
  return random.pick<() => TagValue>([
    () => ({ kind: 'double', value: random.int(100_000) / 64 }),
    () => ({ kind: 'double', value: random.pick([Number.POSITIVE_INFINITY, -0, 1e300, 5e-324]) }),
    () => ({ kind: 'float', value: random.int(1000) / 4 }),
    () => ({ kind: 'int32', value: random.int(200) - 100 }),
    () => ({ kind: 'uint64', value: BigInt(random.int(2 ** 31)) * 4_294_967_296n }),
    () => ({ kind: 'int64', value: -BigInt(random.int(2 ** 31)) }),
    () => ({ kind: 'bool', value: random.chance(0.5) }),
    () => ({ kind: 'string', value: random.pick(['on', 'off', 'ü"\n,', '']) }),
    () => ({ kind: 'bytes', value: Uint8Array.from({ length: random.int(20) }, () => random.int(256)) }),
  ])();
}

/** One message of a driver: mostly an update, sometimes a batch, sometimes broken. */
export function randomMessage(random: Random, clock: { now: number; seq: number }): Uint8Array {
  if (random.chance(0.1))
    return encodeTagBatch(Array.from({ length: random.int(5) }, () => randomMessage(random, clock)));
  clock.now += random.int(30_000);
  clock.seq += random.chance(0.02) ? random.int(4) : 1;
  const bytes = encodeTagUpdate({
    tag: random.chance(0.02)
      ? random.pick(['', 'a/+', '#'])
      : `line1/cell${random.int(4)}/${random.pick(['temp', 'pressure', 'motor', 'a_rather_long_name_of_a_tag_for_the_wide_loads'])}`,
    timestamp: clock.now,
    quality: random.pick([0, 0, 0, 1, 2]),
    unit: random.pick(['', 'C', 'bar']),
    seq: clock.seq,
    value: randomValue(random),
  });
  if (random.chance(0.9)) return bytes;
  if (random.chance(0.4)) return bytes.subarray(0, random.int(bytes.length));
  const broken = bytes.slice();
  for (let i = random.int(3); i >= 0; i -= 1) broken[random.int(broken.length)] = random.int(256);
  // An unknown field behind the rest.
  return random.chance(0.5) ? broken : Uint8Array.from([...bytes, 0xa2, 0x06, 3, 1, 2, 3]);
}

/** Cut, flipped, doubled, dropped, put in: what happens to bytes on their way. */
export function mutated(random: Random, message: Uint8Array): Uint8Array {
  const bytes = [...message];
  for (let edits = 1 + random.int(3); edits > 0; edits -= 1) {
    const at = random.int(bytes.length + 1);
    random.pick<() => unknown>([
      () => bytes.splice(at),
      () => bytes.splice(at, 1, random.int(256)),
      () => bytes.splice(at, 1, (bytes[at] ?? 0) ^ (1 << random.int(8))),
      () => bytes.splice(at, 0, ...bytes.slice(at, at + random.int(12))),
      () => bytes.splice(at, random.int(8)),
      () => bytes.splice(at, 0, ...Array.from({ length: random.int(12) }, () => random.int(256))),
    ])();
  }
  return Uint8Array.from(bytes);
}

/** Frames as SP over TCP has them. */
export function frames(messages: readonly Uint8Array[], ipc = false): Uint8Array {
  return Buffer.concat(
    messages.flatMap(message => {
      const header = Buffer.alloc(8);
      header.writeBigUInt64BE(BigInt(message.length));
      return [...(ipc ? [Buffer.of(1)] : []), header, Buffer.from(message)];
    }),
  );
}

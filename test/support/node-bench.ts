/** One node on a bench: fed at any input, its outputs and errors written down, fused or unfused, moved to a new instance. */

import { EGRESS_KIND, encodeTagUpdate, FRAMING, type Manifest, RING_LIMITS } from '#abi';
import { EgressReader, type Engine, faultOf, fusedEngine, IngressWriter } from '#engine';
import { type FlowInput, type FlowNodeInput, fuse, unfuse } from '#fusion';
import { unfusedEngine } from '#runtime';
import { watNode } from './nodes.ts';

export interface BenchNode {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}
/** What a node did in one step, in order. */
export type Outcome =
  | { readonly port: string; readonly body: Uint8Array }
  | { readonly error: string; readonly port: string };

export type EngineKind = 'fused' | 'unfused';

/** Behind tag and length: the message for the node under test. The length has five bytes, so that this never moves. */
const PAYLOAD_AT = 10;
/** Takes the port from the tag and sends the value on. */
const FEEDER = watNode({
  handle: `(call $emit (i32.sub (i32.load8_u offset=2 (local.get $ptr)) (i32.const 48))
    (i32.add (local.get $ptr) (i32.const ${PAYLOAD_AT})) (i32.sub (local.get $len) (i32.const ${PAYLOAD_AT})))`,
  realloc: '(i32.const 1024)',
  memory: '(memory (export "memory") 16 16)',
});
const COLLECTOR = watNode({
  handle: '(call $emit (i32.const 0) (local.get $ptr) (local.get $len))',
  memory: '(memory (export "memory") 64 64)',
});
const NODE = 'node';

function wrapped(port: number, message: Uint8Array): Uint8Array {
  const head = Buffer.from([0x0a, 1, 48 + port, 0x82, 0x01, 0, 0, 0, 0, 0]);
  for (let i = 0; i < 5; i += 1) head[5 + i] = ((message.length >>> (7 * i)) & 127) | (i < 4 ? 128 : 0);
  return Buffer.concat([head, message]);
}

function benchFlow({ manifest }: BenchNode, props: unknown): FlowInput {
  const bare = { props: {}, inputs: [] as string[], outputs: [] as string[], source: null, sink: null };
  const inputs = manifest.inputs.map(port => port.name);
  const outputs = manifest.outputs.map(port => port.name);
  const node: FlowNodeInput = {
    id: NODE,
    node_type: manifest.node_type,
    hash: NODE,
    props,
    inputs,
    outputs,
    source: manifest.source ?? null,
    sink: manifest.sink ?? null,
  };
  const wire = (source_node: string, source_port: string, target_node: string, target_port: string) => ({
    source_node,
    source_port,
    target_node,
    target_port,
  });
  const feeder = { ...bare, id: 'feeder', node_type: 'feeder', hash: 'feeder', outputs: inputs, source: 'tag' };
  const collectors = outputs.map(port => ({
    ...bare,
    id: port,
    node_type: 'collector',
    hash: 'collector',
    inputs: ['in'],
    sink: 'file',
  }));
  return {
    name: 'bench',
    nodes: [...(node.source === null ? [feeder] : []), node, ...collectors],
    wires: [
      ...(node.source === null ? inputs.map(port => wire('feeder', port, NODE, port)) : []),
      ...outputs.map(port => wire(NODE, port, port, 'in')),
    ],
  };
}

/** @returns makes instances of the node, all configured with the same props. */
export async function benchOf(node: BenchNode, props: unknown, kind: EngineKind): Promise<() => NodeBench> {
  const flow = benchFlow(node, props);
  const bytes = (hash: string): Uint8Array => (hash === NODE ? node.bytes : hash === 'feeder' ? FEEDER : COLLECTOR);
  if (kind === 'fused') {
    const result = await fuse(flow, '{}', bytes, { level: 0 });
    if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
    const module = new WebAssembly.Module(result.wasm as BufferSource);
    return () => new NodeBench(node.manifest, fusedEngine(result.plan, module), result.plan.nodes);
  }
  const result = unfuse(flow, bytes);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  const modules = result.unfused.map(one => new WebAssembly.Module(one as BufferSource));
  return () => new NodeBench(node.manifest, unfusedEngine(result.plan, modules), result.plan.nodes);
}

export class NodeBench {
  readonly engine: Engine;
  /** The text with which configure refused, or null. */
  readonly refusal: string | null;
  readonly #manifest: Manifest;
  readonly #ids: readonly string[];
  readonly #node: number;
  readonly #writer: IngressWriter;
  readonly #reader: EgressReader;

  constructor(manifest: Manifest, engine: Engine, nodes: readonly { id: string }[]) {
    this.engine = engine;
    this.#manifest = manifest;
    this.#ids = nodes.map(one => one.id);
    this.#node = this.#ids.indexOf(NODE);
    this.#writer = new IngressWriter(engine.ingress, engine.board, RING_LIMITS.ingress_bytes);
    this.#reader = new EgressReader(engine.egress, engine.board, RING_LIMITS.egress_bytes);
    this.refusal = engine.configure(0n) === 0 ? null : this.#text();
  }

  /** Hands a message to an input port (a source: to its only way in). */
  give(port: string, message: Uint8Array, now_us: number): Outcome[] {
    const index = this.#manifest.inputs.findIndex(one => one.name === port);
    const record = this.#manifest.source === undefined ? wrapped(index, message) : message;
    if (!this.#writer.write(record, FRAMING.message, 0, now_us)) throw new Error('the ring is full');
    while (this.engine.run(100) > 0);
    return this.#drain();
  }

  tick(now_us: number): Outcome[] {
    this.engine.tick(BigInt(now_us));
    return this.#drain();
  }

  save(): Uint8Array {
    const state = this.engine.save(this.#node);
    if (!state) throw new Error('the node has no save-state');
    return state;
  }

  /** @returns the node's words when it refuses the state, else null. */
  load(state: Uint8Array): string | null {
    return this.engine.load(this.#node, state) ? null : this.#text();
  }

  #text(): string {
    let text = '';
    this.#reader.drain(record => {
      if (record.kind === EGRESS_KIND.configure_error) text = Buffer.from(record.body).toString('utf8');
      return true;
    });
    return text;
  }

  #drain(): Outcome[] {
    const outcomes: Outcome[] = [];
    this.#reader.drain(record => {
      const body = Buffer.from(record.body);
      if (record.kind === EGRESS_KIND.output) {
        const id = this.#ids[record.node]!;
        outcomes.push({ port: id === NODE ? 'sink' : id, body });
      } else if (record.kind === EGRESS_KIND.dead_letter) {
        const length = body.readUInt32LE();
        const port = this.#manifest.inputs[record.detail]?.name ?? '';
        outcomes.push({ error: body.toString('utf8', 4, 4 + length), port });
      }
      return true;
    });
    return outcomes;
  }
}

/** The fault that a call ended with. */
export function faultIn(
  bench: NodeBench,
  nodes: readonly string[],
  call: () => void,
): ReturnType<typeof faultOf> | null {
  try {
    call();
    return null;
  } catch (error) {
    return faultOf(bench.engine.board, { nodes: nodes.map(id => ({ id, node_type: id })) } as never, error);
  }
}

/** A quiet update, for tests that need just any. */
export const anyUpdate = (tag: string, timestamp: number): Uint8Array => encodeTagUpdate({ tag, timestamp });

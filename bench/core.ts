import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOARD, FRAMING } from '#abi';
import { FrameWriter } from '#driver';
import { type Engine, fusedEngine, IngressWriter } from '#engine';
import { checkFlow, parseFlow } from '#flow';
import { type FlowInput, fuse, unfuse } from '#fusion';
import { toInput } from '#gateway';
import { NodeLibrary } from '#library';
import { unfusedEngine } from '#runtime';
import { handwrittenNode, passNode } from './modules.ts';

const RING_BYTES = 4 * 1024 * 1024;
const ROOT = join(import.meta.dirname, '..');
const library = new NodeLibrary();
library.addBuiltIns(join(ROOT, 'nodes'));

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Spans of frames from the simulated line, 60 bytes a message. */
export function spans(): { bytes: Uint8Array; messages: number }[] {
  const writer = new FrameWriter(
    { to: '', rate: 0, tags: 150, count: 0, batch: 1, pattern: 'boiler', seed: 1, start_us: 1.7e15 },
    false,
  );
  let sent = 0;
  return Array.from({ length: 64 }, () => {
    const messages = writer.fill(sent, Number.MAX_SAFE_INTEGER);
    sent += messages;
    return { bytes: writer.take(), messages };
  });
}

/** Nanoseconds a message, one pass over `input`. Egress is thrown away. */
function pass(engine: Engine, input: readonly { bytes: Uint8Array; messages: number }[]): number {
  const writer = new IngressWriter(engine.ingress, engine.board, RING_BYTES);
  const words = new Int32Array(engine.board);
  const began = performance.now();
  let messages = 0;
  for (const span of input) {
    if (!writer.write(span.bytes, FRAMING.sp_tcp, 0, 1.7e15)) throw new Error('the ring is full');
    while (engine.run(1_000_000) > 0) words[BOARD.egress_tail / 4] = words[BOARD.egress_head / 4]!;
    messages += span.messages;
  }
  return ((performance.now() - began) * 1e6) / messages;
}

/** An engine for the flow, fused and configured. */
export async function fusedOf(flow: FlowInput, bytes: (hash: string) => Uint8Array): Promise<Engine> {
  const result = await fuse(flow, '{}', bytes);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  const engine = fusedEngine(result.plan, new WebAssembly.Module(result.wasm as BufferSource));
  engine.configure(1n);
  return engine;
}

const node = (id: string, kind: Partial<FlowInput['nodes'][number]>): FlowInput['nodes'][number] => ({
  id,
  node_type: id,
  hash: id,
  props: {},
  inputs: [],
  outputs: [],
  source: null,
  sink: null,
  ...kind,
});

/** A chain of nodes that pass every message on. @param last what is special about the last one */
export function chain(length: number, last: Partial<FlowInput['nodes'][number]> = {}): FlowInput {
  const nodes = Array.from({ length }, (_, index) =>
    node(`n${index}`, {
      ...(index === 0 ? { source: 'tag' } : { inputs: ['in'] }),
      outputs: ['out'],
      ...(index === length - 1 && last),
    }),
  );
  const wires = nodes.slice(1).map((one, index) => ({
    source_node: nodes[index]!.id,
    source_port: 'out',
    target_node: one.id,
    target_port: 'in',
  }));
  return { name: 'chain', nodes, wires };
}

const ROUNDS = 9;

export const nodeBytes = (hash: string): Uint8Array => library.bytes(hash);

/** bench/core-flow.json, checked. */
export function coreFlow(): FlowInput {
  const parsed = parseFlow(readFileSync(join(ROOT, 'bench/core-flow.json'), 'utf8'));
  if (!('document' in parsed)) throw new Error('bench/core-flow.json does not parse');
  return toInput(parsed.document, checkFlow(parsed.document, library).nodes);
}

export async function benchCore(): Promise<Record<string, number>> {
  const flow = coreFlow();
  const bytes = nodeBytes;
  const alone = unfuse(flow, bytes);
  if (!alone.ok) throw new Error('the flow does not unfuse');
  const handwritten = await handwrittenNode();
  const passing = passNode();
  const engines = {
    fused: await fusedOf(flow, bytes),
    unfused: unfusedEngine(
      alone.plan,
      alone.unfused.map(one => new WebAssembly.Module(one as BufferSource)),
    ),
    handwritten: await fusedOf(
      { name: 'hand', nodes: [node('hand', { source: 'tag', sink: 'file' })], wires: [] },
      () => handwritten,
    ),
    chain2: await fusedOf(chain(2), () => passing),
    chain8: await fusedOf(chain(8), () => passing),
    chain32: await fusedOf(chain(32), () => passing),
  };
  engines.unfused.configure(1n);
  const input = spans();
  const times = new Map<string, number[]>(Object.keys(engines).map(name => [name, []]));
  // All in turn, again and again: a noisy moment hits all alike.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, engine] of Object.entries(engines)) {
      const share = name === 'unfused' ? input.slice(0, 8) : input;
      times.get(name)!.push(pass(engine, share));
    }
  }
  const ns = Object.fromEntries([...times].map(([name, list]) => [name, median(list.slice(2))]));
  return {
    fused_ns_per_message: ns['fused']!,
    unfused_ns_per_message: ns['unfused']!,
    handwritten_ns_per_message: ns['handwritten']!,
    fused_over_unfused: ns['unfused']! / ns['fused']!,
    fused_over_handwritten: ns['handwritten']! / ns['fused']!,
    chain_2_ns: ns['chain2']!,
    chain_8_ns: ns['chain8']!,
    chain_32_ns: ns['chain32']!,
    ns_per_added_node: (ns['chain32']! - ns['chain2']!) / 30,
  };
}

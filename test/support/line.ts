/** A line of three nodes in a gateway: first (passes on) → victim → last (file sink), with drivers over nng. */

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeTagUpdate } from '#abi';
import { dialPush } from '#connectors';
import type { FlowArtifact } from '#engine';
import { type FlowInput, fuse, unfuse } from '#fusion';
import { GatewayFlow, type GatewayFlowEvents, type GatewayFlowOptions } from '#gateway';
import { frames } from './generate.ts';
import { lineOf, PASS, watNode } from './nodes.ts';
import { until } from './until.ts';

const SAVE = `(func (export "fusewire:node/node@1.0.0#save-state") (result i32)
    (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const 4)) (i32.const 32))
  (func (export "fusewire:node/node@1.0.0#load-state") (param $ptr i32) (param $len i32) (result i32)
    (i32.store (i32.const 64) (i32.load (local.get $ptr))) (i32.const 16))`;

/**
 * Counts in its memory and puts the number in front of each message. With `body`, messages longer than 40 bytes run that,
 * after the count.
 */
export const counter = (body = '', pages_max = 4): Uint8Array =>
  watNode({
    memory: `(memory (export "memory") 1 ${pages_max})`,
    handle: `(i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
      ${body && `(if (i32.gt_u (local.get $len) (i32.const 40)) (then ${body}))`}
      (i32.store (i32.sub (local.get $ptr) (i32.const 4)) (i32.load (i32.const 64)))
      (call $emit (i32.const 0) (i32.sub (local.get $ptr) (i32.const 4)) (i32.add (local.get $len) (i32.const 4)))`,
    parts: SAVE,
  });

export interface LineOptions {
  readonly fused?: boolean;
  readonly props?: Record<string, unknown>;
  readonly fuel?: number;
  readonly memory_bytes?: number;
  /** Instead of the file `out.bin`. */
  readonly sink?: { readonly kind: string; readonly props: Record<string, unknown> };
  /** Patterns of the source; default: it takes everything. */
  readonly tags?: readonly string[];
}

/** The line with this victim. Its name stands for its hash: another name is another version. */
export async function lineArtifact(
  victim: Uint8Array,
  name = 'counter',
  options: LineOptions = {},
): Promise<FlowArtifact> {
  const line = lineOf(name);
  const flow: FlowInput = {
    ...line,
    limits: {
      fuel: options.fuel ?? 1_000_000,
      ...(options.memory_bytes && { memory_bytes: options.memory_bytes }),
    },
    nodes: line.nodes.map(node =>
      node.id === 'last'
        ? { ...node, sink: options.sink?.kind ?? 'file', props: options.sink?.props ?? { path: 'out.bin' } }
        : node.id === 'victim'
          ? { ...node, node_type: 'counter', props: options.props ?? {} }
          : { ...node, props: options.tags ? { tags: options.tags } : {} },
    ),
  };
  const pass = watNode({ handle: PASS });
  const bytes = (hash: string): Uint8Array => (hash === 'pass' ? pass : victim);
  if (options.fused) {
    const fused = await fuse(flow, '{}', bytes);
    if (!fused.ok) throw new Error(JSON.stringify(fused));
    return { plan: fused.plan, code: { kind: 'fused', wasm: fused.wasm } };
  }
  const unfused = unfuse(flow, bytes);
  if (!unfused.ok) throw new Error(JSON.stringify(unfused));
  return { plan: unfused.plan, code: { kind: 'unfused', modules: unfused.unfused } };
}

export const quiet = (seq: number): Uint8Array => encodeTagUpdate({ tag: 'q', timestamp: 1, seq });
/** One that the victim's `body` runs on. */
export const trigger = (seq: number): Uint8Array =>
  encodeTagUpdate({ tag: `trigger/${'x'.repeat(40)}`, timestamp: 2, seq });

export interface Line {
  readonly gateway: GatewayFlow;
  readonly log: string[];
  /** Sends messages as a driver does. */
  send(messages: readonly Uint8Array[]): Promise<void>;
  /** Messages that reached the sink: the victim's count, and the sequence number as the driver gave it. */
  outputs(): { count: number; seq: number }[];
  /** Waits until it holds. */
  until(condition: () => boolean): Promise<void>;
}

/** Starts the line with its own port. */
export async function startLine(
  artifact: FlowArtifact,
  directory: string,
  options: Partial<GatewayFlowOptions> = {},
  events: Partial<GatewayFlowEvents> = {},
): Promise<Line> {
  const log: string[] = [];
  const gateway = new GatewayFlow(
    { document: {} },
    artifact,
    { listen: [`ipc://${join(directory, randomBytes(4).toString('hex'))}`], directory, ...options },
    { onLog: (level, text, node) => log.push(`${level}: ${node === null ? '' : `${node}: `}${text}`), ...events },
  );
  await gateway.start();
  const path = join(directory, 'out.bin');
  return {
    gateway,
    log,
    async send(messages) {
      const push = await dialPush(gateway.addresses[0]!);
      await push.write(frames(messages, true));
      await push.close();
    },
    outputs: () => (existsSync(path) ? readOutputs(readFileSync(path)) : []),
    until: condition => until(condition, () => log.slice(-20).join('\n')),
  };
}

/**
 * Outputs have no frames around them: each is a count and an update that begins with its tag.
 * The file is read while it is written: what of its last output is there yet is left for the next reading.
 */
function readOutputs(bytes: Buffer): { count: number; seq: number }[] {
  const outputs: { count: number; seq: number }[] = [];
  let at = 0;
  while (at + 6 <= bytes.length) {
    const count = bytes.readUInt32LE(at);
    // tag
    const afterTag = at + 6 + bytes[at + 5]!;
    const [, afterTime] = varint(bytes, afterTag + 1);
    const [seq, end] = varint(bytes, afterTime + 1);
    if (end > bytes.length) break;
    outputs.push({ count, seq });
    at = end;
  }
  return outputs;
}

/** The value, and where what follows begins: beyond the end of the bytes, when they end within it. */
function varint(bytes: Buffer, start: number): [number, number] {
  let value = 0;
  let at = start;
  for (let shift = 1; ; shift *= 128) {
    if (at >= bytes.length) return [value, Infinity];
    const byte = bytes[at]!;
    at += 1;
    value += (byte & 127) * shift;
    if (byte < 128) return [value, at];
  }
}

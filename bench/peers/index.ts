/** The flow of bench/core-flow.json in other products, beside the fused flow in the same run. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOARD, BOARD_U64, FRAMING } from '#abi';
import { FrameWriter } from '#driver';
import { IngressWriter } from '#engine';
import type { FlowInput } from '#fusion';
import { fusedOf } from '../core.ts';
import { LINE_MESSAGES, LINE_OPTIONS, runComponents } from './components.ts';
import { installComponentTools, installNpmPeers } from './install.ts';

const NODE_RED_MESSAGES = 100_000;

/** Ratios over the fused flow, which is measured again here; a peer that is missing has no key. */
export async function benchPeers(
  flow: FlowInput,
  nodeBytes: (hash: string) => Uint8Array,
  say: (text: string) => void,
): Promise<Record<string, number>> {
  const npm = installNpmPeers(say);
  if ('missing' in npm) {
    say(`peers: ${npm.missing}`);
    return {};
  }
  const nodeRed = nodeRedRun(npm.found);
  const tools = installComponentTools(npm.found, say);
  if ('missing' in tools) say(`peers: components: ${tools.missing}`);
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-peers-'));
  try {
    const components = 'found' in tools ? await runComponents(flow, nodeBytes, tools.found, folder) : null;
    const fused = await fusedRun(flow, nodeBytes, components?.messages ?? LINE_MESSAGES * 1_000);
    if (components && components.emitted !== fused.emitted)
      throw new Error(`the components emitted ${components.emitted} batches, the fused flow ${fused.emitted}`);
    return {
      fused_ns_per_message: fused.ns_per_message,
      node_red_ns_per_message: nodeRed.ns_per_message,
      fused_over_node_red: nodeRed.ns_per_message / fused.ns_per_message,
      ...(components && {
        components_ns_per_message: components.ns_per_message,
        components_with_fuel_ns_per_message: components.ns_per_message_with_fuel,
        fused_over_components: components.ns_per_message / fused.ns_per_message,
        fused_over_components_with_fuel: components.ns_per_message_with_fuel / fused.ns_per_message,
      }),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function nodeRedRun(npm: string): { ns_per_message: number } {
  const script = join(import.meta.dirname, 'node-red-run.mjs');
  const text = execFileSync(process.execPath, [script, npm, String(NODE_RED_MESSAGES)], { encoding: 'utf8' });
  return JSON.parse(text.trim().split('\n').at(-1)!) as { ns_per_message: number };
}

/** The same messages, in the same order, as the components get. */
async function fusedRun(
  flow: FlowInput,
  nodeBytes: (hash: string) => Uint8Array,
  messages: number,
): Promise<{ ns_per_message: number; emitted: number }> {
  const engine = await fusedOf(flow, nodeBytes);
  const writer = new FrameWriter(LINE_OPTIONS, false);
  writer.fill(0, LINE_MESSAGES);
  const span = writer.take();
  const ring = new IngressWriter(engine.ingress, engine.board, engine.ingress.byteLength);
  const words = new Int32Array(engine.board);
  const began = performance.now();
  for (let done = 0; done < messages; ) {
    const left = messages - done;
    const part = left >= LINE_MESSAGES ? span : firstFrames(span, left);
    if (!ring.write(part, FRAMING.sp_tcp, 0, 1.7e15)) throw new Error('the ring is full');
    while (engine.run(1_000_000) > 0) words[BOARD.egress_tail / 4] = words[BOARD.egress_head / 4]!;
    done += Math.min(left, LINE_MESSAGES);
  }
  const ns_per_message = ((performance.now() - began) * 1e6) / messages;
  return { ns_per_message, emitted: Number(new BigUint64Array(engine.board)[BOARD_U64.egress_records / 8]!) };
}

function firstFrames(span: Uint8Array, count: number): Uint8Array {
  let end = 0;
  for (let i = 0; i < count; i += 1) end += 8 + span[end + 7]!;
  return span.subarray(0, end);
}

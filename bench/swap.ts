import { EGRESS_KIND, encodeTagUpdate, FRAMING } from '#abi';
import type { EgressRecord, FlowArtifact } from '#engine';
import { fuse } from '#fusion';
import { FlowRunner } from '#runtime';
import { chain, median } from './core.ts';
import { passNode } from './modules.ts';

const RATE = 500_000;
const STEP_MS = 2;
const MESSAGES = 3_000_000;
const SWAPS = 7;
/** Bytes before the varint of the sequence number: tag of one letter, timestamp, key. */
const SEQ_AT = 6;

/** A chain whose last node is a sink. Every version has other props at one node, so that one is made anew and the others are kept. */
async function version(length: number, number: number): Promise<FlowArtifact> {
  const passing = passNode();
  const flow = chain(length, { sink: 'file', outputs: [] });
  const nodes = flow.nodes.map((node, index) => (index === 0 ? { ...node, props: { number } } : node));
  const fused = await fuse({ ...flow, nodes }, '{}', () => passing);
  if (!fused.ok) throw new Error(JSON.stringify(fused.diagnostics));
  return { plan: fused.plan, code: { kind: 'fused', wasm: fused.wasm } };
}

/** Spans of a step's messages each, numbered from 1. */
function spans(): Uint8Array[] {
  const perSpan = (RATE * STEP_MS) / 1_000;
  return Array.from({ length: MESSAGES / perSpan }, (_, span) =>
    Buffer.concat(
      Array.from({ length: perSpan }, (_, i) => {
        const message = encodeTagUpdate({ tag: 'n', timestamp: 1, seq: span * perSpan + i + 1 });
        const header = Buffer.alloc(8);
        header.writeUInt32BE(message.length, 4);
        return Buffer.concat([header, message]);
      }),
    ),
  );
}

interface Measured {
  readonly pause_ms: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Swaps again and again under a steady load, and follows the numbers that come out. */
async function measure(length: number, input: readonly Uint8Array[]): Promise<Measured> {
  const versions = [await version(length, 1), await version(length, 2)];
  let next = 1;
  let lost = 0;
  let doubled = 0;
  const onEgress = ({ kind, body }: EgressRecord): boolean => {
    if (kind !== EGRESS_KIND.output) return true;
    const seq = varint(body, SEQ_AT);
    if (seq > next) lost += seq - next;
    if (seq < next) doubled += 1;
    next = seq + 1;
    return true;
  };
  const runner = new FlowRunner(versions[0]!, { onEgress });
  await runner.start();
  const pauses: number[] = [];
  const swapping = (async () => {
    for (let swap = 1; swap <= SWAPS; swap += 1) {
      const report = await runner.swap(versions[swap % 2]!);
      pauses.push(report.pause_us / 1_000);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    return 'done';
  })();
  let span = 0;
  let done = false;
  void swapping.then(() => (done = true));
  for (let due = performance.now(); !done || span < input.length / 2; due += STEP_MS) {
    if (span === input.length) break;
    if (runner.write(input[span]!, FRAMING.sp_tcp, 0, 1)) span += 1;
    const rest = due - performance.now();
    await new Promise(resolve => (rest > 1 ? setTimeout(resolve, rest) : setImmediate(resolve)));
  }
  await swapping;
  await runner.drain();
  const sent = (span * RATE * STEP_MS) / 1_000;
  return { pause_ms: median(pauses), lost: lost + sent + 1 - next, doubled };
}

function varint(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start, scale = 1; ; at += 1, scale *= 128) {
    value += (bytes[at]! & 127) * scale;
    if (bytes[at]! < 128) return value;
  }
}

/** Pause of the data path when a version takes over, for 1, 8 and 64 nodes; records lost and doubled in all of it. */
export async function benchSwap(): Promise<Record<string, number>> {
  const input = spans();
  const one = await measure(1, input);
  const eight = await measure(8, input);
  const many = await measure(64, input);
  return {
    pause_ms: eight.pause_ms,
    pause_ms_1_node: one.pause_ms,
    pause_ms_8_nodes: eight.pause_ms,
    pause_ms_64_nodes: many.pause_ms,
    lost: one.lost + eight.lost + many.lost,
    doubled: one.doubled + eight.doubled + many.doubled,
  };
}

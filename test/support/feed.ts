import assert from 'node:assert/strict';
import { BOARD_U64, EGRESS_KIND, FRAMING, RING_LIMITS, type TagUpdate, type TagValue } from '#abi';
import { EgressReader, type Engine, IngressWriter } from '#engine';
import { bothEngines, builtIns } from './flows.ts';

const WIRE = { source_node: 'in', source_port: 'out', target_node: 'out', target_port: 'in' };

/** tag_input → file_sink as JSON lines, fused and unfused, configured. */
export async function echoEngines(): Promise<{ fused: Engine; unfused: Engine }> {
  const nodes = [
    { id: 'in', node_type: 'tag_input' },
    { id: 'out', node_type: 'file_sink', props: { path: 'x' } },
  ];
  const flow = { format: 'fusewire.flow/1' as const, name: 'echo', nodes, wires: [WIRE] };
  const engines = await bothEngines(flow, builtIns(), 'arrival');
  for (const engine of [engines.fused, engines.unfused]) assert.equal(engine.configure(1n), 0);
  return engines;
}

/** Gives one message to the engine. @returns lines put out, and how many messages and updates were malformed. */
export function feed(engine: Engine, message: Uint8Array): { lines: string[]; malformed: number } {
  const board = new BigUint64Array(engine.board);
  const before = board[BOARD_U64.malformed / 8]!;
  const writer = new IngressWriter(engine.ingress, engine.board, RING_LIMITS.ingress_bytes);
  assert.ok(writer.write(message, FRAMING.message, 0, 1));
  while (engine.run(10) > 0);
  const lines: string[] = [];
  new EgressReader(engine.egress, engine.board, RING_LIMITS.egress_bytes).drain(record => {
    if (record.kind === EGRESS_KIND.output) lines.push(Buffer.from(record.body).toString('utf8'));
    return true;
  });
  return { lines, malformed: Number(board[BOARD_U64.malformed / 8]! - before) };
}

/** 64-bit integers beyond 2^53 are strings in JSON. */
const wide = (value: number | bigint): number | string =>
  value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : String(value);

function jsonValue(value: TagValue | undefined): unknown {
  if (value === undefined) return null;
  if (value.kind === 'bytes') return Buffer.from(value.value).toString('base64');
  if (value.kind === 'bool' || value.kind === 'string') return value.value;
  if (typeof value.value === 'number' && !Number.isFinite(value.value)) return String(value.value);
  return value.kind === 'double' || value.kind === 'float' ? value.value : wide(value.value);
}

/** What a sink's JSON line of an update says. */
export const jsonLine = (update: TagUpdate): object => ({
  tag: update.tag,
  value: jsonValue(update.value),
  quality: update.quality ?? 0,
  timestamp: wide(update.timestamp),
  unit: update.unit ?? '',
});

/** A JSON line read; floats as the 32 bits that their shortest digits stand for. */
export function parseLine(line: string, update: TagUpdate): object {
  const parsed = JSON.parse(line) as { value: unknown };
  if (update.value?.kind === 'float' && typeof parsed.value === 'number') parsed.value = Math.fround(parsed.value);
  return parsed;
}

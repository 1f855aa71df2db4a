/**
 * The whole state of a flow between two runs, as bytes: the flow's part of the board, then each node's memory, mutable
 * globals and tables. No node has to cooperate.
 *
 * Layout, little-endian, everything aligned to 8: u32 magic, u32 bytes of the board part, board part; per node u32 pages,
 * u32 globals, 8 bytes a global; per table u32 length and i32 an entry (index into the node's references, −1: null); memory.
 */
import { BOARD_STATE_FROM, type FlowPlan, WASM_PAGE_BYTES } from '#abi';
import type { Engine, NodeState } from './engine.ts';
import { layoutOf } from './unfused/board.ts';

const MAGIC = 0x4b435746;
const HEADER_BYTES = 8;
const align = (bytes: number): number => (bytes + 7) & ~7;

export const boardStateBytes = (plan: FlowPlan): number => layoutOf(plan).bytes - BOARD_STATE_FROM;

/** Bytes that a checkpoint of the engine takes now; memories may have grown since the last. */
export function checkpointBytes(engine: Engine, plan: FlowPlan): number {
  const nodes = engine.nodes.reduce((sum, node) => sum + nodeBytes(node), 0);
  return align(HEADER_BYTES + boardStateBytes(plan)) + nodes;
}

function nodeBytes(node: NodeState): number {
  const tables = node.tables.reduce((sum, { table }) => sum + align(4 + table.length * 4), 0);
  return 8 + node.globals.length * 8 + tables + node.memory.buffer.byteLength;
}

/** Writes the state. `into` has at least `checkpointBytes`. */
export function writeCheckpoint(engine: Engine, plan: FlowPlan, into: Uint8Array): void {
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  const board = boardStateBytes(plan);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, board, true);
  into.set(new Uint8Array(engine.board, BOARD_STATE_FROM, board), HEADER_BYTES);
  let at = align(HEADER_BYTES + board);
  for (const node of engine.nodes) {
    at = writeNode(node, view, at);
    into.set(new Uint8Array(node.memory.buffer), at);
    at += node.memory.buffer.byteLength;
  }
}

function writeNode({ memory, globals, tables }: NodeState, view: DataView, start: number): number {
  let at = start;
  view.setUint32(at, memory.buffer.byteLength / WASM_PAGE_BYTES, true);
  view.setUint32(at + 4, globals.length, true);
  at += 8;
  for (const global of globals) {
    const value = global.value as number | bigint;
    if (typeof value === 'bigint') view.setBigInt64(at, value, true);
    else view.setFloat64(at, value, true);
    at += 8;
  }
  for (const { table, references } of tables) {
    view.setUint32(at, table.length, true);
    for (let i = 0; i < table.length; i += 1) {
      const entry = table.get(i) as object | null;
      view.setInt32(at + 4 + i * 4, entry === null ? -1 : references.indexOf(entry), true);
    }
    at += align(4 + table.length * 4);
  }
  return at;
}

/** Where the state of each node lies in a checkpoint. */
export interface NodeImage {
  readonly globals: number;
  readonly tables: number;
  readonly memory: number;
  readonly memory_bytes: number;
}

/**
 * Finds the nodes' states in bytes from outside, with the engine that they are for.
 * @returns null when the bytes are no checkpoint of such an engine.
 */
export function readLayout(bytes: Uint8Array, engine: Engine, plan: FlowPlan): NodeImage[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const board = boardStateBytes(plan);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== board)
    return null;
  const images: NodeImage[] = [];
  let at = align(HEADER_BYTES + board);
  for (const node of engine.nodes) {
    if (at + 8 > bytes.length || view.getUint32(at + 4, true) !== node.globals.length) return null;
    const memory_bytes = view.getUint32(at, true) * WASM_PAGE_BYTES;
    const globals = at + 8;
    const tables = globals + node.globals.length * 8;
    let memory = tables;
    for (const _ of node.tables) {
      if (memory + 4 > bytes.length) return null;
      memory += align(4 + view.getUint32(memory, true) * 4);
    }
    images.push({ globals, tables, memory, memory_bytes });
    at = memory + memory_bytes;
  }
  return at <= bytes.length ? images : null;
}

/**
 * Puts the state back. @returns false when a memory or table is larger than it was, which only a fresh engine mends, or
 * when the bytes do not fit the engine.
 */
export function restoreCheckpoint(engine: Engine, plan: FlowPlan, bytes: Uint8Array): boolean {
  const images = readLayout(bytes, engine, plan);
  if (!images) return false;
  const fits = engine.nodes.every((node, index) => fitsNode(node, bytes, images[index]!));
  if (!fits) return false;
  engine.nodes.forEach((node, index) => {
    restoreNode(node, bytes, images[index]!);
  });
  new Uint8Array(engine.board, BOARD_STATE_FROM).set(
    bytes.subarray(HEADER_BYTES, HEADER_BYTES + boardStateBytes(plan)),
  );
  return true;
}

function fitsNode(node: NodeState, bytes: Uint8Array, image: NodeImage): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (node.memory.buffer.byteLength > image.memory_bytes) return false;
  let at = image.tables;
  for (const { table } of node.tables) {
    const length = view.getUint32(at, true);
    if (table.length > length) return false;
    at += align(4 + length * 4);
  }
  return true;
}

/** One node's memory, globals and tables; they are not larger than in the image. */
export function restoreNode({ memory, globals, tables }: NodeState, bytes: Uint8Array, image: NodeImage): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const missing = (image.memory_bytes - memory.buffer.byteLength) / WASM_PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  new Uint8Array(memory.buffer).set(bytes.subarray(image.memory, image.memory + image.memory_bytes));
  globals.forEach((global, index) => {
    const at = image.globals + index * 8;
    global.value = typeof global.value === 'bigint' ? view.getBigInt64(at, true) : view.getFloat64(at, true);
  });
  let at = image.tables;
  for (const { table, references } of tables) {
    const length = view.getUint32(at, true);
    if (length > table.length) table.grow(length - table.length);
    for (let i = 0; i < length; i += 1) {
      const reference = view.getInt32(at + 4 + i * 4, true);
      table.set(i, reference < 0 ? null : references[reference]);
    }
    at += align(4 + length * 4);
  }
}

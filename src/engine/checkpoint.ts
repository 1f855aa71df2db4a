/**
 * The whole state of a flow between two runs, as bytes: the flow's part of the board, then each node's memory, mutable
 * globals and tables. No node has to cooperate.
 *
 * Layout, little-endian, everything aligned to 8: u32 magic, u32 bytes of the board part, board part; per node u32 pages,
 * u32 globals, u32 tables, u32 0; 8 bytes a global; per table u32 length and i32 an entry (index into the node's references,
 * −1: null); memory.
 */
import { BOARD_STATE_FROM, type BOARD_U64, type FlowPlan, layoutOf, WASM_PAGE_BYTES } from '#abi';
import type { Engine, NodeState } from './engine.ts';

/** The nodes of a flow have taken more memory together than it may have. There is no one record to skip. */
export class MemoryExceeded extends Error {
  constructor(bytes: number, limit: number) {
    super(`the nodes have taken ${bytes} bytes of memory together; the limit of the flow is ${limit}`);
  }
}

const MAGIC = 0x4b435746;
const HEADER_BYTES = 8;
const NODE_HEADER_BYTES = 16;
const align = (bytes: number): number => Math.ceil(bytes / 8) * 8;

const boardStateBytes = (plan: FlowPlan): number => layoutOf(plan).bytes - BOARD_STATE_FROM;

/**
 * Bytes that a checkpoint of the engine takes now; memories may have grown since the last.
 * @throws MemoryExceeded
 */
export function checkpointBytes(engine: Engine, plan: FlowPlan): number {
  const memory = engine.nodes.reduce((sum, node) => sum + node.memory.buffer.byteLength, 0);
  if (memory > plan.memory_bytes_max) throw new MemoryExceeded(memory, plan.memory_bytes_max);
  const nodes = engine.nodes.reduce((sum, node) => sum + nodeBytes(node), 0);
  return align(HEADER_BYTES + boardStateBytes(plan)) + nodes;
}

function nodeBytes(node: NodeState): number {
  const tables = node.tables.reduce((sum, { table }) => sum + align(4 + table.length * 4), 0);
  return NODE_HEADER_BYTES + node.globals.length * 8 + tables + node.memory.buffer.byteLength;
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
    const memory = new Uint8Array(node.memory.buffer);
    copyChanged(memory, into.subarray(at, at + memory.length));
    at += memory.length;
  }
}

const CHUNK_WORDS = 512;

/**
 * Copies what differs; both are of one length. Most of a memory was never touched, or not since the last checkpoint but one,
 * which is what a slot holds: to compare costs no more than to copy, and what is not written takes no memory.
 */
function copyChanged(from: Uint8Array, to: Uint8Array): void {
  if (from.byteOffset % 8 !== 0 || to.byteOffset % 8 !== 0 || from.length % 8 !== 0) return to.set(from);
  const source = new BigInt64Array(from.buffer, from.byteOffset, from.length / 8);
  const target = new BigInt64Array(to.buffer, to.byteOffset, to.length / 8);
  for (let at = 0; at < source.length; at += CHUNK_WORDS) {
    const end = Math.min(at + CHUNK_WORDS, source.length);
    if (!isSame(source, target, at, end)) target.set(source.subarray(at, end), at);
  }
}

function isSame(a: BigInt64Array, b: BigInt64Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function writeNode({ memory, globals, tables }: NodeState, view: DataView, start: number): number {
  let at = start;
  view.setUint32(at, memory.buffer.byteLength / WASM_PAGE_BYTES, true);
  view.setUint32(at + 4, globals.length, true);
  view.setUint32(at + 8, tables.length, true);
  at += NODE_HEADER_BYTES;
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

/** Where the state of a node lies in a checkpoint. */
export interface NodeImage {
  readonly globals: number;
  readonly globals_count: number;
  /** Lengths of its tables. */
  readonly tables: readonly { readonly at: number; readonly length: number }[];
  readonly memory: number;
  readonly memory_bytes: number;
}

/** The board's part of a checkpoint: its bytes from BOARD_STATE_FROM on. */
export const boardOf = (checkpoint: Uint8Array): Uint8Array =>
  checkpoint.subarray(HEADER_BYTES, HEADER_BYTES + viewOf(checkpoint).getUint32(4, true));

/** A u64 of the board as it was at the checkpoint. */
export const checkpointLong = (checkpoint: Uint8Array, offset: (typeof BOARD_U64)[keyof typeof BOARD_U64]): number =>
  Number(viewOf(checkpoint).getBigUint64(HEADER_BYTES + offset - BOARD_STATE_FROM, true));
/** An i32 of the board as it was at the checkpoint. */
export const checkpointWord = (checkpoint: Uint8Array, offset: number): number =>
  viewOf(checkpoint).getInt32(HEADER_BYTES + offset - BOARD_STATE_FROM, true);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Finds the nodes' states in bytes from outside. @returns null when they are no checkpoint of such a flow. */
export function readLayout(bytes: Uint8Array, plan: FlowPlan): NodeImage[] | null {
  const view = viewOf(bytes);
  const board = boardStateBytes(plan);
  if (bytes.length < HEADER_BYTES + board) return null;
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== board) return null;
  const images: NodeImage[] = [];
  let at = align(HEADER_BYTES + board);
  for (const _ of plan.nodes) {
    if (at + NODE_HEADER_BYTES > bytes.length) return null;
    const memory_bytes = view.getUint32(at, true) * WASM_PAGE_BYTES;
    const globals_count = view.getUint32(at + 4, true);
    const tableCount = view.getUint32(at + 8, true);
    const globals = at + NODE_HEADER_BYTES;
    at = globals + globals_count * 8;
    const tables: { at: number; length: number }[] = [];
    for (let i = 0; i < tableCount; i += 1) {
      if (at + 4 > bytes.length) return null;
      const length = view.getUint32(at, true);
      tables.push({ at: at + 4, length });
      at += align(4 + length * 4);
      if (at > bytes.length) return null;
    }
    images.push({ globals, globals_count, tables, memory: at, memory_bytes });
    at += memory_bytes;
    if (at > bytes.length) return null;
  }
  return images;
}

/**
 * Puts the state back. @returns false when a memory or table is larger than it was, which only a fresh engine mends, or
 * when the bytes do not fit the engine.
 */
export function restoreCheckpoint(engine: Engine, plan: FlowPlan, bytes: Uint8Array): boolean {
  const images = readLayout(bytes, plan);
  if (!images || !engine.nodes.every((node, index) => fits(node, images[index]!))) return false;
  try {
    engine.nodes.forEach((node, index) => {
      const image = images[index]!;
      restoreNode(node, bytes, image, image.memory, image.memory_bytes, 0);
    });
  } catch {
    return false;
  }
  new Uint8Array(engine.board, BOARD_STATE_FROM).set(boardOf(bytes));
  return true;
}

/** Whether a node's state can take the image: nothing of it is larger, which cannot be undone. */
export const fits = (node: NodeState, image: NodeImage): boolean =>
  node.memory.buffer.byteLength <= image.memory_bytes &&
  node.globals.length === image.globals_count &&
  node.tables.length === image.tables.length &&
  node.tables.every(({ table }, index) => table.length <= image.tables[index]!.length);

/** Globals, tables, and `length` bytes of memory from `from` of the checkpoint to `to` of the memory. */
export function restoreNode(
  { memory, globals, tables }: NodeState,
  bytes: Uint8Array,
  image: NodeImage,
  from: number,
  length: number,
  to: number,
): void {
  const view = viewOf(bytes);
  const missing = (image.memory_bytes - memory.buffer.byteLength) / WASM_PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  copyChanged(bytes.subarray(from, from + length), new Uint8Array(memory.buffer, to, length));
  globals.forEach((global, index) => {
    const at = image.globals + index * 8;
    global.value = typeof global.value === 'bigint' ? view.getBigInt64(at, true) : view.getFloat64(at, true);
  });
  tables.forEach(({ table, references }, index) => {
    const { at, length: entries } = image.tables[index]!;
    if (entries > table.length) table.grow(entries - table.length);
    for (let i = 0; i < entries; i += 1) {
      const reference = view.getInt32(at + i * 4, true);
      table.set(i, reference < 0 ? null : references[reference]);
    }
  });
}

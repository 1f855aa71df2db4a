import { alignRing, BOARD, BOARD_U64, FieldReader, type FlowPlan, FRAMING, INGRESS_HEADER } from '#abi';
import type { Board } from './board.ts';

const BATCH_FIELD = 31;

/** One message found in the ring: bytes [start, end) of ingress. `advance` moves the cursors behind it. */
export interface Block {
  /** `update`: a TagUpdate to check. `malformed`: known to be none. `skip`: nothing to run. `tick`, `direct`: see FRAMING. */
  readonly kind: 'update' | 'malformed' | 'skip' | 'tick' | 'direct';
  readonly start: number;
  readonly end: number;
  readonly now: bigint;
  readonly advance: () => void;
}

/** Finds the next message: blocks in the ring, frames in blocks, updates in batches. Cursors live on the board. */
export class BlockReader {
  readonly #plan: FlowPlan;
  readonly #board: Board;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(plan: FlowPlan, board: Board, ingress: SharedArrayBuffer) {
    this.#plan = plan;
    this.#board = board;
    this.#bytes = new Uint8Array(ingress);
    this.#view = new DataView(ingress);
  }

  /** `empty`: nothing to read. `moved`: a cursor moved, ask again. */
  next(): Block | 'empty' | 'moved' {
    const board = this.#board;
    if (board.get('batch_cursor') !== board.get('batch_end')) return this.#fromBatch();
    if (board.get('block_open') === 0) return this.#open();
    if (board.get('cursor') === board.get('cursor_end')) {
      board.set('trace_left', 0);
      return this.#close();
    }
    return this.#fromFrames();
  }

  #address(position: number): number {
    return (position >>> 0) % this.#plan.ingress_bytes;
  }

  #now(): bigint {
    return this.#view.getBigUint64(this.#address(this.#board.get('ingress_read')) + INGRESS_HEADER.now, true);
  }

  #advance(cursor: 'cursor' | 'batch_cursor', to: number): void {
    this.#board.count('steps');
    this.#board.set(cursor, to);
  }

  #open(): Block | 'empty' | 'moved' {
    const board = this.#board;
    const read = board.get('ingress_read');
    if (read === Atomics.load(board.words, BOARD.ingress_head / 4)) return 'empty';
    const at = this.#address(read);
    const framing = this.#view.getUint8(at + INGRESS_HEADER.framing);
    const length = this.#view.getUint32(at, true);
    board.set('block_framing', framing);
    board.set('cursor', read + INGRESS_HEADER.bytes);
    board.set('cursor_end', read + INGRESS_HEADER.bytes + length);
    board.set('block_open', 1);
    if (framing === FRAMING.padding) return this.#close();
    board.set('trace_left', this.#view.getUint8(at + INGRESS_HEADER.trace));
    if (framing >= FRAMING.tick) return this.#whole(framing, at + INGRESS_HEADER.bytes, length);
    if (framing === FRAMING.message && length === 0) {
      return { kind: 'malformed', start: 0, end: 0, now: this.#now(), advance: () => undefined };
    }
    return 'moved';
  }

  /** A block that is one step by itself: it is behind the cursor before it runs. */
  #whole(framing: number, start: number, length: number): Block | 'moved' {
    const now = this.#now();
    this.#advance('cursor', this.#board.get('cursor_end'));
    this.#close();
    const kind = framing === FRAMING.tick ? 'tick' : framing === FRAMING.direct ? 'direct' : null;
    return kind ? { kind, start, end: start + length, now, advance: () => undefined } : 'moved';
  }

  #close(): 'moved' {
    const board = this.#board;
    const read = board.get('ingress_read');
    const length = this.#view.getUint32(this.#address(read), true);
    const next = (read + INGRESS_HEADER.bytes + alignRing(length)) | 0;
    board.set('block_open', 0);
    if (board.get('block_framing') !== FRAMING.padding) board.count('blocks');
    board.set('ingress_read', next);
    if (Atomics.load(board.words, BOARD.retain / 4) === 0) Atomics.store(board.words, BOARD.ingress_tail / 4, next);
    return 'moved';
  }

  #fromFrames(): Block {
    const board = this.#board;
    const cursor = board.get('cursor');
    const left = (board.get('cursor_end') - cursor) >>> 0;
    const at = this.#address(cursor);
    const framing = board.get('block_framing');
    const header = framing === FRAMING.message ? 0 : framing === FRAMING.sp_ipc ? 9 : 8;
    const length = header === 0 ? left : this.#frameLength(at, left, header);
    const now = this.#now();
    if (length < 0) {
      return {
        kind: 'malformed',
        start: at,
        end: at + left,
        now,
        advance: () => this.#advance('cursor', board.get('cursor_end')),
      };
    }
    board.add(BOARD_U64.ingress_bytes, BigInt(length));
    const start = at + header;
    const advance = (): void => this.#advance('cursor', cursor + header + length);
    if (length >= 2 && this.#bytes[start] === 0xfa && this.#bytes[start + 1] === 0x01) {
      board.count('batches');
      board.set('batch_cursor', cursor + header);
      board.set('batch_end', cursor + header + length);
      return { kind: 'skip', start, end: start + length, now, advance };
    }
    return { kind: 'update', start, end: start + length, now, advance };
  }

  #frameLength(at: number, left: number, header: number): number {
    if (left < header || (header === 9 && this.#bytes[at] !== 1)) return -1;
    const high = this.#view.getUint32(at + header - 8);
    const low = this.#view.getUint32(at + header - 4);
    return high !== 0 || low > left - header ? -1 : low;
  }

  #fromBatch(): Block {
    const board = this.#board;
    const cursor = board.get('batch_cursor');
    const at = this.#address(cursor);
    const end = at + ((board.get('batch_end') - cursor) >>> 0);
    const now = this.#now();
    const reader = new FieldReader(this.#bytes, at, end);
    const key = reader.key();
    let span = { start: at, end: at };
    if (key?.wire === 0) reader.varint();
    else if (key) span = reader.span(key.wire);
    if (!key || !reader.ok) {
      return {
        kind: 'malformed',
        start: at,
        end,
        now,
        advance: () => this.#advance('batch_cursor', board.get('batch_end')),
      };
    }
    const advance = (): void => this.#advance('batch_cursor', cursor + (reader.at - at));
    if (key.field !== BATCH_FIELD || key.wire !== 2) return { kind: 'skip', start: at, end: reader.at, now, advance };
    const nested =
      span.end - span.start >= 2 && this.#bytes[span.start] === 0xfa && this.#bytes[span.start + 1] === 0x01;
    return { kind: nested ? 'malformed' : 'update', ...span, now, advance };
  }
}

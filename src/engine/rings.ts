import { alignRing, BOARD, EGRESS_HEADER, EGRESS_KIND, FRAMING, INGRESS_HEADER, RING_ALIGN } from '#abi';

const TWO_32 = 2 ** 32;
const WORD = (offset: number): number => offset / 4;

/** The host's end of the ingress ring: one bulk copy a block, whatever the number of messages in it. */
export class IngressWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #capacity: number;

  constructor(ingress: SharedArrayBuffer, board: SharedArrayBuffer, capacity: number) {
    this.#bytes = new Uint8Array(ingress);
    this.#view = new DataView(ingress);
    this.#words = new Int32Array(board);
    this.#capacity = capacity;
  }

  get fill(): number {
    return (
      (Atomics.load(this.#words, WORD(BOARD.ingress_head)) - Atomics.load(this.#words, WORD(BOARD.ingress_tail))) >>> 0
    );
  }

  /** Whether a span of so many bytes would be taken now. */
  hasRoom(length: number): boolean {
    const need = alignRing(INGRESS_HEADER.bytes + length);
    return need + this.#padding(need) <= this.#capacity - this.fill;
  }

  /** Bytes before the ring's end that a block of `need` bytes does not fit into. */
  #padding(need: number): number {
    const rest = this.#capacity - ((this.#words[WORD(BOARD.ingress_head)]! >>> 0) % this.#capacity);
    return need > rest ? rest : 0;
  }

  /**
   * @param span bytes of whole frames, see FRAMING. @param now_us arrival, µs since the epoch. @param trace how many of its
   * first records are traced; TRACE_ALL: all.
   * @returns false when there is no room: try again when the flow has read on.
   */
  write(span: Uint8Array, framing: number, driver: number, now_us: number, trace = 0): boolean {
    const need = alignRing(INGRESS_HEADER.bytes + span.length);
    const padding = this.#padding(need);
    if (need + padding > this.#capacity - this.fill) return false;
    const head = this.#words[WORD(BOARD.ingress_head)]!;
    let at = (head >>> 0) % this.#capacity;
    if (padding > 0) {
      this.#view.setUint32(at, padding - INGRESS_HEADER.bytes, true);
      this.#view.setUint8(at + INGRESS_HEADER.framing, FRAMING.padding);
      at = 0;
    }
    this.#view.setUint32(at, span.length, true);
    this.#view.setUint8(at + INGRESS_HEADER.framing, framing);
    this.#view.setUint8(at + INGRESS_HEADER.trace, trace);
    this.#view.setUint16(at + INGRESS_HEADER.driver, driver, true);
    this.#view.setUint32(at + INGRESS_HEADER.now, now_us % TWO_32, true);
    this.#view.setUint32(at + INGRESS_HEADER.now + 4, Math.floor(now_us / TWO_32), true);
    this.#bytes.set(span, at + INGRESS_HEADER.bytes);
    Atomics.store(this.#words, WORD(BOARD.ingress_head), (head + padding + need) | 0);
    wakeWorker(this.#words);
    return true;
  }
}

/** Tells the worker that there is something to do; a system call only when it sleeps. */
export function wakeWorker(words: Int32Array): void {
  Atomics.add(words, WORD(BOARD.worker_wake), 1);
  if (Atomics.load(words, WORD(BOARD.worker_waiting)) === 1) Atomics.notify(words, WORD(BOARD.worker_wake));
}

/** One egress record, valid during the call it is given to. Times as numbers: µs fit 53 bits. */
export interface EgressRecord {
  kind: number;
  detail: number;
  node: number;
  /** Counts all egress records of a flow, from 0; the same after a replay. */
  sequence: number;
  record: number;
  now_us: number;
  timestamp_us: number;
  /** A view of the ring: copy what must stay. */
  body: Uint8Array;
}

/** The host's end of the egress ring. */
export class EgressReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #record: EgressRecord = {
    kind: 0,
    detail: 0,
    node: 0,
    sequence: 0,
    record: 0,
    now_us: 0,
    timestamp_us: 0,
    body: new Uint8Array(0),
  };

  /** @param sequence of the record that comes next. */
  constructor(egress: SharedArrayBuffer, board: SharedArrayBuffer, capacity: number, sequence = 0) {
    this.#record.sequence = sequence;
    this.#bytes = new Uint8Array(egress);
    this.#view = new DataView(egress);
    this.#words = new Int32Array(board);
    this.#capacity = capacity;
  }

  /** Of the record that comes next. */
  get sequence(): number {
    return this.#record.sequence;
  }

  get fill(): number {
    return (
      (Atomics.load(this.#words, WORD(BOARD.egress_head)) - Atomics.load(this.#words, WORD(BOARD.egress_tail))) >>> 0
    );
  }

  /**
   * Gives every published record to `take`, in order, until it returns false (the record stays, the ring holds).
   * @returns how many were taken.
   */
  drain(take: (record: EgressRecord) => boolean): number {
    const first = Atomics.load(this.#words, WORD(BOARD.egress_tail)) >>> 0;
    const { position, taken } = this.#walk(first, Atomics.load(this.#words, WORD(BOARD.egress_head)) >>> 0, take);
    Atomics.store(this.#words, WORD(BOARD.egress_tail), position | 0);
    // Not `egress_full`: the worker may have seen the old tail and not have set it yet, and would then sleep on free room.
    const was = ((Atomics.load(this.#words, WORD(BOARD.egress_head)) >>> 0) - first) >>> 0;
    if (taken > 0 && was > this.#capacity / 4) wakeWorker(this.#words);
    return taken;
  }

  /** What a record had put out when it ended in a fault, which is never published. Before anything else runs, on its thread. */
  unpublished(take: (record: EgressRecord) => void): void {
    const { sequence } = this.#record;
    const from = this.#words[WORD(BOARD.egress_head)]! >>> 0;
    this.#walk(from, this.#words[WORD(BOARD.egress_write)]! >>> 0, record => {
      take(record);
      return true;
    });
    this.#record.sequence = sequence;
  }

  /** Gives records of [from, to) to `take` until it returns false. @returns where it ended. @throws RangeError: no such records */
  #walk(from: number, to: number, take: (record: EgressRecord) => boolean): { position: number; taken: number } {
    let position = from;
    let taken = 0;
    // A recording's module may be of a stranger: what it says never leads on and on.
    for (let left = (to - from) >>> 0; left > 0; left = (to - position) >>> 0) {
      const at = position % this.#capacity;
      const isPadding = this.#view.getUint8(at + EGRESS_HEADER.kind) === EGRESS_KIND.padding;
      const length = isPadding ? 0 : this.#view.getUint32(at, true);
      const bytes = isPadding ? this.#capacity - at : EGRESS_HEADER.bytes + Math.ceil(length / RING_ALIGN) * RING_ALIGN;
      if (bytes > left || bytes > this.#capacity - at) throw new RangeError('the egress ring holds no records');
      if (!isPadding) {
        this.#fill(at, length);
        if (!take(this.#record)) break;
        taken += 1;
        this.#record.sequence += 1;
      }
      position = (position + bytes) >>> 0;
    }
    return { position, taken };
  }

  #fill(at: number, length: number): void {
    const view = this.#view;
    const record = this.#record;
    record.kind = view.getUint8(at + EGRESS_HEADER.kind);
    record.detail = view.getUint8(at + EGRESS_HEADER.detail);
    record.node = view.getUint16(at + EGRESS_HEADER.node, true);
    record.record = this.#u64(at + EGRESS_HEADER.record);
    record.now_us = this.#u64(at + EGRESS_HEADER.now);
    record.timestamp_us = this.#u64(at + EGRESS_HEADER.timestamp);
    record.body = this.#bytes.subarray(at + EGRESS_HEADER.bytes, at + EGRESS_HEADER.bytes + length);
  }

  #u64(at: number): number {
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * TWO_32;
  }
}

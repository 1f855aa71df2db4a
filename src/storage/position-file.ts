import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { GatewayError } from '#diagnostic';

const SLOT_BYTES = 24;

/**
 * One number that only grows, in a file of two slots written by turns: whenever the process ends, one of them is whole.
 * A slot: u32 crc32 of the rest, u32 0, u64 turn, f64 value. Little-endian.
 */
export class PositionFile {
  readonly #path: string;
  readonly #slot = Buffer.alloc(SLOT_BYTES);
  #fd: number;
  #turn = 0;
  #value = 0;

  /** 0 when there is none yet. @throws GatewayError storage-failed */
  constructor(path: string) {
    this.#path = path;
    this.#fd = this.#attempt(() => openSync(path, 'a+'));
    this.#attempt(() => {
      // 'a+' would append whatever the position; it was only to create the file.
      closeSync(this.#fd);
      this.#fd = openSync(path, 'r+');
      const { turn, value } = newest(readFileSync(this.#fd));
      this.#turn = turn;
      this.#value = value;
    });
  }

  get value(): number {
    return this.#value;
  }

  set value(value: number) {
    if (value === this.#value) return;
    this.#turn += 1;
    this.#slot.writeBigUInt64LE(BigInt(this.#turn), 8);
    this.#slot.writeDoubleLE(value, 16);
    this.#slot.writeUInt32LE(crc32(this.#slot.subarray(4)), 0);
    this.#attempt(() => writeSync(this.#fd, this.#slot, 0, SLOT_BYTES, (this.#turn % 2) * SLOT_BYTES));
    this.#value = value;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new GatewayError('storage-failed', this.#path, (error as Error).message, error);
    }
  }
}

/** The number in a file that another process may be writing to; 0 when there is none. @throws GatewayError storage-failed */
export function readPosition(path: string): number {
  try {
    return newest(readFileSync(path)).value;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw new GatewayError('storage-failed', path, (error as Error).message, error);
  }
}

/** Of the slots that are whole, the one written last. */
function newest(bytes: Buffer): { readonly turn: number; readonly value: number } {
  let found = { turn: 0, value: 0 };
  for (const at of [0, SLOT_BYTES]) {
    const slot = bytes.subarray(at, at + SLOT_BYTES);
    if (slot.length < SLOT_BYTES || crc32(slot.subarray(4)) !== slot.readUInt32LE(0)) continue;
    const turn = Number(slot.readBigUInt64LE(8));
    if (turn >= found.turn) found = { turn, value: slot.readDoubleLE(16) };
  }
  return found;
}

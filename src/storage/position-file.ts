import { closeSync, openSync, readSync, writeSync } from 'node:fs';
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
      for (const at of [0, SLOT_BYTES]) this.#readSlot(at);
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

  #readSlot(at: number): void {
    const slot = Buffer.alloc(SLOT_BYTES);
    if (readSync(this.#fd, slot, 0, SLOT_BYTES, at) < SLOT_BYTES) return;
    const turn = Number(slot.readBigUInt64LE(8));
    if (crc32(slot.subarray(4)) !== slot.readUInt32LE(0) || turn < this.#turn) return;
    this.#turn = turn;
    this.#value = slot.readDoubleLE(16);
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new GatewayError('storage-failed', this.#path, (error as Error).message, error);
    }
  }
}

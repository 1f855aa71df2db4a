/** Ingress blocks as they stand in the journal and in the spill: u8 framing, u8 trace, u16 driver, u32 0, f64 now in µs, span. */
import type { LogEntry } from '#storage';

export interface InputBlock {
  readonly framing: number;
  readonly driver: number;
  readonly now_us: number;
  /** How many of its first records are traced; TRACE_ALL: all. Kept, so that what runs again puts out the same. */
  readonly trace: number;
  readonly span: Uint8Array;
}

const HEADER_BYTES = 16;

const header = Buffer.alloc(HEADER_BYTES);

/** Parts of a log entry; valid until the next call. */
export function packBlock({ framing, driver, now_us, trace, span }: InputBlock): Uint8Array[] {
  header.writeUInt8(framing, 0);
  header.writeUInt8(trace, 1);
  header.writeUInt16LE(driver, 2);
  header.writeDoubleLE(now_us, 8);
  return [header, span];
}

export const unpackBlock = ({ body }: LogEntry): InputBlock => ({
  framing: body.readUInt8(0),
  trace: body.readUInt8(1),
  driver: body.readUInt16LE(2),
  now_us: body.readDoubleLE(8),
  span: body.subarray(HEADER_BYTES),
});

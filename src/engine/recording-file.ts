/** Recordings as files. Nothing here needs Node: a browser reads them too. */
import { FUSER_VERSION, NODE_CALLS } from '#abi';
import { GatewayError } from '#diagnostic';
import type { Capture } from './capture.ts';
import { crc32 } from './crc32.ts';
import type { FaultRecord } from './fault.ts';

/** A recording: everything that is needed to run what led to a fault again, anywhere. */
export interface Recording {
  readonly fuser: string;
  readonly time: string;
  readonly flow: string;
  /** null: taken on request, nothing has failed. */
  readonly fault: FaultRecord | null;
  /** The fused module. */
  readonly wasm: Uint8Array;
  readonly capture: Capture;
}

/** `bytes`: of the file, and of what it holds uncompressed. */
export const RECORDING_LIMITS = { files: 20, bytes: 1024 ** 3, header_bytes: 64 * 1024 } as const;

const FORMAT = 2;
const MAGIC = [...'FWREC\0\0'].map(char => char.charCodeAt(0));
/** Magic, format, checksum, length of the header. */
const HEAD_BYTES = 16;
/** So many bytes are enough for `isRecording`. */
export const RECORDING_START_BYTES = HEAD_BYTES;
const COMPRESSION = 'deflate-raw';

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const refused = (where: string, detail: string, cause?: unknown): GatewayError =>
  new GatewayError('recording-invalid', where, detail, cause);

/** Whether bytes begin as a recording does, of whatever format. */
export const isRecording = (bytes: Uint8Array): boolean =>
  bytes.length >= HEAD_BYTES && MAGIC.every((byte, at) => bytes[at] === byte);

/**
 * A recording as a file: 7-byte magic, u8 format, u32 crc32 of what follows, u32 bytes of the header, header as JSON (with
 * the lengths of the parts), then raw deflate of: fused module, checkpoint, input.
 */
export async function packRecording(recording: Recording): Promise<Uint8Array> {
  const { wasm, capture, ...rest } = recording;
  const parts = [wasm, capture.checkpoint, capture.input];
  const lengths = parts.map(part => part.length);
  const header = new TextEncoder().encode(JSON.stringify({ ...rest, position: capture.position, lengths }));
  const stream = new Blob(parts as BlobPart[]).stream().pipeThrough(new CompressionStream(COMPRESSION));
  const body = new Uint8Array(await new Response(stream).arrayBuffer());
  const file = new Uint8Array(HEAD_BYTES + header.length + body.length);
  file.set([...MAGIC, FORMAT]);
  file.set(header, HEAD_BYTES);
  file.set(body, HEAD_BYTES + header.length);
  viewOf(file).setUint32(12, header.length, true);
  viewOf(file).setUint32(8, crc32(file.subarray(12)), true);
  return file;
}

/** @throws GatewayError recording-invalid */
export async function unpackRecording(bytes: Uint8Array, where: string): Promise<Recording> {
  if (!isRecording(bytes)) throw refused(where, 'it is no recording');
  if (bytes[MAGIC.length] !== FORMAT)
    throw refused(where, `its format is ${bytes[MAGIC.length]}; Fusewire ${FUSER_VERSION} reads format ${FORMAT}`);
  if (crc32(bytes.subarray(12)) !== viewOf(bytes).getUint32(8, true))
    throw refused(where, 'it is damaged or not whole');
  const end = HEAD_BYTES + viewOf(bytes).getUint32(12, true);
  const header = readHeader(bytes.subarray(HEAD_BYTES, end));
  if (end > bytes.length || !header) throw refused(where, 'what it says of itself cannot be read');
  const { lengths, position, ...rest } = header;
  const sum = lengths.reduce((all, length) => all + length, 0);
  if (sum > RECORDING_LIMITS.bytes) throw refused(where, `it holds more than ${RECORDING_LIMITS.bytes} bytes`);
  try {
    const [wasm, checkpoint, input] = await inflate(bytes.subarray(end), lengths);
    return { ...rest, wasm: wasm!, capture: { position, checkpoint: checkpoint!, input: input! } };
  } catch (error) {
    throw refused(where, (error as Error).message, error);
  }
}

/** Parts of exactly such lengths, each with a buffer of its own. @throws Error when there is less, more, or something else */
async function inflate(packed: Uint8Array, lengths: readonly number[]): Promise<Uint8Array[]> {
  const parts = lengths.map(length => new Uint8Array(length));
  const reader = new Blob([packed as BlobPart]).stream().pipeThrough(new DecompressionStream(COMPRESSION)).getReader();
  let part = 0;
  let at = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    for (let rest = read.value as Uint8Array; rest.length > 0; ) {
      while (part < parts.length && at === parts[part]!.length) {
        part += 1;
        at = 0;
      }
      const into = parts[part];
      if (!into) {
        await reader.cancel();
        throw new Error('it holds more than it says');
      }
      const taken = rest.subarray(0, into.length - at);
      into.set(taken, at);
      at += taken.length;
      rest = rest.subarray(taken.length);
    }
  }
  const missing = parts.slice(part).reduce((sum, { length }) => sum + length, -at);
  if (missing > 0) throw new Error('it holds less than it says');
  return parts;
}

interface Header extends Omit<Recording, 'wasm' | 'capture'> {
  readonly position: number;
  readonly lengths: readonly number[];
}

/** @returns null when it is something else */
function readHeader(bytes: Uint8Array): Header | null {
  if (bytes.length > RECORDING_LIMITS.header_bytes) return null;
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  if (typeof header !== 'object' || header === null) return null;
  const { fuser, time, flow, fault, position, lengths } = header;
  const isWhole =
    [fuser, time, flow].every(text => typeof text === 'string') &&
    Number.isInteger(position) &&
    Array.isArray(lengths) &&
    lengths.length === 3 &&
    lengths.every(length => Number.isSafeInteger(length) && length >= 0) &&
    (fault === null || isFault(fault));
  return isWhole ? ({ fuser, time, flow, fault, position, lengths } as Header) : null;
}

function isFault(value: unknown): value is FaultRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { node, node_type, node_index, call, reason, message, record, entry } = value as Record<string, unknown>;
  return (
    [node, node_type].every(text => text === null || typeof text === 'string') &&
    (node_index === null || Number.isInteger(node_index)) &&
    (NODE_CALLS as readonly unknown[]).includes(call) &&
    [reason, message].every(text => typeof text === 'string') &&
    typeof record === 'string' &&
    /^\d{1,20}$/.test(record) &&
    Number.isInteger(entry)
  );
}

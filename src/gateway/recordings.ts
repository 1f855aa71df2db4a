import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, crc32, zstdCompress, zstdDecompressSync } from 'node:zlib';
import { FUSER_VERSION } from '#abi';
import { GatewayError } from '#diagnostic';
import { readAtMost } from '#library';
import type { Capture, FaultRecord, FlowArtifact } from '#runtime';

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
export const RECORDING_LIMITS = { files: 20, bytes: 1024 ** 3 } as const;

const MAGIC = Buffer.from('FWREC\0\0\x01', 'latin1');
const HEAD_BYTES = 16;
const NO_RECORDING = 'it is no recording';
const isRecording = (bytes: Uint8Array): boolean =>
  bytes.length >= HEAD_BYTES && MAGIC.equals(bytes.subarray(0, MAGIC.length));
const compress = promisify(zstdCompress);

/**
 * A recording as a file: 8-byte magic, u32 crc32 of what follows, u32 bytes of the header, header as JSON (with the lengths
 * of the parts), then zstd of: fused module, checkpoint, input.
 */
export async function packRecording(recording: Recording): Promise<Buffer> {
  const { wasm, capture, ...rest } = recording;
  const lengths = [wasm.length, capture.checkpoint.length, capture.input.length];
  const header = Buffer.from(JSON.stringify({ ...rest, position: capture.position, lengths }));
  const body = await compress(Buffer.concat([wasm, capture.checkpoint, capture.input]), {
    params: { [constants.ZSTD_c_compressionLevel]: 3 },
  });
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt32LE(header.length, 12);
  head.writeUInt32LE(crc32(body, crc32(header, crc32(head.subarray(12)))), 8);
  return Buffer.concat([head, header, body]);
}

/** @throws GatewayError recording-invalid */
export function unpackRecording(bytes: Buffer, where: string): Recording {
  const wrong = (detail: string): GatewayError => new GatewayError('recording-invalid', where, detail);
  if (!isRecording(bytes)) throw wrong(NO_RECORDING);
  if (crc32(bytes.subarray(12)) !== bytes.readUInt32LE(8)) throw wrong('it is damaged or not whole');
  try {
    const end = HEAD_BYTES + bytes.readUInt32LE(12);
    const { position, lengths, ...rest } = JSON.parse(bytes.toString('utf8', HEAD_BYTES, end));
    const [wasm, checkpoint, input] = lengths as [number, number, number];
    const body = zstdDecompressSync(bytes.subarray(end), { maxOutputLength: RECORDING_LIMITS.bytes });
    if (body.length !== wasm + checkpoint + input) throw new Error('its parts are not as long as it says');
    // Copies: a view of an odd place cannot be read as words.
    const part = (from: number, length: number): Uint8Array => new Uint8Array(body.subarray(from, from + length));
    return {
      ...(rest as Omit<Recording, 'wasm' | 'capture'>),
      wasm: part(0, wasm),
      capture: { position, checkpoint: part(wasm, checkpoint), input: part(wasm + checkpoint, input) },
    };
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

/** @throws GatewayError recording-invalid, file-not-found */
export function readRecording(path: string): Recording {
  // A look at its beginning first: what is no recording may have no end.
  if (!isRecording(readAtMost(path, HEAD_BYTES))) throw new GatewayError('recording-invalid', path, NO_RECORDING);
  const most = RECORDING_LIMITS.bytes;
  const tooLong = `it is longer than ${most} bytes`;
  if (statSync(path).size > most) throw new GatewayError('recording-invalid', path, tooLong);
  const bytes = readAtMost(path, most + 1);
  if (bytes.length > most) throw new GatewayError('recording-invalid', path, tooLong);
  return unpackRecording(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), path);
}

/** The recordings of one flow: the newest are kept. */
export class Recordings {
  readonly #directory: string;
  #count = 0;
  #kept = 0;

  /** @throws GatewayError storage-failed */
  constructor(directory: string) {
    this.#directory = directory;
    try {
      mkdirSync(directory, { recursive: true });
      this.#kept = this.#files.length;
    } catch (error) {
      throw new GatewayError('storage-failed', directory, (error as Error).message, error);
    }
  }

  /** How many there are. */
  get kept(): number {
    return this.#kept;
  }

  get #files(): string[] {
    return readdirSync(this.#directory)
      .filter(name => name.endsWith('.rec'))
      .sort()
      .map(name => join(this.#directory, name));
  }

  /** Of what goes well. @returns the file. @throws GatewayError storage-failed, recording-invalid */
  async request(artifact: FlowArtifact, capture: Capture): Promise<string> {
    const file = await this.write(artifact, null, capture);
    if (file !== null) return file;
    throw new GatewayError('recording-invalid', artifact.plan.name, 'an unfused flow is not recorded');
  }

  /** @returns the file; null: it is unfused, and not recorded. @throws GatewayError storage-failed */
  async write(artifact: FlowArtifact, fault: FaultRecord | null, capture: Capture): Promise<string | null> {
    if (artifact.code.kind !== 'fused') return null;
    const time = new Date().toISOString();
    this.#count += 1;
    const name = `${time.replaceAll(':', '-')}-${this.#count}-${fault?.node ?? 'request'}.rec`;
    const path = join(this.#directory, name);
    const { wasm } = artifact.code;
    const bytes = await packRecording({ fuser: FUSER_VERSION, time, flow: artifact.plan.name, fault, wasm, capture });
    try {
      await writeFile(`${path}.part`, bytes);
      await rename(`${path}.part`, path);
    } catch (error) {
      throw new GatewayError('storage-failed', path, (error as Error).message, error);
    }
    const files = this.#files;
    for (const old of files.slice(0, -RECORDING_LIMITS.files)) rmSync(old, { force: true });
    this.#kept = Math.min(files.length, RECORDING_LIMITS.files);
    return path;
  }
}

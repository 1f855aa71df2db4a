import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FUSER_VERSION } from '#abi';
import { GatewayError } from '#diagnostic';
import {
  type Capture,
  type FaultRecord,
  type FlowArtifact,
  isRecording,
  packRecording,
  RECORDING_LIMITS,
  RECORDING_START_BYTES,
  type Recording,
  unpackRecording,
} from '#engine';
import { readAtMost } from '#library';

/** @throws GatewayError recording-invalid, file-not-found */
export async function readRecording(path: string): Promise<Recording> {
  // A look at its beginning first: what is no recording may have no end.
  if (!isRecording(readAtMost(path, RECORDING_START_BYTES)))
    throw new GatewayError('recording-invalid', path, 'it is no recording');
  const most = RECORDING_LIMITS.bytes;
  const tooLong = `it is longer than ${most} bytes`;
  if (statSync(path).size > most) throw new GatewayError('recording-invalid', path, tooLong);
  const bytes = readAtMost(path, most + 1);
  if (bytes.length > most) throw new GatewayError('recording-invalid', path, tooLong);
  return unpackRecording(bytes, path);
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

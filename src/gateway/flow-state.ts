import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowLimits, FUSER_VERSION } from '#abi';
import { GatewayError } from '#diagnostic';
import type { FlowArtifact } from '#engine';
import { type FoundSnapshot, lockDirectory, SegmentLog, SnapshotStore } from '#storage';
import { readArtifact } from './artifact.ts';
import { Spill } from './spill.ts';

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  /** See `artifactId`: the version whose state it is. */
  readonly artifact: string;
  readonly fuser: string;
  readonly time: string;
  /** Records handled. */
  readonly record: number;
  /** Index of the journal's block that is open or comes next. */
  readonly blocks: number;
  /** Egress records put out. */
  readonly egress: number;
}

const JOURNAL_SEGMENT_BYTES = 8 * 1024 * 1024;

const ids = new WeakMap<FlowArtifact, string>();

/** Names the code of a version: state of the same id fits without a look. */
export function artifactId(artifact: FlowArtifact): string {
  const id = ids.get(artifact) ?? idOf(artifact);
  ids.set(artifact, id);
  return id;
}

function idOf({ plan, code }: FlowArtifact): string {
  const hash = createHash('sha256').update(code.kind).update(JSON.stringify(plan));
  for (const bytes of code.kind === 'fused' ? [code.wasm] : code.modules) hash.update(bytes);
  return hash.digest('hex');
}

/** The folder of one flow: who it is, its snapshots, journal, spill, and the places of dead letters, spools, recordings. */
export class FlowState {
  /** Unique for this folder: outputs are numbered within it. */
  readonly id: string;
  readonly snapshots: SnapshotStore<SnapshotHeader>;
  /** null: not durable. */
  readonly journal: SegmentLog | null;
  readonly spill: Spill;
  readonly #directory: string;
  readonly #unlock: () => void;

  /** @throws GatewayError storage-failed */
  constructor(directory: string, durable: boolean, limits: Pick<FlowLimits, 'journal_bytes' | 'spill_bytes'>) {
    const { journal_bytes, spill_bytes } = limits;
    this.#directory = directory;
    this.#unlock = lockDirectory(directory);
    try {
      this.id = identity(join(directory, 'identity.json'));
      this.snapshots = new SnapshotStore(join(directory, 'snapshots'));
      const journal = { segment_bytes: Math.min(JOURNAL_SEGMENT_BYTES, journal_bytes / 8), bytes: journal_bytes };
      this.journal = durable ? new SegmentLog(join(directory, 'journal'), journal) : null;
      this.spill = new Spill(join(directory, 'spill'), spill_bytes);
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  place(name: 'dead-letters' | 'spool' | 'recordings'): string {
    return join(this.#directory, name);
  }

  load(): FoundSnapshot<SnapshotHeader> {
    return this.snapshots.load();
  }

  /** Keeps the code of a version, so that its state can be taken up again by whatever comes next. @throws storage-failed */
  keepArtifact(artifact: FlowArtifact): void {
    const { code } = artifact;
    if (code.kind !== 'fused') return;
    const folder = join(this.#directory, 'versions');
    const path = join(folder, `${artifactId(artifact)}.wasm`);
    if (existsSync(path)) return;
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${path}.part`, code.wasm, { flush: true });
      renameSync(`${path}.part`, path);
    } catch (error) {
      throw new GatewayError('storage-failed', path, (error as Error).message, error);
    }
  }

  /** null: it was never kept, is damaged, or is of another version of the fuser. */
  artifact(id: string): FlowArtifact | null {
    const path = join(this.#directory, 'versions', `${id}.wasm`);
    if (!existsSync(path)) return null;
    const artifact = readArtifact(new Uint8Array(readFileSync(path)))?.artifact ?? null;
    return artifact && artifactId(artifact) === id ? artifact : null;
  }

  /** Deletes the code of versions that no snapshot is of. @throws GatewayError storage-failed */
  forgetOthers(ids: readonly string[]): void {
    const folder = join(this.#directory, 'versions');
    if (!existsSync(folder)) return;
    try {
      for (const name of readdirSync(folder))
        if (!ids.includes(name.replace(/\.wasm$/, ''))) rmSync(join(folder, name), { force: true });
    } catch (error) {
      throw new GatewayError('storage-failed', folder, (error as Error).message, error);
    }
  }

  close(): void {
    this.journal?.close();
    this.spill.close();
    this.#unlock();
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A torn file is made anew: ids of outputs then begin again, and a sink may see an output under two. */
function identity(path: string): string {
  try {
    const { id } = (JSON.parse(readFileSync(path, 'utf8')) ?? {}) as { id?: unknown };
    if (typeof id === 'string' && UUID.test(id)) return id;
  } catch (error) {
    if (!(error instanceof SyntaxError) && (error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new GatewayError('storage-failed', path, (error as Error).message, error);
  }
  const id = randomUUID();
  try {
    writeFileSync(path, JSON.stringify({ id, fuser: FUSER_VERSION }), { flush: true });
  } catch (error) {
    throw new GatewayError('storage-failed', path, (error as Error).message, error);
  }
  return id;
}

import { BOARD_U64, FUSER_VERSION } from '#abi';
import type { GatewayError } from '#diagnostic';
import { checkpointLong, type FlowArtifact } from '#engine';
import { type FlowRunner, giveBack } from '#runtime';
import { artifactId, type FlowState, type SnapshotHeader } from './flow-state.ts';

export interface SnapshotOptions {
  /** A snapshot at least so often, while there is something new. */
  readonly snapshot_ms: number;
  /** A snapshot at least after so many records. */
  readonly snapshot_records: number;
  /** The journal is synced to the disk so often: what a power cut can cost. */
  readonly sync_ms: number;
}
export const SNAPSHOT_DEFAULTS: SnapshotOptions = { snapshot_ms: 10_000, snapshot_records: 50_000_000, sync_ms: 50 };

const LOOK_MS = 50;

interface Pending {
  /** Whose state it is: another version may run when it is written. */
  readonly artifact: FlowArtifact;
  readonly header: SnapshotHeader;
  readonly checkpoint: Uint8Array;
}

/**
 * Writes snapshots. One is put on disk only when all that its flow had put out by then is settled: acknowledged, stored on
 * disk or a dead letter. So whatever moment the process ends at, what comes again after a restart is never too little.
 */
export class Snapshots {
  readonly #state: FlowState;
  readonly #runner: FlowRunner;
  readonly #settled: () => number;
  readonly #options: SnapshotOptions;
  readonly #onProblem: (error: GatewayError) => void;
  readonly #onRoom: () => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #last: SnapshotHeader | null;
  #lastAt = performance.now();
  #pending: Pending | null = null;
  #writing: Promise<void> | null = null;
  #bytes = 0;
  #synced = 0;

  /** @param settled sequence of the first output that is not settled. @param onRoom the journal has room again. */
  constructor(
    state: FlowState,
    runner: FlowRunner,
    last: SnapshotHeader | null,
    settled: () => number,
    options: SnapshotOptions,
    events: { readonly onProblem: (error: GatewayError) => void; readonly onRoom: () => void },
  ) {
    this.#state = state;
    this.#runner = runner;
    this.#last = last;
    this.#settled = settled;
    this.#options = options;
    this.#onProblem = events.onProblem;
    this.#onRoom = events.onRoom;
  }

  get last(): { readonly time: string; readonly record: number; readonly bytes: number } | null {
    return this.#last && { time: this.#last.time, record: this.#last.record, bytes: this.#bytes };
  }

  start(): void {
    this.#timers.push(setInterval(() => this.#look(), LOOK_MS));
    if (this.#state.journal) this.#timers.push(setInterval(() => this.#sync(), this.#options.sync_ms));
  }

  /** Takes one as soon as may be: another version runs, and what it did must not be run again by the one before. */
  soon(): void {
    this.#pending = null;
    this.#lastAt = Number.NEGATIVE_INFINITY;
  }

  /** Takes one now, and waits until it is on disk. What was put out must be settled, or about to be. @throws GatewayError */
  async take(): Promise<void> {
    await this.#writing;
    this.#pending = this.#grab();
    while (this.#pending && this.#settled() < this.#pending.header.egress)
      await new Promise(resolve => setTimeout(resolve, LOOK_MS));
    if (this.#pending) await this.#write(this.#pending);
  }

  /** At the end: the last state, if all that was put out is settled. */
  async takeSettled(): Promise<void> {
    const pending = this.#grab();
    if (pending && this.#settled() >= pending.header.egress) await this.#write(pending);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.length = 0;
    await this.#writing;
  }

  #look(): void {
    if (this.#writing) return;
    if (!this.#pending && this.#due()) this.#pending = this.#grab();
    if (!this.#pending || this.#settled() < this.#pending.header.egress) return;
    this.#writing = this.#write(this.#pending)
      .catch(error => this.#onProblem(error as GatewayError))
      .finally(() => {
        this.#writing = null;
        this.#onRoom();
      });
  }

  #due(): boolean {
    const since = this.#runner.records - (this.#last?.record ?? 0);
    const journal = this.#state.journal;
    if (journal && !journal.hasRoom(journal.bytes)) return true;
    if (since >= this.#options.snapshot_records) return true;
    return performance.now() - this.#lastAt >= this.#options.snapshot_ms;
  }

  /** null: nothing is new since the last one. */
  #grab(): Pending | null {
    const { artifact } = this.#runner;
    const id = artifactId(artifact);
    this.#lastAt = performance.now();
    if (this.#isLast(id)) return null;
    const checkpoint = this.#runner.checkpoint();
    if (!checkpoint) return null;
    const header = {
      artifact: id,
      fuser: FUSER_VERSION,
      time: new Date().toISOString(),
      record: checkpointLong(checkpoint, BOARD_U64.record),
      blocks: checkpointLong(checkpoint, BOARD_U64.blocks),
      egress: checkpointLong(checkpoint, BOARD_U64.egress_records),
    };
    return { artifact, header, checkpoint };
  }

  /** Whether the last snapshot has come as far as the flow. */
  #isLast(id: string): boolean {
    if (this.#last?.artifact !== id) return false;
    const now = this.#runner.checkpointed();
    return now !== null && now.blocks === this.#last.blocks && now.record === this.#last.record;
  }

  async #write({ artifact, header, checkpoint }: Pending): Promise<void> {
    this.#pending = null;
    try {
      this.#state.keepArtifact(artifact);
      await this.#state.journal?.sync();
      this.#bytes = await this.#state.snapshots.write(header, checkpoint);
    } finally {
      giveBack(checkpoint);
    }
    // The snapshot before this one stays usable: its journal stays, too.
    this.#state.journal?.release(this.#last?.blocks ?? 0);
    this.#state.forgetOthers([header.artifact, this.#last?.artifact ?? '']);
    this.#last = header;
  }

  #sync(): void {
    const { journal } = this.#state;
    if (!journal || journal.next === this.#synced) return;
    this.#synced = journal.next;
    journal.sync().catch(error => this.#onProblem(error as GatewayError));
  }
}

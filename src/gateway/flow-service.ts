import { randomUUID } from 'node:crypto';
import { FRAMING } from '#abi';
import { GatewayError } from '#diagnostic';
import type { Capture, EgressRecord, FaultRecord, FlowArtifact } from '#engine';
import { type Beginning, FlowRunner, giveBack } from '#runtime';
import type { Snapshot } from '#storage';
import { type InputBlock, unpackBlock } from './blocks.ts';
import { type FlowTraits, flowLimits, type GatewayFlowOptions } from './flow-options.ts';
import { artifactId, FlowState, type SnapshotHeader } from './flow-state.ts';
import { Intake, STALL_MS } from './intake.ts';
import { Outlets } from './outlets.ts';
import { Recordings } from './recordings.ts';
import { SNAPSHOT_DEFAULTS, Snapshots } from './snapshots.ts';

export interface ServiceEvents {
  /** The parts are there, nothing runs yet. */
  readonly onService: (service: FlowService) => void;
  readonly onEgress: (record: EgressRecord, version: FlowArtifact) => boolean;
  readonly onFault: (fault: FaultRecord, capture: Capture | null) => void;
  readonly onRecovered: (path: readonly string[]) => void;
  readonly onResume: () => void;
  readonly onQuarantined: (fault: FaultRecord, ms: number) => void;
  readonly onReleased: () => void;
  readonly onOutputFailed: (node: string, error: GatewayError, body: Uint8Array, sequence: number) => void;
  readonly onProblem: (error: GatewayError) => void;
  readonly onDown: (error: GatewayError) => void;
}

/** The parts of a flow in service. */
export interface FlowService {
  readonly runner: FlowRunner;
  readonly intake: Intake;
  readonly outlets: Outlets;
  /** null: nothing outlives the process. */
  readonly state: FlowState | null;
  readonly snapshots: Snapshots | null;
  readonly recordings: Recordings | null;
  /** Another version runs now. */
  adopt(version: FlowArtifact): void;
  stop(within_ms: number): Promise<void>;
}

/**
 * Starts a flow from what its folder holds: snapshot, then the journal's input since. When the snapshot is of another
 * version, that one is started. @throws GatewayError
 */
export async function startService(
  artifact: FlowArtifact,
  document: FlowTraits['document'],
  options: GatewayFlowOptions,
  events: ServiceEvents,
): Promise<void> {
  const state = openState(artifact, document, options);
  let service: Service;
  try {
    service = new Service(artifact, state, options, events);
  } catch (error) {
    state?.close();
    throw error;
  }
  events.onService(service);
  await service.start();
}

/** null: nothing outlives the process. */
function openState(
  { plan }: FlowArtifact,
  document: FlowTraits['document'],
  { state, durable = document.durable ?? false, quarantine }: GatewayFlowOptions,
): FlowState | null {
  if (state) return new FlowState(state, durable, flowLimits(document.limits));
  if (durable || quarantine === 'spill')
    throw new GatewayError('state-needed', plan.name, durable ? 'it is durable' : 'it spills its input');
  return null;
}

class Service implements FlowService {
  readonly runner: FlowRunner;
  readonly intake: Intake;
  readonly outlets: Outlets;
  readonly state: FlowState | null;
  readonly recordings: Recordings | null;
  snapshots: Snapshots | null = null;
  readonly #options: GatewayFlowOptions;
  readonly #events: ServiceEvents;
  /** Until it was taken up: its body is as large as all that the nodes remember. */
  #found: Snapshot<SnapshotHeader> | null;
  /** The one that was asked for; where the state is of another, that one is started, to be replaced at once. */
  readonly #asked: FlowArtifact;

  constructor(artifact: FlowArtifact, state: FlowState | null, options: GatewayFlowOptions, events: ServiceEvents) {
    this.#options = options;
    this.#events = events;
    this.#asked = artifact;
    this.state = state;
    this.recordings = this.state && new Recordings(this.state.place('recordings'));
    this.#found = this.#load();
    this.outlets = new Outlets(
      {
        directory: options.directory,
        id_prefix: this.state?.id ?? randomUUID(),
        spool: this.state?.place('spool') ?? null,
        resolve: options.resolve,
        confined: options.confined,
      },
      {
        onDrain: () => this.runner.pump(),
        onProblem: (_node, error) => events.onProblem(error),
        onFailed: events.onOutputFailed,
      },
    );
    this.runner = new FlowRunner(this.#versionToStart(artifact), this.#runnerEvents(), options);
    this.intake = new Intake({
      runner: this.runner,
      journal: this.state?.journal ?? null,
      spill: this.state?.spill ?? null,
      policy: options.quarantine ?? 'hold',
      stall_ms: options.stall_ms ?? (options.ingest ? STALL_MS : Number.POSITIVE_INFINITY),
      onResume: events.onResume,
      onProblem: events.onProblem,
    });
  }

  async start(): Promise<void> {
    const { state, runner } = this;
    await this.outlets.open(runner.artifact, runner.artifact !== this.#asked);
    const journal = state?.journal ?? null;
    const found = this.#found;
    this.#found = null;
    const blocks = found?.header.blocks ?? 0;
    if (journal && journal.damaged > 0) {
      const detail = `the last ${journal.damaged} bytes of the journal were not whole and are left out`;
      this.#events.onProblem(new GatewayError('storage-failed', `${this.#options.state!}/journal`, detail));
    }
    // A power cut can cost the journal's end, but not the snapshot.
    if (journal && journal.next < blocks) journal.restartAt(blocks);
    const beginning: Beginning = found
      ? { kind: 'restore', checkpoint: found.body, block: journal?.read(blocks).next().value?.index === blocks }
      : { kind: 'afresh' };
    await runner.start(beginning, found?.header.egress ?? 0);
    if (found) giveBack(found.body);
    await this.#replayJournal(blocks);
    if (state) {
      this.snapshots = new Snapshots(
        state,
        runner,
        found?.header ?? null,
        () => this.outlets.settled(runner.sequence),
        { ...SNAPSHOT_DEFAULTS, ...this.#options.snapshots },
        { onProblem: this.#events.onProblem, onRoom: () => this.intake.resume() },
      );
      // There is always one to go back to: the journal alone has no beginning.
      if (!found) await this.snapshots.take();
      this.snapshots.start();
    }
    for (const path of this.outlets.unclaimed())
      this.#events.onProblem(
        new GatewayError('storage-failed', path, 'outputs wait there for a sink that the flow does not have any more'),
      );
    this.intake.resume();
    this.#startTicks(runner.artifact);
  }

  adopt(version: FlowArtifact): void {
    this.snapshots?.soon();
    this.#startTicks(version);
  }

  #startTicks({ plan }: FlowArtifact): void {
    this.intake.stopTicks();
    const ticks = plan.clock === 'arrival' && plan.nodes.some(node => node.functions.includes('tick'));
    if (ticks) this.intake.startTicks(plan.tick_ms);
  }

  async stop(within_ms: number): Promise<void> {
    const { runner, outlets, state, snapshots } = this;
    this.intake.stop();
    let isOver = false;
    const late = new Promise<false>(resolve => setTimeout(() => resolve(false), within_ms).unref());
    const drained = runner.drain().then(async () => {
      for (runner.pump(); !isOver && runner.stats().egress_fill > 0; runner.pump())
        await new Promise(done => setTimeout(done, 10));
      return true as const;
    });
    if (!(await Promise.race([drained, late]))) {
      isOver = true;
      this.#events.onProblem(
        new GatewayError('flow-faulted', runner.artifact.plan.name, 'its sinks do not take what it holds'),
      );
      runner.abandon();
    }
    await outlets.closeAll();
    try {
      await snapshots?.stop();
      await snapshots?.takeSettled();
    } catch (error) {
      // The disk may be full: the snapshot before stays, and the folder is given back all the same.
      if (!(error instanceof GatewayError)) throw error;
      this.#events.onProblem(error);
    } finally {
      state?.close();
    }
  }

  #load(): Snapshot<SnapshotHeader> | null {
    const found = this.state?.load();
    for (const path of found?.damaged ?? [])
      this.#events.onProblem(
        new GatewayError('storage-failed', path, 'the snapshot is damaged; the one before is used'),
      );
    return found?.snapshot ?? null;
  }

  #versionToStart(artifact: FlowArtifact): FlowArtifact {
    const id = this.#found?.header.artifact;
    if (id === undefined || id === artifactId(artifact)) return artifact;
    const kept = this.state!.artifact(id);
    if (kept) return kept;
    throw new GatewayError('state-mismatch', this.#options.state!, `its code is not there, or not of this Fusewire`);
  }

  #runnerEvents(): ConstructorParameters<typeof FlowRunner>[1] {
    const events = this.#events;
    return {
      onEgress: events.onEgress,
      onFault: events.onFault,
      onRecovered: events.onRecovered,
      onRoom: () => this.intake.resume(),
      onQuarantined: events.onQuarantined,
      onReleased: () => {
        events.onReleased();
        this.intake.resume();
      },
      onDrained: version => this.outlets.close(version),
      onDown: events.onDown,
    };
  }

  /** What was journalled and is not in the snapshot. What is lost counts as an empty block: blocks keep their numbers. */
  async #replayJournal(from: number): Promise<void> {
    const { journal } = this.state ?? { journal: null };
    if (!journal) return;
    let next = from;
    for (const entry of journal.read(from)) {
      if (entry.index !== next) await this.#lost(next, entry.index);
      next = entry.index + 1;
      await this.#again(unpackBlock(entry));
    }
    if (next < journal.next) await this.#lost(next, journal.next);
  }

  async #again({ framing, driver, now_us, trace, span }: InputBlock): Promise<void> {
    while (!this.runner.write(span, framing, driver, now_us, trace)) {
      this.runner.pump();
      await new Promise(resolve => setTimeout(resolve, 1));
    }
  }

  async #lost(from: number, to: number): Promise<void> {
    this.#events.onProblem(
      new GatewayError(
        'storage-failed',
        this.#options.state!,
        `blocks ${from} to ${to - 1} of the journal are damaged`,
      ),
    );
    for (let i = from; i < to; i += 1)
      await this.#again({ framing: FRAMING.sp_tcp, driver: 0, now_us: 0, trace: 0, span: new Uint8Array() });
  }
}

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '#diagnostic';
import type { GatewayFlowOptions } from '#gateway';
import { Ingest } from '#ingest';
import { type FlowRow, openRepository, type Repository } from '#repository';
import { Artifacts } from './artifacts.ts';
import { addBuiltIns } from './built-ins.ts';
import { Bundles } from './bundles.ts';
import { NO_REPORT } from './deploy-dto.ts';
import { DeployJobs } from './deploy-jobs.ts';
import { Deployments } from './deployments.ts';
import { FlowHost } from './flow-host.ts';
import { FlowStore } from './flow-store.ts';
import { Lately } from './lately.ts';
import { Letters } from './letters.ts';
import { Live } from './live.ts';
import { News } from './news.ts';
import { NodeStore } from './node-store.ts';
import { RecordingFiles } from './recordings.ts';
import { Tracing } from './tracing.ts';
import { Trials } from './trials.ts';

export interface ServiceOptions {
  /** The data directory. */
  readonly data: string;
  /** Folder of the built-in nodes. */
  readonly built_ins: string;
  /** `tcp://HOST:PORT`, `ipc://PATH`. */
  readonly ingest: readonly string[];
  readonly message_bytes_max?: number | undefined;
  /** Flows that there may be. */
  readonly flows_max: number;
  readonly stop_ms: number;
  readonly snapshots?: GatewayFlowOptions['snapshots'];
  readonly resolveSecrets?: GatewayFlowOptions['resolve'];
}

/** So old may be what is said of being ready; what is changed is seen at once. */
const READY_MS = 100;
/** What is under way has so long when the gateway stops. */
const JOBS_MS = 5_000;
/** Flows that are started at the same time; each compiles on a thread of its own. */
const STARTS_AT_ONCE = 4;

/** The gateway as a whole: the library, flows and their versions, what runs, and what comes in. */
export class Service {
  readonly repository: Repository;
  readonly news = new News();
  readonly ingest: Ingest;
  readonly flows: FlowStore;
  readonly nodes: NodeStore;
  readonly artifacts: Artifacts;
  readonly deployments: Deployments;
  readonly live: Live;
  readonly bundles: Bundles;
  readonly recordings: RecordingFiles;
  readonly tracing: Tracing;
  readonly trials: Trials;
  readonly #options: ServiceOptions;
  readonly #jobs: DeployJobs;
  readonly #hosts = new Map<string, FlowHost>();
  readonly #unready = new Lately(READY_MS, () => this.#lookUnready());
  #started = false;
  #ending = false;

  /** Opens the data directory. @throws GatewayError data-locked, data-corrupt, data-newer, storage-failed */
  constructor(options: ServiceOptions) {
    this.#options = options;
    this.repository = openRepository(options.data);
    const { flows, nodes, deploys } = this.repository;
    this.artifacts = new Artifacts(nodes.catalog(), join(options.data, 'cache'));
    this.flows = new FlowStore(flows, this.artifacts, options.flows_max, id => this.#clear(id));
    this.nodes = new NodeStore(nodes, this.artifacts);
    this.ingest = new Ingest(
      {
        onProblem: error => this.news.log('warn', error.message),
        onMalformed: sample =>
          this.news.log('warn', `malformed message, first bytes ${Buffer.from(sample).toString('hex')}`),
      },
      options.message_bytes_max === undefined ? {} : { message_bytes_max: options.message_bytes_max },
    );
    this.bundles = new Bundles(this.repository, this.flows, this.nodes);
    this.tracing = new Tracing(this.ingest, id => this.host(id));
    this.trials = new Trials(this.flows, this.artifacts, this.tracing, join(options.data, 'cache'));
    this.recordings = new RecordingFiles(
      id => this.host(id),
      id => this.#folder(id),
    );
    this.#jobs = new DeployJobs(deploys, {
      onProgress: deploy => this.news.changed({ what: 'deploy', flow: deploy.flow, id: deploy.id, deploy }),
      onUnwritten: flow => this.#settle(flow),
      onProblem: (flow, error) => this.#bug(flow, error),
    });
    this.deployments = new Deployments({
      flows: this.flows,
      artifacts: this.artifacts,
      jobs: this.#jobs,
      host: id => this.host(id),
      test: version => this.trials.failures(version),
    });
    this.live = new Live({
      ingest: this.ingest,
      hosts: () => this.#hosts.values(),
      row: id => this.flows.get(id),
      unready: () => this.unready(),
    });
    this.news.onChange(() => {
      this.live.changed();
      this.#unready.forget();
    });
  }

  /**
   * Takes up what ran, then lets the drivers in. A flow that does not start is tried again; the others run.
   * @throws GatewayError listen-failed, storage-failed
   */
  async start(): Promise<void> {
    this.#onDisk('files', folder => mkdirSync(folder, { recursive: true }));
    addBuiltIns(this.#options.built_ins, this.nodes, text => this.news.log('warn', text));
    const rows = this.flows.all();
    for (const row of rows) this.host(row.id);
    const waiting = rows.filter(row => row.desired !== 'stopped' && row.deployed_version !== null);
    const take = async (): Promise<void> => {
      for (let row = waiting.shift(); row && !this.#ending; row = waiting.shift()) await this.#takeUp(row.id);
    };
    await Promise.all(Array.from({ length: STARTS_AT_ONCE }, take));
    for (const url of this.#ending ? [] : this.#options.ingest) await this.ingest.listen(url);
    if (this.#ending) return;
    this.live.start();
    this.#started = true;
    this.live.changed();
  }

  /**
   * Lets nothing in any more, handles what is in hand, writes snapshots. Deploys under way come to nothing. What is not done
   * within the time is left to the journal.
   */
  async stop(): Promise<void> {
    this.#started = false;
    this.#ending = true;
    this.live.stop();
    await this.ingest.close();
    this.artifacts.end();
    await this.#jobs.end(JOBS_MS);
    await Promise.all([...this.#hosts.values()].map(host => host.stop()));
    this.repository.close();
  }

  /** Why the gateway does not do all that it should; empty: it is ready. */
  unready(): readonly string[] {
    if (!this.#started) return ['it is starting'];
    return this.#unready.value;
  }

  #lookUnready(): readonly string[] {
    return this.flows.all().flatMap(({ id, desired }) => {
      const host = this.#hosts.get(id);
      return desired !== 'running' || host?.state === 'running'
        ? []
        : [`flow ${id} is ${host?.state ?? 'stopped'}: ${host?.problem ?? 'it should run'}`];
    });
  }

  /** The flow's place in this gateway, whether it runs or not. @throws GatewayError not-found */
  host(id: string): FlowHost {
    const known = this.#hosts.get(id);
    if (known) return known;
    this.flows.get(id);
    const { data, stop_ms, snapshots, resolveSecrets } = this.#options;
    const options = {
      ingest: this.ingest,
      state: this.#folder(id),
      directory: join(data, 'files'),
      stop_ms,
      snapshots,
      resolveSecrets,
    };
    const host = new FlowHost(id, options, {
      onLog: (level, text, node) => this.news.log(level, text, id, node),
      onChanged: () => this.news.changed({ what: 'flow', flow: id, id }),
      onDeadLetter: () => this.news.changed({ what: 'dead-letters', flow: id, id: null }),
      onRolledBack: version => this.#rolledBack(id, version),
      onRestart: () => void this.#takeUp(id),
    });
    this.#hosts.set(id, host);
    return host;
  }

  /** Flows that have been looked at or run, in the order in which they came. */
  get hostList(): readonly FlowHost[] {
    return [...this.#hosts.values()];
  }

  /** Dead letters of a flow. @throws GatewayError not-found */
  letters(id: string): Letters {
    return new Letters(this.host(id), this.#folder(id));
  }

  /** Deletes a flow that is stopped: versions, drafts, state. @throws GatewayError in-use */
  removeFlow(id: string): void {
    const flow = this.flows.get(id);
    if (flow.desired !== 'stopped' || this.#jobs.busy(id)) throw new GatewayError('in-use', id, 'stop it first');
    this.repository.flows.remove(id);
    this.#hosts.delete(id);
    this.flows.forget(id);
    this.#clear(id);
    this.news.changed({ what: 'flow', flow: id, id });
  }

  #folder(id: string): string {
    return join(this.#options.data, 'flows', id);
  }

  /** State of a flow that is gone. Where it stayed because the process ended, the next flow of that id does not take it up. */
  #clear(id: string): void {
    this.#onDisk(join('flows', id), folder => rmSync(folder, { recursive: true, force: true }));
  }

  /** @throws GatewayError storage-failed */
  #onDisk(name: string, work: (path: string) => void): void {
    const path = join(this.#options.data, name);
    try {
      work(path);
    } catch (error) {
      throw new GatewayError('storage-failed', path, (error as Error).message, error);
    }
  }

  /** In the flow's turn: what somebody deploys meanwhile comes after it. */
  #takeUp(id: string): Promise<void> {
    return this.#jobs.take(id, () => this.#settle(id));
  }

  /** Makes what runs what is written. What fails is tried again: other flows are not concerned. */
  async #settle(id: string): Promise<void> {
    const row = this.repository.flows.get(id);
    if (!row || this.#ending) return;
    const host = this.host(id);
    try {
      if (row.desired === 'stopped' || row.deployed_version === null) return await host.stop();
      if (!host.gateway || host.version !== row.deployed_version) await this.#run(host, row);
      const gateway = host.running();
      await (row.desired === 'paused' ? gateway.pause() : gateway.release());
    } catch (error) {
      if (this.#ending) return;
      this.#bug(id, error, 'it does not start: ');
      if (!host.gateway) host.failed(error as Error);
    }
  }

  async #run(host: FlowHost, { id, deployed_version, settings }: FlowRow): Promise<void> {
    const version = deployed_version!;
    const made = await this.artifacts.make(this.flows.version(id, version), () => undefined);
    if ('diagnostics' in made) throw new GatewayError('fusion-failed', id, made.diagnostics[0]?.message ?? '');
    const planned = { version, made, settings: { ...settings, probation_ms: 0 } };
    if (host.gateway) await host.swap(planned, () => undefined);
    else await host.start({ ...planned, settings });
  }

  /** What nobody else hears of. */
  #bug(flow: string, error: unknown, what = ''): void {
    const text = error instanceof GatewayError ? error.message : String((error as Error).stack);
    this.news.log('error', `${what}${text}`, flow);
  }

  /** The version before is back: what is written down must say so. */
  #rolledBack(id: string, version: number): void {
    try {
      this.#jobs.run({ flow: id, version, kind: 'rollback', by: 'gateway' }, async () => {
        const { desired } = this.flows.get(id);
        if (this.host(id).version !== version)
          throw new GatewayError('conflict', id, 'another version was deployed meanwhile');
        return { version, desired, report: NO_REPORT };
      });
    } catch (error) {
      this.#bug(id, error);
    }
  }
}

/** A whole gateway as `fusewire serve` runs it, in this process, with a client and drivers. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployDto, FlowDto } from '#api';
import { ApiProblem, Client } from '#client';
import { type Config, loadConfig } from '#config';
import { dialPush } from '#connectors';
import { createLog, type GatewayServer, LogRing, startGateway } from '#server';
import { frames } from './generate.ts';
import type { Line } from './process.ts';

export const ROOT = join(import.meta.dirname, '../..');

export interface PlantOptions {
  /** Default: a new folder. */
  readonly data?: string;
  /** Changes of the configuration. */
  readonly config?: (config: Config) => Config;
  readonly signal?: AbortSignal;
  /** With the studio at its address. */
  readonly studio?: boolean;
}

/** A new data directory in `root`. Fused modules are kept from test to test, as long as the fuser stays the same: to fuse takes longest. */
export function newData(root: string): string {
  const data = mkdtempSync(join(root, 'data-'));
  mkdirSync(CACHE, { recursive: true });
  symlinkSync(CACHE, join(data, 'cache'));
  return data;
}

function fuserHash(): string {
  const hash = createHash('sha256');
  for (const layer of ['abi', 'wasm', 'fusion', 'gateway'])
    for (const name of readdirSync(join(ROOT, 'src', layer), { recursive: true, encoding: 'utf8' }).sort())
      if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(ROOT, 'src', layer, name)));
  return hash.digest('hex').slice(0, 16);
}
const CACHE = join(ROOT, '.cache/fused', fuserHash());

export class Plant {
  readonly data: string;
  readonly server: GatewayServer;
  readonly client: Client;
  /** What was logged, as JSON lines. */
  readonly log: string[];

  private constructor(data: string, server: GatewayServer, log: string[]) {
    this.data = data;
    this.server = server;
    this.client = new Client({ url: server.url });
    this.log = log;
  }

  /** @param root folder of all data directories of a test file */
  static async start(
    root: string,
    { data = newData(root), config = one => one, signal, studio = false }: PlantOptions = {},
  ): Promise<Plant> {
    const lines: string[] = [];
    const ring = new LogRing();
    const log = createLog({ level: 'info', format: 'json', ring, onLine: line => lines.push(line) });
    const loaded = loadConfig({ env: {}, flags: {} });
    if ('diagnostics' in loaded) throw new Error(JSON.stringify(loaded));
    const defaults = {
      ...loaded.config,
      data_directory: data,
      http: { ...loaded.config.http, listen: '127.0.0.1:0' },
      ingest: { ...loaded.config.ingest, listen: ['tcp://127.0.0.1:0'] },
    };
    const built_ins = join(ROOT, 'nodes');
    const setup = { config: config(defaults), built_ins, studio: join(ROOT, studio ? 'web/dist' : 'none'), log, ring };
    const server = await startGateway({ ...setup, ...(signal && { signal }) });
    return new Plant(data, server, lines);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Stops, and starts again on the same data. */
  async again(options: PlantOptions = {}): Promise<Plant> {
    await this.stop();
    return Plant.start('', { data: this.data, ...options });
  }

  flow(flow: string): Promise<FlowDto> {
    return this.client.call('getFlow', { params: { flow } });
  }

  /** Makes a flow of this document, under this id. */
  create(id: string, document: object): Promise<FlowDto> {
    return this.client.call('createFlow', { body: { id, name: id, document } });
  }

  /** Replaces the draft, whoever changed it. */
  save(flow: string, document: object): Promise<unknown> {
    return this.client.call('saveDraft', { params: { flow }, body: { document }, ifMatch: '*' });
  }

  /** The job as it ends. */
  async ended(deploy: DeployDto): Promise<DeployDto> {
    let last = deploy;
    for await (const one of this.client.followDeploy(deploy.id)) last = one;
    return last;
  }

  /** Deploys what the draft is, or a version; it must succeed. */
  async deploy(flow: string, body: { version?: number; probation_ms?: number } = {}): Promise<DeployDto> {
    return done(await this.ended(await this.client.call('deployFlow', { params: { flow }, body })));
  }

  /** Makes a flow and deploys it. */
  async run(id: string, document: object): Promise<void> {
    await this.create(id, document);
    await this.deploy(id);
  }

  /** Stops, starts, pauses or resumes; it must succeed. */
  async act(what: 'start' | 'stop' | 'pause' | 'resume', flow: string): Promise<DeployDto> {
    return done(await this.ended(await this.client.call(`${what}Flow`, { params: { flow } })));
  }

  /** Sends messages as a driver does. */
  async send(messages: readonly Uint8Array[]): Promise<void> {
    const push = await dialPush(this.server.ingest[0]!);
    await push.write(frames(messages, push.ipc));
    await push.close();
  }

  /** Sends without end, as a driver does. @returns what ends it, and says how many rounds there were */
  pour(messages: (round: number) => readonly Uint8Array[]): () => Promise<number> {
    let going = true;
    let rounds = 0;
    const poured = (async () => {
      const push = await dialPush(this.server.ingest[0]!);
      for (; going; rounds++) {
        await push.write(frames(messages(rounds), push.ipc));
        await new Promise(resolve => setTimeout(resolve, 2));
      }
      await push.close();
    })();
    return async () => {
      going = false;
      await poured;
      return rounds;
    };
  }

  /** Whole lines of an output file. */
  lines(name: string): Line[] {
    return linesOf(this.data, name);
  }
  values(name: string): number[] {
    return this.lines(name).map(line => line.value);
  }

  upload(node: Uint8Array) {
    return this.client.call('uploadNode', { body: node });
  }
}

function done(deploy: DeployDto): DeployDto {
  if (deploy.state !== 'done') throw new Error(`${deploy.kind} of ${deploy.flow}: ${JSON.stringify(deploy.error)}`);
  return deploy;
}

/** For `assert.rejects`: an answer that is this problem. */
export const fails =
  (code: string, text = /(?:)/) =>
  (error: unknown): boolean =>
    error instanceof ApiProblem && error.code === code && text.test(error.message);
/** What a route of a flow takes. */
export const of = (flow: string) => ({ params: { flow } });

/** Whole lines: one that a kill has cut off is left out. */
export function linesOf(data: string, name: string): Line[] {
  const file = join(data, 'files', name);
  if (!existsSync(file)) return [];
  const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return whole.filter(line => line.endsWith('}') && line.indexOf('{', 1) < 0).map(line => JSON.parse(line) as Line);
}

interface Node {
  readonly id: string;
  readonly node_type: string;
  readonly props?: object;
}

/** tag_input → the nodes → file_sink, and what else stands in a document. */
export function lineTo(
  path: string,
  { tags = ['#'], nodes = [], ...more }: { tags?: string[]; nodes?: Node[]; [key: string]: unknown } = {},
): { nodes: Node[]; wires: object[]; [key: string]: unknown } {
  const all = [
    { id: 'in', node_type: 'tag_input', props: { tags } },
    ...nodes,
    { id: 'out', node_type: 'file_sink', props: { path } },
  ];
  const wires = all.slice(1).map((target, i) => {
    const source = all[i]!;
    const source_port = source.node_type === 'filter' ? 'true' : 'out';
    return { source_node: source.id, source_port, target_node: target.id, target_port: 'in' };
  });
  return { format: 'fusewire.flow/1', name: path, ...more, nodes: all, wires };
}
/** Sum of all values so far: shows whether state goes on. */
export const SUM: Node = { id: 'sum', node_type: 'agg', props: { function: 'sum', mode: 'running' } };
export const scale = (factor: number): Node => ({ id: 'scale', node_type: 'scale', props: { factor } });

/** What the gateway in memory holds. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DEPLOY_STAGES,
  type DeadLetterDto,
  type DeployDto,
  type DiagnosticDto,
  type DraftDto,
  type FlowDto,
  type FlowLiveDto,
  type FlowSettingsDto,
  type GatewayStatusDto,
  type LogLineDto,
  type Payload,
  type VersionDto,
} from '#api';
import { type Diagnostic, hasErrors } from '#diagnostic';
import { canonicalFlow, checkFlow, type FlowDocument, parseFlow } from '#flow';
import { NodeLibrary } from '#library';
import { missing, Refusal } from './gateway.ts';

export const TIME = '2026-03-01T08:30:00.000Z';
const STAGE_MS = 15;
const ROOT = join(import.meta.dirname, '../../..');
export const library = new NodeLibrary();
library.addBuiltIns(join(ROOT, 'nodes'));

export interface FakeFlow {
  readonly id: string;
  name: string;
  state: FlowDto['state'];
  deployed: number | null;
  draft: DraftDto;
  readonly versions: VersionDto[];
  settings: FlowSettingsDto;
  letters: (DeadLetterDto & { message: Uint8Array })[];
}

export const payloadOf = (tag: string, value: number): Payload => ({
  bytes: 20,
  text: `${tag} = ${value}`,
  base64: Buffer.from(`${tag} = ${value}`).toString('base64'),
  update: { tag, kind: 'double', value, quality: 0, timestamp: 1_772_353_800_000_000, unit: '°C', seq: 7 },
});

export class World {
  readonly flows = new Map<string, FakeFlow>();
  readonly deploys: DeployDto[] = [];
  readonly byKey = new Map<string, DeployDto>();
  readonly logs: LogLineDto[] = [];
  /** Deploys fail in this stage. */
  failIn: (typeof DEPLOY_STAGES)[number] | null = null;
  looks = 0;

  flow(id: string): FakeFlow {
    const flow = this.flows.get(id);
    if (!flow) throw missing(`flow ${id}`);
    return flow;
  }

  create(id: string, name: string, document: unknown, tests: DraftDto['tests'] = []): FakeFlow {
    if (this.flows.has(id)) throw new Refusal(409, 'conflict', `there is a flow ${id} already`);
    const flow: FakeFlow = {
      id,
      name,
      state: 'stopped',
      deployed: null,
      draft: { document, tests, revision: 1, updated_by: 'ann', updated_at: TIME },
      versions: [],
      settings: { overload: 'hold', test_before_deploy: false, probation_ms: 10_000 },
      letters: [],
    };
    this.flows.set(id, flow);
    return flow;
  }

  save(flow: FakeFlow, document: unknown, tests = flow.draft.tests): void {
    flow.draft = { ...flow.draft, document, tests, revision: flow.draft.revision + 1 };
  }

  check(document: unknown): DiagnosticDto[] {
    const parsed = parseFlow(JSON.stringify(document));
    const found: Diagnostic[] =
      'diagnostics' in parsed ? parsed.diagnostics : checkFlow(parsed.document, library).diagnostics;
    return found.map(one => ({ ...one }));
  }

  version(flow: FakeFlow, message: string): VersionDto {
    const diagnostics = this.check(flow.draft.document);
    if (hasErrors(diagnostics as Diagnostic[]))
      throw new Refusal(422, 'flow-invalid', 'the draft has errors', diagnostics);
    const hash = hashOf(flow.draft.document);
    const last = flow.versions.at(-1);
    if (last?.hash === hash) return last;
    const { document, tests } = flow.draft;
    const number = flow.versions.length + 1;
    flow.versions.push({
      number,
      hash,
      message,
      author: 'ann',
      created_at: TIME,
      deployed: false,
      document: structuredClone(document),
      tests,
    });
    return flow.versions.at(-1)!;
  }

  dto(flow: FakeFlow): FlowDto {
    const latest = flow.versions.at(-1);
    return {
      id: flow.id,
      name: flow.name,
      state: flow.state,
      problem: null,
      desired: flow.state === 'running' || flow.state === 'paused' ? flow.state : 'stopped',
      deployed_version: flow.deployed,
      latest_version: latest?.number ?? null,
      draft_differs: latest === undefined || JSON.stringify(latest.document) !== JSON.stringify(flow.draft.document),
      settings: flow.settings,
      created_by: 'ann',
      created_at: TIME,
    };
  }

  /** Begins a job that goes through its stages by itself; the same key gives the same job. */
  deploy(flow: FakeFlow, kind: DeployDto['kind'], version: number | null, key: string | null): DeployDto {
    const before = key === null ? undefined : this.byKey.get(key);
    if (before) return before;
    const job: DeployDto = {
      id: randomUUID(),
      flow: flow.id,
      version,
      kind,
      state: 'running',
      stage: null,
      stages: [],
      by: 'ann',
      started_at: TIME,
      ended_at: null,
      receipt: null,
      nodes: [],
      pause_ms: null,
      diagnostics: [],
      error: null,
    };
    this.deploys.unshift(job);
    if (key !== null) this.byKey.set(key, job);
    void this.#work(job, flow);
    return job;
  }

  async #work(job: DeployDto, flow: FakeFlow): Promise<void> {
    for (const stage of job.kind === 'deploy' || job.kind === 'rollback' ? DEPLOY_STAGES : []) {
      job.stage = stage;
      job.stages.push({ stage, ms: null });
      await delay(STAGE_MS);
      if (stage === this.failIn) {
        job.state = 'failed';
        job.error = { code: 'configure-failed', message: 'A node refused its configuration. hot: no such unit' };
        job.ended_at = TIME;
        return;
      }
      job.stages.at(-1)!.ms = STAGE_MS;
    }
    const was = flow.deployed;
    if (job.stages.length > 0) this.#takeOver(job, flow, was);
    flow.state = ({ stop: 'stopped', pause: 'paused' } as Record<string, FlowDto['state']>)[job.kind] ?? 'running';
    job.state = 'done';
    job.stage = null;
    job.ended_at = TIME;
  }

  #takeOver(job: DeployDto, flow: FakeFlow, was: number | null): void {
    const { nodes } = documentOf(flow);
    flow.deployed = job.version;
    for (const one of flow.versions) one.deployed = one.number === job.version;
    job.receipt = {
      modules_in: new Set(nodes.map(one => one.node_type)).size,
      instances: nodes.length,
      bytes_in: 12_345,
      bytes_out: 9_876,
      boundary_calls_removed: 17,
      ms: 84.5,
      cached: false,
    };
    job.nodes = nodes.map(({ id }) => ({
      node: id,
      fate: was === null ? 'new' : 'kept',
      reason: was === null ? 'it was not in the old version' : 'same module, same props',
    }));
    job.pause_ms = was === null ? null : 3.2;
  }

  status(): GatewayStatusDto {
    this.looks += 1;
    return {
      version: '0.5.1',
      time: TIME,
      uptime_s: 90_061,
      ready: true,
      rss_bytes: 90 * 1024 ** 2,
      ingest: {
        addresses: ['tcp://127.0.0.1:5555'],
        connections: 2,
        updates: 1_234_567,
        rate: 12_000,
        unrouted: 3,
        malformed: 1,
        tags: 24,
      },
      flows: [...this.flows.values()].map(flow => flowStatus(flow)),
    };
  }

  live(flow: FakeFlow): FlowLiveDto {
    const { nodes, wires } = documentOf(flow);
    return {
      ...flowStatus(flow),
      nodes: nodes.map(({ id, node_type }, i) => ({
        id,
        node_type,
        in: 1_000,
        out: [900],
        rate: 500 / (i + 1),
        errors: i,
        cost_share: 1 / nodes.length,
        last: [{ port: 'out', time: TIME, payload: payloadOf(`line1/${id}`, 20 + i) }],
      })),
      wires: wires.map(wire => ({ ...wire, messages: 900, rate: 450 })),
      sinks: [
        {
          node: 'out',
          kind: 'file',
          connected: true,
          delivered: 900,
          pending: 0,
          spooled_bytes: 0,
          dropped: 0,
          failed: 0,
          last: '{"tag":"a"}',
          problem: null,
        },
      ],
      state_stats: { journal_bytes: 0, spilled_bytes: 0, snapshot: null, recordings: 0 },
    };
  }
}

export const documentOf = (flow: FakeFlow): FlowDocument => {
  const parsed = parseFlow(JSON.stringify(flow.draft.document));
  return 'document' in parsed
    ? parsed.document
    : ({ format: 'fusewire.flow/1', name: flow.name, nodes: [], wires: [] } as FlowDocument);
};

function hashOf(document: unknown): string {
  const parsed = parseFlow(JSON.stringify(document));
  if (!('document' in parsed)) throw new Refusal(422, 'flow-invalid', 'no document');
  const canonical = canonicalFlow(parsed.document, checkFlow(parsed.document, library).nodes);
  return createHash('sha256').update(canonical).digest('hex');
}

function flowStatus(flow: FakeFlow): GatewayStatusDto['flows'][number] {
  const running = flow.state === 'running';
  return {
    id: flow.id,
    name: flow.name,
    state: flow.state,
    version: flow.deployed,
    records: running ? 123_456 : 0,
    rate: running ? 1_500 : 0,
    errors: 2,
    faults: 0,
    malformed: 0,
    dropped: 0,
    dead_letters: flow.letters.length,
    latency_us: { p50: 12, p99: 87, p999: 410 },
    ingress_fill: 0.25,
    egress_fill: 0,
    memory_bytes: 3 * 1024 ** 2,
    problem: null,
    failing_node: null,
  };
}

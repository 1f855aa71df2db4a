import { FUSER_VERSION, type PlanNode } from '#abi';
import type { DriverDto, FlowLiveDto, FlowStatusDto, GatewayStatusDto, SinkLiveDto, TagDto } from '#api';
import { GatewayError } from '#diagnostic';
import { payloadOf } from '#engine';
import type { Ingest, SeenTag } from '#ingest';
import type { FlowRow } from '#repository';
import type { FlowHost } from './flow-host.ts';
import { Lately } from './lately.ts';
import { Rates } from './rates.ts';
import { TagRates } from './tag-rates.ts';

const SAMPLE_MS = 1_000;
/** So old may be what everybody asks for; what changes in between is seen at once. */
const STATUS_MS = 100;
/** Latencies shown are of the last one to two such times. */
const LATENCY_SAMPLES = 10;

export interface LiveParts {
  readonly ingest: Ingest;
  readonly hosts: () => Iterable<FlowHost>;
  readonly row: (flow: string) => FlowRow;
  /** Why it is not ready; empty when it is. */
  readonly unready: () => readonly string[];
}

/** Traces take part in the ingest, too. */
const isFlow = (id: string): boolean => !id.includes(':');
type Stats = ReturnType<NonNullable<FlowHost['gateway']>['stats']>;
const isoOf = (us: number): string => new Date(us / 1_000).toISOString();

/** What the gateway does now. One look a second at the counters of all flows is all that it costs. */
export class Live {
  readonly #parts: LiveParts;
  readonly #rates = new Rates();
  readonly #began = performance.now();
  readonly #status = new Lately<{ readonly status: GatewayStatusDto; text?: string }>(STATUS_MS, () => ({
    status: this.#makeStatus(),
  }));
  #watched = new WeakMap<FlowHost, Lately<FlowLiveDto>>();
  #timer: NodeJS.Timeout | null = null;
  #looks = 0;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  status(): GatewayStatusDto {
    return this.#status.value.status;
  }

  /** The same as JSON. */
  statusText(): string {
    const { value } = this.#status;
    value.text ??= JSON.stringify(value.status);
    return value.text;
  }

  /** A flow, a deploy or the library has changed. */
  changed(): void {
    this.#status.forget();
    this.#watched = new WeakMap();
  }

  #makeStatus(): GatewayStatusDto {
    const { ingest } = this.#parts;
    const stats = ingest.stats();
    return {
      version: FUSER_VERSION,
      time: new Date().toISOString(),
      uptime_s: Math.round((performance.now() - this.#began) / 1_000),
      ready: this.#parts.unready().length === 0,
      rss_bytes: process.memoryUsage.rss(),
      ingest: {
        addresses: [...ingest.addresses],
        connections: ingest.connections,
        updates: stats.received,
        rate: this.#rates.per_s('updates'),
        unrouted: stats.unmatched,
        malformed: stats.malformed,
        tags: stats.tags,
      },
      flows: [...this.#parts.hosts()].map(host => this.flowStatus(host)),
    };
  }

  flowStatus(host: FlowHost): FlowStatusDto {
    return this.#flowStatus(host, host.gateway?.stats() ?? null);
  }

  #flowStatus(host: FlowHost, stats: Stats | null): FlowStatusDto {
    const { gateway, id } = host;
    const { name } = this.#parts.row(id);
    const { state, version, problem, failingNode: failing_node } = host;
    const head = { id, name, state, version, problem, failing_node };
    if (!gateway || !stats) return { ...head, ...NOTHING };
    const { plan } = gateway.version;
    const latency = (quantile: number): number | null => gateway.latency.quantile(quantile);
    return {
      ...head,
      records: stats.records,
      rate: this.#rates.per_s(`${id} records`),
      errors: stats.nodes.reduce((sum, node) => sum + node.errors, 0),
      faults: stats.faults,
      malformed: stats.malformed,
      dropped: stats.ingress_dropped,
      dead_letters: stats.letters.kept,
      latency_us: { p50: latency(0.5), p99: latency(0.99), p999: latency(0.999) },
      ingress_fill: stats.ingress_fill / plan.ingress_bytes,
      egress_fill: stats.egress_fill / plan.egress_bytes,
      memory_bytes: stats.memory_bytes,
    };
  }

  /** @param values samples the next record, so that the next look has its payloads; all who watch are told the same. */
  flow(host: FlowHost, values: boolean): FlowLiveDto {
    if (!values) return this.#makeFlow(host, false);
    const known = this.#watched.get(host) ?? new Lately(STATUS_MS, () => this.#makeFlow(host, true));
    this.#watched.set(host, known);
    return known.value;
  }

  #makeFlow(host: FlowHost, values: boolean): FlowLiveDto {
    const { gateway, id } = host;
    const stats = gateway?.stats() ?? null;
    const status = this.#flowStatus(host, stats);
    if (!gateway || !stats) return { ...status, nodes: [], wires: [], sinks: [], state_stats: NO_STATE };
    if (values) gateway.sample();
    const { plan } = gateway.version;
    const burned = stats.nodes.reduce((sum, node) => sum + node.fuel, 0);
    const last = values ? host.lastValues() : [];
    return {
      ...status,
      nodes: stats.nodes.map((node, index) => ({
        id: node.id,
        node_type: node.node_type,
        in: taken(plan.nodes[index], node),
        out: [...node.out],
        rate: this.#rates.per_s(`${id} node ${node.id}`),
        errors: node.errors,
        cost_share: burned === 0 ? 0 : Math.max(0, node.fuel / burned),
        last: last
          .filter(one => one.node === node.id)
          .map(one => ({ port: one.port, time: isoOf(one.now_us), payload: payloadOf(one.body, one.bytes) })),
      })),
      wires: plan.wires.map((wire, index) => {
        const source = plan.nodes[wire.source_node]!;
        const target = plan.nodes[wire.target_node]!;
        return {
          source_node: source.id,
          source_port: source.outputs[wire.source_port]!,
          target_node: target.id,
          target_port: target.inputs[wire.target_port]!,
          messages: stats.wires[index]!.messages,
          rate: this.#rates.per_s(`${id} wire ${index}`),
        };
      }),
      sinks: gateway.sinks().map(
        (sink): SinkLiveDto => ({
          node: sink.node,
          kind: sink.kind,
          connected: sink.online,
          delivered: sink.written,
          pending: sink.pending,
          spooled_bytes: sink.spooled_bytes,
          dropped: sink.dropped,
          failed: sink.failed,
          last: sink.last,
          problem: sink.lastError,
        }),
      ),
      state_stats: {
        journal_bytes: stats.journal_bytes,
        spilled_bytes: stats.spilled_bytes,
        snapshot: stats.snapshot,
        recordings: stats.recordings,
      },
    };
  }

  /** @param after how many tags come before the page. @throws GatewayError pattern-invalid */
  tags({ match, limit, after }: { match?: string | undefined; limit: number; after?: string | undefined }): {
    items: TagDto[];
    next: string | null;
  } {
    const { ingest } = this.#parts;
    const offset = Number(after ?? 0);
    if (!Number.isSafeInteger(offset) || offset < 0) throw new GatewayError('cursor-invalid', 'tags');
    const { total, tags } = ingest.tags({ ...(match !== undefined && { match }), limit, offset });
    const end = offset + tags.length;
    return { items: this.#tagDtos(tags), next: tags.length > 0 && end < total ? String(end) : null };
  }

  /** Of these tags those that came in lately, in the same order. */
  tagsNamed(tags: readonly string[]): TagDto[] {
    return this.#tagDtos(this.#parts.ingest.tagsNamed(tags));
  }

  #tagDtos(tags: readonly SeenTag[]): TagDto[] {
    const drivers = this.#parts.ingest.drivers();
    return tags.map(one => {
      this.#tagRates.note(one.tag, one.count, performance.now());
      const driver = drivers[one.driver];
      return {
        tag: one.tag,
        count: one.count,
        rate: this.#tagRates.per_s(one.tag),
        last_seen: isoOf(one.last_seen_us),
        driver: driver?.peer ?? '',
        gaps: driver?.gaps ?? 0,
        update: one.update && payloadOf(one.update),
        flows: one.flows.filter(isFlow),
      };
    });
  }

  drivers(): DriverDto[] {
    return this.#parts.ingest.drivers().map(one => ({
      driver: one.slot,
      peer: one.peer,
      connected: one.connected,
      received: one.received,
      rate: this.#rates.per_s(`driver ${one.slot}`),
      gaps: one.gaps,
      resets: one.resets,
      held_by: one.held_by.filter(isFlow),
    }));
  }

  readonly #tagRates = new TagRates();

  #sample(): void {
    this.#looks += 1;
    this.#rates.add(this.#counts(), performance.now());
    if (this.#looks % LATENCY_SAMPLES !== 0) return;
    for (const host of this.#parts.hosts()) host.gateway?.latency.rotate();
  }

  *#counts(): Generator<readonly [string, number]> {
    const { ingest, hosts } = this.#parts;
    yield ['updates', ingest.stats().received];
    for (const one of ingest.drivers()) yield [`driver ${one.slot}`, one.received];
    for (const { id, gateway } of hosts()) {
      if (!gateway) continue;
      const stats = gateway.stats();
      yield [`${id} records`, stats.records];
      const { nodes } = gateway.version.plan;
      for (const [index, node] of stats.nodes.entries()) yield [`${id} node ${node.id}`, taken(nodes[index], node)];
      for (const [index, wire] of stats.wires.entries()) yield [`${id} wire ${index}`, wire.messages];
    }
  }
}

/**
 * Messages that a node took. Every record of a flow is offered to each of its sources: what is a source's own is what it
 * let in, which is what left it.
 */
function taken(planned: PlanNode | undefined, { in: offered, out }: Stats['nodes'][number]): number {
  if (!planned || planned.source === null) return offered;
  return Math.min(
    offered,
    out.reduce((sum, count) => sum + count, 0),
  );
}

const NOTHING = {
  records: 0,
  rate: 0,
  errors: 0,
  faults: 0,
  malformed: 0,
  dropped: 0,
  dead_letters: 0,
  latency_us: { p50: null, p99: null, p999: null },
  ingress_fill: 0,
  egress_fill: 0,
  memory_bytes: 0,
};
const NO_STATE = { journal_bytes: 0, spilled_bytes: 0, snapshot: null, recordings: 0 };

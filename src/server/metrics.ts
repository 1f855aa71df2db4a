import type { Family, Labels } from './family.ts';
import type { HttpStats } from './http-stats.ts';
import { TIME_BUCKETS_S } from './http-stats.ts';
import { SERVER_LIMITS } from './limits.ts';
import { processFamilies } from './process-metrics.ts';

/** What the gateway counts, asked for at each scrape; fits what `getFlowLive` answers. Counts only grow while the process lives. */
export interface GatewayMetrics {
  readonly version: string;
  readonly ready: boolean;
  readonly ingest: {
    readonly updates: number;
    readonly malformed: number;
    /** Updates that no flow wanted. */
    readonly unrouted: number;
    /** Known tags. */
    readonly tags: number;
    /** Connected drivers. */
    readonly connections: number;
    /** Numbers missing in what drivers sent. */
    readonly gaps?: number;
  };
  readonly flows: readonly FlowMetrics[];
}
export interface FlowMetrics {
  readonly id: string;
  readonly state: string;
  readonly records: number;
  readonly errors: number;
  readonly faults: number;
  readonly malformed: number;
  readonly dropped: number;
  /** Waiting in the box of dead letters. */
  readonly dead_letters: number;
  readonly latency_us: { readonly p50: number | null; readonly p99: number | null; readonly p999: number | null };
  readonly ingress_fill: number;
  readonly egress_fill: number;
  readonly memory_bytes: number;
  readonly nodes: readonly {
    readonly id: string;
    readonly errors: number;
    readonly fuel?: number;
    readonly cost_share?: number;
  }[];
  readonly wires: readonly {
    readonly source_node: string;
    readonly source_port: string;
    readonly target_node: string;
    readonly target_port: string;
    readonly messages: number;
  }[];
  readonly sinks: readonly {
    readonly node: string;
    readonly kind: string;
    readonly connected: boolean;
    readonly delivered: number;
    readonly pending: number;
    readonly spooled_bytes: number;
    readonly dropped: number;
    readonly failed: number;
  }[];
}

type Value = number | undefined;
type Column<T> = readonly [type: 'counter' | 'gauge', name: string, help: string, value: (row: T) => Value];
type Node = FlowMetrics['nodes'][number];
type Sink = FlowMetrics['sinks'][number];

const FLOW: readonly Column<FlowMetrics>[] = [
  ['counter', 'fusewire_flow_records_total', 'Records handled.', one => one.records],
  ['counter', 'fusewire_flow_errors_total', 'Messages that a node refused.', one => one.errors],
  ['counter', 'fusewire_flow_faults_total', 'Records that ended by a trap or limit.', one => one.faults],
  ['counter', 'fusewire_flow_malformed_total', 'Messages that are no tag update.', one => one.malformed],
  ['counter', 'fusewire_flow_dropped_total', 'Messages that the overload policy dropped.', one => one.dropped],
  ['gauge', 'fusewire_flow_dead_letters', 'Dead letters that wait.', one => one.dead_letters],
  ['gauge', 'fusewire_flow_ingress_fill_ratio', 'How full the ring of input is, 0 to 1.', one => one.ingress_fill],
  ['gauge', 'fusewire_flow_egress_fill_ratio', 'How full the ring of output is, 0 to 1.', one => one.egress_fill],
  ['gauge', 'fusewire_flow_memory_bytes', 'Memories of nodes and rings.', one => one.memory_bytes],
  ['gauge', 'fusewire_flow_up', '1: the flow runs.', one => Number(one.state === 'running')],
];
const NODE: readonly Column<Node>[] = [
  ['counter', 'fusewire_node_errors_total', 'Messages that the node refused.', one => one.errors],
  ['counter', 'fusewire_node_fuel_total', 'Fuel that the node burned.', one => one.fuel],
  ['gauge', 'fusewire_node_cost_ratio', 'Share of the fuel of its flow, 0 to 1.', one => one.cost_share],
];
const SINK: readonly Column<Sink>[] = [
  ['counter', 'fusewire_sink_delivered_total', 'Outputs delivered.', one => one.delivered],
  ['counter', 'fusewire_sink_dropped_total', 'Outputs deleted unsent.', one => one.dropped],
  ['counter', 'fusewire_sink_failed_total', 'Outputs that the other side refused for good.', one => one.failed],
  ['gauge', 'fusewire_sink_pending', 'Outputs taken and not acknowledged.', one => one.pending],
  ['gauge', 'fusewire_sink_spooled_bytes', 'Outputs that wait on disk.', one => one.spooled_bytes],
  ['gauge', 'fusewire_sink_connected', '1: the other side is there.', one => Number(one.connected)],
];
const GATEWAY: readonly Column<GatewayMetrics>[] = [
  ['gauge', 'fusewire_ready', '1: everything runs that should.', one => Number(one.ready)],
  ['counter', 'fusewire_ingest_updates_total', 'Tag updates received.', one => one.ingest.updates],
  ['counter', 'fusewire_ingest_malformed_total', 'Messages that are no tag update.', one => one.ingest.malformed],
  ['counter', 'fusewire_ingest_unrouted_total', 'Updates that no flow wanted.', one => one.ingest.unrouted],
  ['counter', 'fusewire_ingest_gaps_total', 'Numbers missing in what drivers sent.', one => one.ingest.gaps],
  ['gauge', 'fusewire_ingest_tags', 'Tags known.', one => one.ingest.tags],
  ['gauge', 'fusewire_ingest_drivers', 'Drivers connected.', one => one.ingest.connections],
];

/** Everything that is counted, as of now. Series beyond `SERVER_LIMITS.series` are left out, and counted. */
export function families(gateway: GatewayMetrics, http: HttpStats): Family[] {
  const { flows } = gateway;
  const nodes = flows.flatMap(flow =>
    flow.nodes.map(node => ({ labels: { flow: flow.id, node: node.id }, row: node })),
  );
  const sinks = flows.flatMap(flow =>
    flow.sinks.map(sink => ({ labels: { flow: flow.id, node: sink.node, kind: sink.kind }, row: sink })),
  );
  return bounded([
    {
      type: 'gauge',
      name: 'fusewire_build_info',
      help: 'Version.',
      samples: [{ labels: { version: gateway.version, node: process.version }, value: 1 }],
    },
    ...table(GATEWAY, [{ labels: {}, row: gateway }]),
    ...processFamilies(),
    ...httpFamilies(http),
    ...table(
      FLOW,
      flows.map(flow => ({ labels: { flow: flow.id }, row: flow })),
    ),
    latencies(flows),
    ...table(SINK, sinks),
    ...table(NODE, nodes),
    wires(flows),
  ]);
}

function table<T>(columns: readonly Column<T>[], rows: readonly { labels: Labels; row: T }[]): Family[] {
  return columns.map(([type, name, help, value]) => ({
    type,
    name,
    help,
    samples: rows.flatMap(({ labels, row }) => {
      const number = value(row);
      return number === undefined ? [] : [{ labels, value: number }];
    }),
  }));
}

const latencies = (flows: readonly FlowMetrics[]): Family => ({
  type: 'gauge',
  name: 'fusewire_flow_latency_seconds',
  help: 'From the timestamp of the driver until a sink had the output, by quantile.',
  samples: flows.flatMap(({ id, latency_us: { p50, p99, p999 } }) =>
    Object.entries({ '0.5': p50, '0.99': p99, '0.999': p999 }).flatMap(([quantile, us]) =>
      us === null ? [] : [{ labels: { flow: id, quantile }, value: us / 1e6 }],
    ),
  ),
});

const wires = (flows: readonly FlowMetrics[]): Family => ({
  type: 'counter',
  name: 'fusewire_wire_messages_total',
  help: 'Messages that went over the wire.',
  samples: flows.flatMap(flow =>
    flow.wires.map(wire => ({
      labels: {
        flow: flow.id,
        source: `${wire.source_node}.${wire.source_port}`,
        target: `${wire.target_node}.${wire.target_port}`,
      },
      value: wire.messages,
    })),
  ),
});

function httpFamilies(http: HttpStats): Family[] {
  const routes = http.routes();
  return [
    {
      type: 'counter',
      name: 'fusewire_http_requests_total',
      help: 'Requests answered, by route of the OpenAPI document and status.',
      samples: routes.flatMap(({ route, statuses }) =>
        [...statuses].map(([status, value]) => ({ labels: { route, status: String(status) }, value })),
      ),
    },
    {
      type: 'histogram',
      name: 'fusewire_http_request_duration_seconds',
      help: 'Until the headers of the answer were ready.',
      samples: routes.map(({ route, buckets, sum_s }) => ({
        labels: { route },
        bounds: TIME_BUCKETS_S,
        counts: buckets,
        sum: sum_s,
      })),
    },
  ];
}

/** Families that come first are whole first: a gateway of very many flows loses its wires, not its own state. */
function bounded(all: readonly Family[]): Family[] {
  let room: number = SERVER_LIMITS.series;
  let left_out = 0;
  const kept = all.map(family => {
    const samples = family.samples.slice(0, room);
    room -= samples.length;
    left_out += family.samples.length - samples.length;
    return { ...family, samples } as Family;
  });
  const help = 'Time series that are left out here, because they are too many.';
  return [
    ...kept,
    { type: 'gauge', name: 'fusewire_series_left_out', help, samples: [{ labels: {}, value: left_out }] },
  ];
}

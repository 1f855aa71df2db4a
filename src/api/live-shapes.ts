import { z } from 'zod';
import { flowState } from './flow-shapes.ts';
import { count, flowId, payload, time } from './shapes.ts';

const rate = z.number().describe('A second, over the last seconds.');

/** One flow in a list: what it does now. */
export const flowStatus = z
  .object({
    id: flowId,
    name: z.string(),
    state: flowState,
    version: z.int().nullable(),
    records: count,
    rate,
    errors: count.describe('Messages that a node refused.'),
    faults: count,
    malformed: count,
    dropped: count.describe('Messages that the overload policy dropped.'),
    dead_letters: count,
    latency_us: z
      .object({ p50: z.number().nullable(), p99: z.number().nullable(), p999: z.number().nullable() })
      .describe(
        'From the driver’s timestamp until a sink had the output, over the last 10 to 20 s; null: there was no such output. What a tick puts out has no timestamp.',
      ),
    ingress_fill: z.number().describe('0 … 1'),
    egress_fill: z.number().describe('0 … 1'),
    memory_bytes: count.describe('Memories of its nodes and rings.'),
    problem: z.string().nullable(),
    failing_node: z.string().nullable().describe('The node that a quarantined flow is set aside for.'),
  })
  .meta({ id: 'FlowStatus' });
export const gatewayStatus = z
  .object({
    version: z.string(),
    time,
    uptime_s: z.number(),
    ready: z.boolean(),
    rss_bytes: count,
    ingest: z.object({
      addresses: z.array(z.string()),
      connections: count,
      updates: count,
      rate,
      unrouted: count.describe('Updates that no flow wanted.'),
      malformed: count,
      tags: count,
    }),
    flows: z.array(flowStatus),
  })
  .meta({ id: 'GatewayStatus' });

export const nodeLive = z
  .object({
    id: z.string(),
    node_type: z.string(),
    in: count.describe('Messages that it took; of a source, the records that it let in.'),
    out: z.array(count),
    rate,
    errors: count,
    cost_share: z.number().describe('Of the fuel that the flow burns, 0 … 1.'),
    last: z
      .array(z.object({ port: z.string(), time, payload }))
      .describe('Last message of each output, sampled while somebody looks.'),
  })
  .meta({ id: 'NodeLive' });
export const wireLive = z
  .object({
    source_node: z.string(),
    source_port: z.string(),
    target_node: z.string(),
    target_port: z.string(),
    messages: count,
    rate,
  })
  .meta({ id: 'WireLive' });
export const sinkLive = z
  .object({
    node: z.string(),
    kind: z.string(),
    connected: z.boolean(),
    delivered: count,
    pending: count.describe('Taken and not acknowledged.'),
    spooled_bytes: count,
    dropped: count,
    failed: count,
    last: z.string(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'SinkLive' });
export const flowLive = flowStatus
  .extend({
    nodes: z.array(nodeLive),
    wires: z.array(wireLive).describe('In document order.'),
    sinks: z.array(sinkLive),
    state_stats: z.object({
      journal_bytes: count,
      spilled_bytes: count,
      snapshot: z.object({ time, record: count, bytes: count }).nullable(),
      recordings: count,
    }),
  })
  .meta({ id: 'FlowLive' });
export const logLine = z
  .object({
    seq: count,
    time,
    level: z.enum(['debug', 'info', 'warn', 'error']),
    flow: flowId.nullable(),
    node: z.string().nullable(),
    text: z.string(),
  })
  .meta({ id: 'LogLine' });
export const deadLetter = z
  .object({
    id: count,
    time,
    kind: z.string().describe('error, fault or output.'),
    node: z.string(),
    node_type: z.string(),
    port: z.string().nullable(),
    reason: z.string(),
    record: count,
    path: z.array(z.string()),
    message_bytes: count,
  })
  .meta({ id: 'DeadLetter' });
export const tag = z
  .object({
    tag: z.string(),
    count,
    rate,
    last_seen: time,
    driver: z.string().describe('Where it came from.'),
    gaps: count.describe('Numbers missing in what its driver sent.'),
    update: payload.nullable(),
    flows: z.array(flowId),
  })
  .meta({ id: 'Tag' });
export const driver = z
  .object({
    driver: z.int(),
    peer: z.string(),
    connected: z.boolean(),
    received: count,
    rate,
    gaps: count,
    resets: count,
    held_by: z.array(flowId).describe('Flows that have no room: it is not read from.'),
  })
  .meta({ id: 'Driver' });
/** What an event stream carries; at most 10 of each kind a second. */
export const liveEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('status'), status: gatewayStatus }),
    z.object({ type: z.literal('flow'), flow: flowLive }),
    z.object({ type: z.literal('logs'), lines: z.array(logLine), dropped: count }),
    z.object({
      type: z.literal('changed'),
      what: z.enum(['flow', 'deploy', 'node', 'dead-letters']),
      flow: flowId.nullable().describe('null: of no flow, or of several.'),
      id: z.string().nullable().describe('null: several have changed.'),
    }),
  ])
  .meta({ id: 'LiveEvent' });
export type GatewayStatusDto = z.infer<typeof gatewayStatus>;
export type FlowStatusDto = z.infer<typeof flowStatus>;
export type FlowLiveDto = z.infer<typeof flowLive>;
export type NodeLiveDto = z.infer<typeof nodeLive>;
export type SinkLiveDto = z.infer<typeof sinkLive>;
export type LogLineDto = z.infer<typeof logLine>;
export type DeadLetterDto = z.infer<typeof deadLetter>;
export type TagDto = z.infer<typeof tag>;
export type DriverDto = z.infer<typeof driver>;
export type LiveEventDto = z.infer<typeof liveEvent>;

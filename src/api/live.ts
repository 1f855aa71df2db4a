import { z } from 'zod';
import { count, flowId, pageOf, paging, payload, time } from './common.ts';
import { flowState, tracedRecord } from './flows.ts';
import { API_LIMITS } from './limits.ts';
import { route } from './route.ts';

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
      .object({ p50: z.number(), p99: z.number(), p999: z.number() })
      .describe('From the driver’s timestamp until a sink had the output.'),
    ingress_fill: z.number().describe('0 … 1'),
    egress_fill: z.number().describe('0 … 1'),
    memory_bytes: count.describe('Memories of its nodes and rings.'),
    problem: z.string().nullable(),
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
    in: count,
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
    url: z.string(),
    received: count,
    rate,
    gaps: count,
    resets: count,
    held: z.boolean(),
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
      flow: flowId.nullable(),
      id: z.string().nullable(),
    }),
  ])
  .meta({ id: 'LiveEvent' });

const params = z.object({ flow: flowId });
const letterParams = z.object({ flow: flowId, letter: z.coerce.number().int().min(0) });
const group = 'Live data';
const dead = 'Dead letters';
const done = z.object({ done: count, problems: z.array(z.string()) }).meta({ id: 'LettersDone' });
const chosen = z.strictObject({ ids: z.union([z.literal('all'), z.array(count).max(10_000)]) });

export const liveRoutes = {
  getStatus: route({
    method: 'get',
    path: '/api/v1/status',
    group,
    permission: 'read',
    summary: 'The gateway and all its flows, now',
    answer: gatewayStatus,
  }),
  getFlowLive: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/live',
    group,
    permission: 'read',
    summary: 'One flow now: nodes, wires, sinks',
    params,
    query: z.object({ values: z.enum(['true', 'false']).default('true').describe('Sample last values.') }),
    answer: flowLive,
    problems: [404],
  }),
  events: route({
    method: 'get',
    path: '/api/v1/events',
    group,
    permission: 'read',
    summary: 'Live data as server-sent events',
    description: 'Coalesced: however much happens, at most 10 events of a kind come in a second.',
    query: z.object({
      flow: flowId.optional().describe('Also this flow in full.'),
      status: z.enum(['true', 'false']).default('true'),
      logs: z.enum(['true', 'false']).default('false'),
      interval_ms: z.coerce.number().int().min(100).max(60_000).default(1_000),
    }),
    answer: { events: liveEvent },
    problems: [404, 503],
  }),
  traceFlow: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/traces',
    group,
    permission: 'read',
    summary: 'Follow the next records of a tag through the graph',
    description: 'Answers when so many came, or the time is over.',
    params,
    body: z.strictObject({
      match: z.string().min(1).max(1_024).default('#').describe('Tag pattern.'),
      records: z.int().min(1).max(API_LIMITS.trace_records).default(1),
      within_ms: z.int().min(10).max(API_LIMITS.trace_ms).default(5_000),
    }),
    bodyOptional: true,
    answer: z.object({ records: z.array(tracedRecord), complete: z.boolean() }).meta({ id: 'Trace' }),
    problems: [404, 409, 503],
  }),
  listTags: route({
    method: 'get',
    path: '/api/v1/tags',
    group,
    permission: 'read',
    summary: 'Tags seen lately',
    query: z.object({ ...paging, match: z.string().max(1_024).optional().describe('Tag pattern.') }),
    answer: pageOf(tag),
  }),
  listDrivers: route({
    method: 'get',
    path: '/api/v1/drivers',
    group,
    permission: 'read',
    summary: 'Drivers that are connected',
    answer: z.object({ items: z.array(driver) }).meta({ id: 'Drivers' }),
  }),
  listLogs: route({
    method: 'get',
    path: '/api/v1/logs',
    group,
    permission: 'read',
    summary: 'Last lines of the log, oldest first',
    query: z.object({
      limit: paging.limit,
      after: z.coerce.number().int().min(0).optional().describe('`seq` of the last line one has.'),
      flow: flowId.optional(),
      level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
    }),
    answer: z.object({ items: z.array(logLine) }).meta({ id: 'LogLines' }),
  }),
  listDeadLetters: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/dead-letters',
    group: dead,
    permission: 'read',
    summary: 'Dead letters of a flow, newest first',
    params,
    query: z.object({ ...paging, node: z.string().max(64).optional(), kind: z.string().max(16).optional() }),
    answer: pageOf(deadLetter),
    problems: [404, 409],
  }),
  getDeadLetter: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/dead-letters/{letter}',
    group: dead,
    permission: 'read',
    summary: 'One dead letter with its message',
    params: letterParams,
    answer: deadLetter.extend({ message: payload }).meta({ id: 'DeadLetterFull' }),
    problems: [404, 409],
  }),
  getDeadLetterMessage: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/dead-letters/{letter}/message',
    group: dead,
    permission: 'read',
    summary: 'The whole message of a dead letter',
    params: letterParams,
    answer: { bytes: 'application/octet-stream', description: 'As the node was given it.' },
    problems: [404, 409],
  }),
  exportDeadLetters: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/dead-letters.jsonl',
    group: dead,
    permission: 'read',
    summary: 'All dead letters, one JSON object a line, messages as base64',
    params,
    answer: { bytes: 'application/x-ndjson', description: 'Oldest first.' },
    problems: [404, 409],
  }),
  retryDeadLetters: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/dead-letters/retry',
    group: dead,
    permission: 'operate',
    summary: 'Hand messages to their nodes again',
    params,
    body: chosen,
    answer: done,
    problems: [404, 409],
  }),
  dropDeadLetters: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/dead-letters/drop',
    group: dead,
    permission: 'operate',
    summary: 'Delete dead letters',
    params,
    body: chosen,
    answer: done,
    problems: [404, 409],
  }),
  makeRecording: route({
    method: 'post',
    path: '/api/v1/flows/{flow}/recordings',
    group,
    permission: 'operate',
    summary: 'Record the last moments of a flow',
    params,
    answer: z.object({ name: z.string() }).meta({ id: 'RecordingMade' }),
    status: 201,
    problems: [404, 409],
  }),
  listRecordings: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/recordings',
    group,
    permission: 'read',
    summary: 'Recordings of a flow, newest first',
    params,
    answer: z.object({ items: z.array(z.object({ name: z.string(), bytes: count, time })) }).meta({ id: 'Recordings' }),
    problems: [404],
  }),
  getRecording: route({
    method: 'get',
    path: '/api/v1/flows/{flow}/recordings/{name}',
    group,
    permission: 'read',
    summary: 'Download a recording; look into it with `fusewire replay`',
    params: z.object({ flow: flowId, name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/) }),
    answer: { bytes: 'application/octet-stream', description: 'A .rec file.' },
    problems: [404],
  }),
} as const;
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

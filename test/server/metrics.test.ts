import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type FlowMetrics, loadTelemetry, SERVER_LIMITS } from '#server';
import { as, ask, fakeApp, METRICS, send } from './fakes.ts';

/** Samples of Prometheus text, by name with labels; fails on what is no such text. */
function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split('\n').filter(one => one !== '')) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line);
    if (type) types.set(type[1]!, type[2]!);
    if (line.startsWith('#')) continue;
    const sample = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?[\d.e+-]+|NaN|[+-]?Inf)$/.exec(line);
    assert.ok(sample, `no Prometheus text: ${line}`);
    assert.ok(
      types.has(sample[1]!) || types.has(sample[1]!.replace(/_(bucket|sum|count)$/, '')),
      `${sample[1]} has a type`,
    );
    assert.ok(!samples.has(sample[1]! + (sample[2] ?? '')), `${line} stands once`);
    samples.set(sample[1]! + (sample[2] ?? ''), Number(sample[3]));
  }
  return samples;
}

test('everything that the gateway counts is there, with the labels that tell it apart', async () => {
  const app = await fakeApp();
  const response = await send(app, 'GET', '/metrics');
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const samples = samplesOf(await response.text());
  const expected = {
    [`fusewire_build_info{version="0.0.0",node="${process.version}"}`]: 1,
    fusewire_ready: 1,
    fusewire_ingest_updates_total: 10,
    fusewire_ingest_malformed_total: 1,
    fusewire_ingest_unrouted_total: 2,
    fusewire_ingest_gaps_total: 4,
    fusewire_ingest_tags: 3,
    fusewire_ingest_drivers: 1,
    'fusewire_flow_up{flow="boiler"}': 1,
    'fusewire_flow_records_total{flow="boiler"}': 100,
    'fusewire_flow_errors_total{flow="boiler"}': 1,
    'fusewire_flow_faults_total{flow="boiler"}': 2,
    'fusewire_flow_dropped_total{flow="boiler"}': 4,
    'fusewire_flow_dead_letters{flow="boiler"}': 5,
    'fusewire_flow_ingress_fill_ratio{flow="boiler"}': 0.25,
    'fusewire_flow_latency_seconds{flow="boiler",quantile="0.99"}': 0.0002,
    'fusewire_node_fuel_total{flow="boiler",node="hot \\"1\\"\\n"}': 500,
    'fusewire_wire_messages_total{flow="boiler",source="in.out",target="hot.in"}': 100,
    'fusewire_sink_delivered_total{flow="boiler",node="out",kind="mqtt"}': 9,
    'fusewire_sink_pending{flow="boiler",node="out",kind="mqtt"}': 1,
    'fusewire_sink_spooled_bytes{flow="boiler",node="out",kind="mqtt"}': 7,
    fusewire_series_left_out: 0,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(samples.get(name), value, name);
  assert.ok(samples.get('process_resident_memory_bytes')! > 1e7);
  assert.ok(samples.get('process_cpu_seconds_total')! > 0);
});

test('requests are counted by route of the table and status; paths make no series', async () => {
  const app = await fakeApp();
  for (let i = 0; i < 5; i += 1) await send(app, 'GET', `/api/v1/flows/flow-${i}`);
  await ask(app, 'GET', '/api/v1/flows/x');
  for (let i = 0; i < 5; i += 1) await send(app, 'GET', `/stranger/${i}`);
  const samples = samplesOf(await (await send(app, 'GET', '/metrics')).text());
  assert.equal(samples.get('fusewire_http_requests_total{route="getFlow",status="200"}'), 5);
  assert.equal(samples.get('fusewire_http_requests_total{route="getFlow",status="401"}'), 1);
  assert.equal(samples.get('fusewire_http_requests_total{route="unknown",status="404"}'), 5);
  assert.equal(samples.get('fusewire_http_request_duration_seconds_count{route="getFlow"}'), 6);
  assert.equal(samples.get('fusewire_http_request_duration_seconds_bucket{route="getFlow",le="+Inf"}'), 6);
  const buckets = [...samples].filter(([name]) => name.includes('_bucket{route="getFlow"')).map(([, value]) => value);
  assert.deepEqual(
    buckets,
    buckets.toSorted((a, b) => a - b),
    'buckets sum up',
  );
  assert.doesNotMatch([...samples.keys()].join(), /flow-1|stranger/);
});

test('very many flows: series are bounded, the gateway’s own come first, what is missing is counted', async () => {
  const [boiler] = METRICS.flows as readonly [FlowMetrics];
  const flows = Array.from({ length: 5_000 }, (_, at) => ({ ...boiler, id: `flow-${at}` }));
  const app = await fakeApp({}, { metrics: () => ({ ...METRICS, flows }) });
  const samples = samplesOf(await (await send(app, 'GET', '/metrics')).text());
  assert.ok(samples.size <= SERVER_LIMITS.series + 1, `${samples.size} series`);
  assert.equal(samples.get('fusewire_ready'), 1);
  assert.ok(samples.get('fusewire_series_left_out')! > 1_000);
});

/** Takes what an OpenTelemetry exporter sends, as JSON. */
async function receiver(): Promise<{
  url: string;
  got: Map<string, unknown[]>;
  headers: Set<string>;
  close: () => void;
}> {
  const got = new Map<string, unknown[]>();
  const headers = new Set<string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    headers.add(String(request.headers['x-key']));
    got.set(request.url!, [...(got.get(request.url!) ?? []), JSON.parse(Buffer.concat(chunks).toString())]);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, got, headers, close: () => void server.close() };
}

interface OtelMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly { readonly asDouble: number }[] };
  readonly gauge?: { readonly dataPoints: readonly { readonly asDouble: number }[] };
  readonly histogram?: { readonly dataPoints: readonly { readonly count: number }[] };
}
interface OtelSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
}

test('OpenTelemetry: the same metrics, spans of requests and deploys', async () => {
  const { url, got, headers, close } = await receiver();
  const source = await fakeApp();
  const telemetry = await loadTelemetry({
    endpoint: url,
    headers: { 'x-key': 'secret' },
    version: '1.2.3',
    interval_ms: 60_000,
    families: () => source.families(),
  });
  const app = await fakeApp({ getFlow: () => Promise.reject(new Error('a bug')) }, { tracing: telemetry });
  await ask(source, 'GET', '/healthz');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await ask(app, 'GET', '/api/v1/flows/boiler', {
    headers: { ...as('viewer'), traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  await ask(app, 'GET', '/healthz', { headers: { traceparent: '00-zz' } });
  telemetry.deploy({
    id: '7',
    flow: 'boiler',
    version: 3,
    kind: 'deploy',
    state: 'done',
    stage: null,
    stages: [
      { stage: 'check', ms: 5 },
      { stage: 'merge', ms: 20 },
    ],
    by: 'ada',
    started_at: '2026-01-01T00:00:00.000Z',
    ended_at: '2026-01-01T00:00:01.000Z',
    receipt: null,
    nodes: [],
    pause_ms: 1,
    diagnostics: [],
    error: null,
  });
  await telemetry.flush();
  await telemetry.shutdown(5_000);
  close();
  assert.ok(headers.has('secret'));
  const metrics = (
    got.get('/v1/metrics') as { resourceMetrics: { scopeMetrics: { metrics: OtelMetric[] }[] }[] }[]
  )[0]!.resourceMetrics[0]!.scopeMetrics.flatMap(one => one.metrics);
  const metric = (name: string): OtelMetric =>
    metrics.find(one => one.name === name) ?? assert.fail(`${name} is missing`);
  const records = metric('fusewire_flow_records');
  assert.deepEqual([records.sum!.isMonotonic, records.sum!.dataPoints[0]!.asDouble], [true, 100]);
  assert.equal(metric('fusewire_flow_ingress_fill_ratio').gauge!.dataPoints[0]!.asDouble, 0.25);
  assert.equal(metric('fusewire_http_request_duration_seconds').histogram!.dataPoints[0]!.count, 1);
  assert.equal(metric('fusewire_http_request_duration_seconds').unit, 's');
  const spans = (got.get('/v1/traces') as { resourceSpans: { scopeSpans: { spans: OtelSpan[] }[] }[] }[]).flatMap(one =>
    one.resourceSpans.flatMap(resource => resource.scopeSpans.flatMap(scope => scope.spans)),
  );
  const span = (name: string): OtelSpan => spans.find(one => one.name === name) ?? assert.fail(`${name} is missing`);
  const failed = span('GET /api/v1/flows/{flow}');
  assert.deepEqual([failed.traceId, failed.parentSpanId, failed.status.code], [traceId, 'b7ad6b7169203331', 2]);
  assert.notEqual(span('GET /healthz').traceId, traceId);
  const deploy = span('deploy boiler');
  const merge = span('merge');
  assert.equal(merge.parentSpanId, deploy.spanId);
  assert.equal(BigInt(merge.startTimeUnixNano) - BigInt(deploy.startTimeUnixNano), 5_000_000n);
  assert.equal(BigInt(deploy.endTimeUnixNano) - BigInt(deploy.startTimeUnixNano), 1_000_000_000n);
});

test('a receiver that is away costs nothing but its data', async () => {
  const { url, close } = await receiver();
  close();
  const source = await fakeApp();
  const problems: string[] = [];
  const telemetry = await loadTelemetry({
    endpoint: url,
    version: '1',
    interval_ms: 5,
    families: () => source.families(),
    onProblem: text => problems.push(text),
  });
  const app = await fakeApp({}, { tracing: telemetry });
  assert.equal((await ask(app, 'GET', '/healthz')).status, 200);
  await telemetry.shutdown(50);
  while (problems.length === 0) await new Promise(resolve => setTimeout(resolve, 20));
  assert.match(problems[0]!, /^OpenTelemetry: /);
  assert.equal(problems.length, 1);
});

import {
  type Context,
  DiagLogLevel,
  diag,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { DeployDto } from '#api';
import type { Distribution, Family, Sample } from './family.ts';
import type { RequestSpan, Tracing } from './tracing.ts';

export interface TelemetrySetup {
  /** Base URL of an OTLP/HTTP receiver, e.g. `http://collector:4318`. */
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly service?: string;
  readonly version: string;
  readonly interval_ms?: number;
  /** Share of requests that become spans, 0 to 1. */
  readonly sample_ratio?: number;
  /** Data could not be sent; not more often than once a minute. */
  readonly onProblem?: (text: string) => void;
  /** The same families that Prometheus is given. */
  readonly families: () => Promise<readonly Family[]>;
}
export interface Telemetry extends Tracing {
  /** Sends what there is. */
  flush(): Promise<void>;
  /** Sends what there is, and gives up after `within_ms`. */
  shutdown(within_ms?: number): Promise<void>;
}

const INTERVAL_MS = 30_000;
const TIMEOUT_MS = 10_000;
const SHUTDOWN_MS = 2_000;
const PROBLEM_EVERY_MS = 60_000;
const QUEUE_SPANS = 2_048;
const STARTED = hrTime(Date.now() - process.uptime() * 1_000);

/** Sends metrics and spans to an OpenTelemetry receiver. Import this file only when one is configured: it costs 7 MB and more. */
export function startTelemetry(setup: TelemetrySetup): Telemetry {
  const { endpoint, headers = {}, service = 'fusewire', version, interval_ms = INTERVAL_MS, sample_ratio = 1 } = setup;
  tellProblems(setup);
  const base = endpoint.replace(/\/+$/, '');
  const resource = resourceFromAttributes({ 'service.name': service, 'service.version': version });
  const sending = { headers: { ...headers }, timeoutMillis: TIMEOUT_MS };
  const meters = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${base}/v1/metrics`, ...sending }),
        exportIntervalMillis: interval_ms,
        exportTimeoutMillis: Math.min(TIMEOUT_MS, interval_ms),
        metricProducers: [{ collect: () => collected(setup, resource) }],
      }),
    ],
  });
  const spans = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sample_ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${base}/v1/traces`, ...sending }),
        maxQueueSize: QUEUE_SPANS,
      }),
    ],
  });
  const tracer = spans.getTracer('fusewire', version);
  return {
    request: span => requestSpan(tracer, span),
    deploy: deploy => deploySpans(tracer, deploy),
    flush: async () => void (await Promise.all([meters.forceFlush(), spans.forceFlush()])),
    shutdown: (within_ms = SHUTDOWN_MS) => ended([meters.shutdown(), spans.shutdown()], within_ms),
  };
}

/** A receiver that is away must not hold up the end of the gateway. */
async function ended(work: readonly Promise<void>[], within_ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, within_ms);
  });
  await Promise.race([Promise.allSettled(work), late]);
  clearTimeout(timer);
}

function tellProblems({ onProblem }: TelemetrySetup): void {
  let told_ms = Number.NEGATIVE_INFINITY;
  const tell = (text: string): void => {
    if (performance.now() - told_ms < PROBLEM_EVERY_MS) return;
    told_ms = performance.now();
    onProblem?.(`OpenTelemetry: ${text}`);
  };
  const silent = (): void => undefined;
  const logger = { error: tell, warn: tell, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

function requestSpan(tracer: Tracer, { route, method, path, traceparent, status, ms }: RequestSpan): void {
  const attributes = {
    'http.request.method': method,
    'http.route': path,
    'http.response.status_code': status,
    'fusewire.route': route,
  };
  const end_ms = Date.now();
  const about = { kind: SpanKind.SERVER, startTime: end_ms - ms, attributes };
  const span = tracer.startSpan(`${method} ${path}`, about, parentOf(traceparent));
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(end_ms);
}

/** W3C Trace Context, version 00. */
function parentOf(traceparent: string | null): Context {
  const parts = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '');
  if (!parts) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(parts[3]!, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId: parts[1]!, spanId: parts[2]!, traceFlags, isRemote: true });
}

/** One span for the job, one for each stage, at the times at which they were. */
function deploySpans(
  tracer: Tracer,
  { id, flow, version, kind, state, stages, started_at, ended_at, error }: DeployDto,
): void {
  const start_ms = Date.parse(started_at);
  const attributes = {
    'fusewire.flow': flow,
    'fusewire.deploy': id,
    ...(version === null ? {} : { 'fusewire.version': version }),
  };
  const span = tracer.startSpan(
    `${kind} ${flow}`,
    { kind: SpanKind.INTERNAL, startTime: start_ms, attributes },
    ROOT_CONTEXT,
  );
  const inside = trace.setSpan(ROOT_CONTEXT, span);
  let at_ms = start_ms;
  for (const { stage, ms } of stages) {
    const child = tracer.startSpan(stage, { startTime: at_ms }, inside);
    at_ms += ms ?? 0;
    child.end(at_ms);
  }
  if (state === 'failed') span.setStatus({ code: SpanStatusCode.ERROR, message: error?.code ?? 'failed' });
  span.end(Math.max(at_ms, ended_at === null ? at_ms : Date.parse(ended_at)));
}

async function collected(
  setup: TelemetrySetup,
  resource: ReturnType<typeof resourceFromAttributes>,
): Promise<CollectionResult> {
  const endTime = hrTime(Date.now());
  const metrics = (await setup.families())
    .filter(({ samples }) => samples.length > 0)
    .map(one => metricOf(one, endTime));
  return { resourceMetrics: { resource, scopeMetrics: [{ scope: { name: 'fusewire' }, metrics }] }, errors: [] };
}

function metricOf(family: Family, endTime: HrTime): MetricData {
  const { name, help, type } = family;
  // Names as in the conventions of OpenTelemetry: what a total is, its type says.
  const descriptor = { name: name.replace(/_total$/, ''), description: help, unit: unitOf(name), valueType: 1 };
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  const times = { startTime: STARTED, endTime };
  if (type === 'histogram') {
    const dataPoints = family.samples.map(one => ({
      ...times,
      attributes: { ...one.labels },
      value: histogramOf(one),
    }));
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const point = ({ labels, value }: Sample) => ({ ...times, attributes: { ...labels }, value });
  const dataPoints = family.samples.map(point);
  return type === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
}

const histogramOf = ({ bounds, counts, sum }: Distribution) => ({
  buckets: { boundaries: [...bounds], counts: [...counts] },
  sum,
  count: counts.reduce((total, one) => total + one, 0),
});

const unitOf = (name: string): string =>
  /_seconds(_total)?$/.test(name) ? 's' : /_bytes$/.test(name) ? 'By' : /_ratio$/.test(name) ? '1' : '';

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}

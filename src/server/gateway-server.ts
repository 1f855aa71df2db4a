import { FUSER_VERSION } from '#abi';
import { Access, Secrets } from '#access';
import { type Config, hostPort, secretsKeyFile } from '#config';
import { Service } from '#service';
import { createApp } from './app.ts';
import { gatewayMetrics } from './gateway-metrics.ts';
import { createHandlers } from './handlers/index.ts';
import { loopbackHosts } from './hosts.ts';
import { type Listening, listenHttp, type TlsFiles } from './listen.ts';
import type { Log } from './log.ts';
import type { LogRing } from './log-ring.ts';
import { serveStatic } from './static.ts';
import type { Telemetry } from './telemetry.ts';

export interface GatewayServerSetup {
  readonly config: Config;
  /** Folder of the built-in nodes. */
  readonly built_ins: string;
  /** Folder of the built studio; it may not be there. */
  readonly studio: string;
  readonly log: Log;
  /** What `log` writes is kept here. */
  readonly ring: LogRing;
  /** It stops as soon as it can, also while it starts. */
  readonly signal?: AbortSignal;
}

/** The gateway with its API, as `fusewire serve` runs it. */
export interface GatewayServer {
  readonly service: Service;
  /** Of the API. */
  readonly url: string;
  /** Where drivers push to. */
  readonly ingest: readonly string[];
  /** Makes the first admin; null: nobody has to be made. */
  readonly setup_token: string | null;
  /** Stops what comes in, delivers and keeps what is in hand, ends. */
  stop(): Promise<void>;
}

const PURGE_MS = 3_600_000;
/** Answers under way have so long when it stops. */
const ANSWERS_MS = 2_000;

/**
 * The API answers before the flows are up, so that one can see why they are not: `/readyz` says when they are.
 * @throws GatewayError data-locked, data-corrupt, data-newer, listen-failed, tls-invalid
 */
export async function startGateway({
  config,
  built_ins,
  studio,
  log,
  ring,
  signal,
}: GatewayServerSetup): Promise<GatewayServer> {
  const { http, auth, telemetry } = config;
  let secrets: Secrets | null = null;
  const service = new Service({
    data: config.data_directory,
    built_ins,
    ingest: config.ingest.listen,
    message_bytes_max: config.ingest.message_bytes_max,
    flows_max: config.limits.flows,
    stop_ms: config.stop_ms,
    snapshots: {
      snapshot_ms: config.snapshots.interval_ms,
      snapshot_records: config.snapshots.records,
      sync_ms: config.snapshots.sync_ms,
    },
    resolveSecrets: text => secrets!.resolveText(text),
  });
  secrets = new Secrets(service.repository, secretsKeyFile(config));
  const stopLog = service.news.onLog(({ level, text, flow, node }) => log[level](text, { flow, node }));
  const tls = tlsFiles(http.tls);
  const access = new Access(service.repository, { ...auth, secure: tls !== null, any_host: http.insecure });
  const { host, port } = hostPort(http.listen);
  let tracing: Telemetry | null = null;
  const app = createApp({
    handlers: createHandlers(service, access, secrets, ring),
    access,
    idempotency: service.repository.idempotency,
    log,
    version: FUSER_VERSION,
    readiness: () => ({ ready: service.unready().length === 0, reasons: service.unready() }),
    metrics: () => gatewayMetrics(service),
    hosts: auth.enabled || http.insecure ? null : loopbackHosts([host]),
    studio: serveStatic(studio),
    event_streams: config.limits.live_clients,
    body_bytes_max: http.body_bytes_max,
    cookie: tls === null ? 'fusewire' : '__Host-fusewire',
    tracing:
      telemetry.otlp_endpoint === null
        ? null
        : { request: span => tracing?.request(span), deploy: deploy => tracing?.deploy(deploy) },
  });
  let listening: Listening | null = null;
  const purge = setInterval(() => forgetExpired(service, log), PURGE_MS);
  const end = async (): Promise<void> => {
    clearInterval(purge);
    await listening?.close(Math.min(config.stop_ms, ANSWERS_MS));
    await service.stop();
    await tracing?.shutdown();
    stopLog();
  };
  let ended: Promise<void> | null = null;
  const stop = (): Promise<void> => (ended ??= end());
  const setup_token = access.setupToken();
  try {
    const { requests_per_s } = config.limits;
    const { trusted_proxies } = http;
    listening = await listenHttp(app, { host, port, tls, trusted_proxies, log, limits: { requests_per_s } });
    if (telemetry.otlp_endpoint !== null) {
      const { startTelemetry } = await import('./telemetry.ts');
      tracing = startTelemetry({
        endpoint: telemetry.otlp_endpoint,
        headers: telemetry.headers,
        service: telemetry.service_name,
        interval_ms: telemetry.interval_ms,
        version: FUSER_VERSION,
        families: () => app.families(),
        onProblem: text => log.warn(text),
      });
      service.news.onChange(({ deploy }) => {
        if (deploy && (deploy.state === 'done' || deploy.state === 'failed')) tracing?.deploy(deploy);
      });
    }
    const { url } = listening;
    signal?.addEventListener('abort', () => void stop(), { once: true });
    if (!signal?.aborted) await service.start();
    return { service, url, ingest: service.ingest.addresses, setup_token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const tlsFiles = ({ cert_file: cert, key_file: key }: Config['http']['tls']): TlsFiles | null =>
  cert !== null && key !== null ? { cert, key } : null;

function forgetExpired({ repository }: Service, log: Log): void {
  try {
    repository.idempotency.purge(Date.now());
    repository.sessions.purge(Date.now());
  } catch (error) {
    // The disk may be full: the next time is soon enough.
    log.warn((error as Error).message);
  }
}

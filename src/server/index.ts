/** The HTTP API: the table of routes on handlers, with everything that stands between the network and them. */
export { type Access, ANONYMOUS, type Identity } from './access.ts';
export { type App, type AppSetup, createApp } from './app.ts';
export type { Family } from './family.ts';
export { type GatewayServer, type GatewayServerSetup, startGateway } from './gateway-server.ts';
export type { Bytes, Call, Handlers, Reply } from './handlers.ts';
export { WithCookies } from './handlers.ts';
export type { Readiness } from './health.ts';
export { loopbackHosts } from './hosts.ts';
export { type IdempotencyStore, MemoryIdempotency, type Remembered } from './idempotency.ts';
export { Latest } from './latest.ts';
export { SERVER_LIMITS } from './limits.ts';
export { type Listening, type ListenSetup, listenHttp, type TlsFiles } from './listen.ts';
export { createLog, type Log, type LogFields, type LogSetup, SILENT } from './log.ts';
export { LOG_LEVELS, type LogLevel, type LogNews, type LogQuery, LogRing } from './log-ring.ts';
export type { FlowMetrics, GatewayMetrics } from './metrics.ts';
export { formOf } from './multipart.ts';
export type { Peer } from './peer.ts';
export { RequestInvalid } from './problem.ts';
export { type StaticFiles, serveStatic } from './static.ts';
export type { Telemetry, TelemetrySetup } from './telemetry.ts';
export type { RequestSpan, Tracing } from './tracing.ts';

import type { Telemetry, TelemetrySetup } from './telemetry.ts';

/** OpenTelemetry; its packages are loaded here and nowhere else. */
export async function loadTelemetry(setup: TelemetrySetup): Promise<Telemetry> {
  const { startTelemetry } = await import('./telemetry.ts');
  return startTelemetry(setup);
}

import { FUSER_VERSION } from '#abi';
import type { Service } from '#service';
import type { GatewayMetrics } from './metrics.ts';

/** What `/metrics` and OpenTelemetry are made from. */
export function gatewayMetrics(service: Service): GatewayMetrics {
  const { live, ingest, hostList } = service;
  const stats = ingest.stats();
  return {
    version: FUSER_VERSION,
    ready: service.unready().length === 0,
    ingest: {
      updates: stats.received,
      malformed: stats.malformed,
      unrouted: stats.unmatched,
      tags: stats.tags,
      connections: ingest.connections,
      gaps: stats.gaps,
    },
    flows: hostList.map(host => live.flow(host, false)),
  };
}

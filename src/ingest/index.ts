/** Where drivers push to, for many flows: listeners, and the router that gives each flow the updates that it wants. */
export { type DriverStatus, Ingest, type IngestEvents, type IngestOptions, type IngestStats } from './ingest.ts';
export { INGEST_LIMITS, type IngestLimits } from './limits.ts';
export { PatternTrie } from './patterns.ts';
export { Router } from './router.ts';
export type { Subscription } from './subscriber.ts';
export type { SeenTag, TagQuery, TagsSeen } from './tags.ts';

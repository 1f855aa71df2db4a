/** The gateway as a service: many flows on one ingest, the library, versions, deploys, live data. */
export type { MadeArtifact } from './artifacts.ts';
export { deployDto } from './deploy-dto.ts';
export type { FlowHost } from './flow-host.ts';
export { FlowRefused, versionDto, versionHeadDto, type Which } from './flow-store.ts';
export { type Letters, letterDto } from './letters.ts';
export type { Change, LogEvent } from './news.ts';
export { importsOf } from './node-store.ts';
export { Service, type ServiceOptions } from './service.ts';

/** Embedded storage of the service: SQLite and content-addressed blobs in one data directory. */
export { FLOW_ID } from './flows.ts';
export { REPOSITORY_LIMITS } from './limits.ts';
export { openRepository, type RepositoryOptions } from './repository.ts';
export * from './types.ts';

/** Embedded storage of the service: SQLite and content-addressed blobs in one data directory. */
export { REPOSITORY_LIMITS } from './limits.ts';
export * from './types.ts';

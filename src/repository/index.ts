/** Embedded storage of the service: SQLite and content-addressed blobs in one data directory. */
export { type BackupOptions, backup } from './backup.ts';
export type { BackupFile, BackupManifest } from './backup-manifest.ts';
export { type Bundle, type BundleNode, packBundle, readBundle } from './bundle.ts';
export { FLOW_ID } from './flows.ts';
export { REPOSITORY_LIMITS } from './limits.ts';
export { openRepository, type RepositoryOptions } from './repository.ts';
export { restore } from './restore.ts';
export * from './types.ts';

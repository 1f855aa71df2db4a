/** What outlives the process: logs, positions and snapshots on disk, each with a checksum and a limit. */
export { lockDirectory } from './lock.ts';
export { PositionFile, readPosition } from './position-file.ts';
export { type LogEntry, readLog } from './segment.ts';
export { type LogLimits, SegmentLog } from './segment-log.ts';
export { type FoundSnapshot, type Snapshot, SnapshotStore } from './snapshot-store.ts';

/** What outlives the process: logs and positions on disk, each with a checksum and a limit. */
export { PositionFile } from './position-file.ts';
export { type LogEntry, type LogLimits, SegmentLog } from './segment-log.ts';

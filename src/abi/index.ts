/** The node contract, the fused module's layout and the layouts of records. Browser-safe. */
export * from './board.ts';
export { FieldReader, MESSAGE_PROBLEMS, type MessageProblemCode } from './field-reader.ts';
export * from './fuel.ts';
export * from './hop.ts';
export * from './limits.ts';
export * from './manifest.ts';
export * from './names.ts';
export * from './plan.ts';
export * from './ring.ts';
export * from './tag-pattern.ts';
export * from './tag-update.ts';
export * from './tag-update-read.ts';
export { decodeUtf8 } from './utf8.ts';

/** The one place that wires things together: documents, nodes, fusion, a running flow, its drivers and sinks. */
export {
  type ArtifactOptions,
  artifactKey,
  cachedFlow,
  type FusedFlow,
  fusedFlow,
  readArtifact,
  unfusedFlow,
} from './artifact.ts';
export { askControl, type ControlAnswer, type ControlRequest } from './control.ts';
export {
  DEAD_LETTER_LIMITS,
  DeadLetters,
  type FullLetter,
  type Letter,
  type LetterKind,
  readDeadLetters,
  readDropped,
} from './dead-letters.ts';
export { PROBATION_DEFAULTS, type ProbationOptions } from './deploy.ts';
export { patternsOf } from './feed.ts';
export { toInput } from './flow-input.ts';
export type { GatewayFlowEvents, GatewayFlowOptions, StateStats } from './flow-options.ts';
export { artifactId } from './flow-state.ts';
export { GatewayFlow } from './gateway-flow.ts';
export { checkGolden, type Expected, GOLDEN_LIMITS, type Golden, readGolden } from './golden.ts';
export { type GoldenFailure, messagesOf } from './golden-compare.ts';
export { type GoldenOptions, type GoldenReport, runGolden, runGoldenBoth } from './golden-run.ts';
export { type OverloadPolicy, type QuarantinePolicy, STALL_MS } from './intake.ts';
export { checkDocument, isProtobuf, type LoadedFlow, type LoadResult, loadFlow, readFlow } from './load-flow.ts';
export type { SinkStatus } from './outlets.ts';
export { encodeUpdate, type ReadablePayload, readPayload, type UpdateJson } from './readable.ts';
export { readRecording } from './recordings.ts';
export { type TryOptions, type TryResult, tryArtifact, tryFlow } from './try-flow.ts';
export { TRY_LIMITS, type TryRecord, type TryStep } from './try-job.ts';

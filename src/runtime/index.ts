/** Runs flows: rings, one worker per flow, the fused and the unfused engine, faults and recovery. */
export { AHEAD_OF_TIME_FLAGS } from './ahead-of-time.ts';
export { boardOf, checkpointLong, readLayout } from './checkpoint.ts';
export type { Engine, FlowArtifact, FlowCode } from './engine.ts';
export { describeFault, type FaultRecord, faultOf } from './fault.ts';
export { FAULT_LIMITS, type FaultLimits } from './fault-policy.ts';
export { FlowRunner } from './flow-runner.ts';
export { fusedEngine } from './fused-engine.ts';
export { Keeper } from './keeper.ts';
export type { Beginning, Predecessor } from './protocol.ts';
export { type Capture, putInput } from './recording.ts';
export { type Poison, poisonOf, replay } from './recovery.ts';
export { type ReplayStep, replayCapture, sameFault } from './replay.ts';
export { EgressReader, type EgressRecord, IngressWriter } from './rings.ts';
export type { RunnerEvents, RunnerOptions } from './runner-options.ts';
export { type NodeFate, type StateFate, statePlan } from './state-plan.ts';
export { type FlowStats, isAside, type NodeStats, type RunnerState, readStats } from './stats.ts';
export type { SwapReport } from './switch-version.ts';
export { unfusedEngine } from './unfused/index.ts';

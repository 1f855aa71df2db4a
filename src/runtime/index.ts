/** Runs flows: rings, one worker per flow, the fused and the unfused engine, faults and recovery. */
export { AHEAD_OF_TIME_FLAGS } from './ahead-of-time.ts';
export type { Engine, FlowArtifact, FlowCode } from './engine.ts';
export { describeFault, type FaultRecord, faultOf } from './fault.ts';
export { FlowRunner, type RunnerEvents, type RunnerOptions } from './flow-runner.ts';
export { fusedEngine } from './fused-engine.ts';
export { Keeper, type Kept } from './keeper.ts';
export { type Poison, poisonOf, replay } from './recovery.ts';
export { EgressReader, type EgressRecord, IngressWriter } from './rings.ts';
export { type FlowStats, type NodeStats, readStats } from './stats.ts';
export { unfusedEngine } from './unfused/index.ts';

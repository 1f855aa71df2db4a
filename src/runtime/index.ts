/** Runs flows: one worker per flow, checkpoints and recovery, the unfused engine. */
export { AHEAD_OF_TIME_FLAGS } from './ahead-of-time.ts';
export { FAULT_LIMITS, type FaultLimits } from './fault-policy.ts';
export { FlowRunner } from './flow-runner.ts';
export { Keeper } from './keeper.ts';
export type { Beginning, Predecessor } from './protocol.ts';
export { giveBack } from './reclaim.ts';
export { type Poison, poisonOf, replay } from './recovery.ts';
export type { RunnerEvents, RunnerOptions } from './runner-options.ts';
export { type NodeFate, type StateFate, statePlan } from './state-plan.ts';
export { type FlowStats, isAside, type NodeStats, type RunnerState, readStats } from './stats.ts';
export type { SwapReport } from './switch-version.ts';
export { unfusedEngine } from './unfused/index.ts';

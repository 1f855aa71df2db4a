/** Fusion: a checked flow and its nodes become one module. Pure: no files, no clock, no randomness. */

export { resolveNode } from './1-resolve.ts';
export type { FlowInput, FlowNodeInput, FlowWireInput, PlanOptions } from './2-plan.ts';
export {
  checkNodes,
  type FuseOptions,
  type FuseResult,
  type FusionReport,
  fuse,
  type NodeBytes,
  type Phase,
  planOf,
  type UnfusedResult,
  unfuse,
} from './fuse.ts';

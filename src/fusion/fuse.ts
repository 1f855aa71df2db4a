import { type FlowPlan, FUSER_VERSION, type NodeFunction } from '#abi';
import type { Diagnostic } from '#diagnostic';
import { type ResolvedNode, resolveNode } from './1-resolve.ts';
import { type FlowInput, nodePagesMax, type PlanOptions, planFlow } from './2-plan.ts';
import { mergeAlone, mergeFlow } from './4-merge.ts';
import { assemble, loadOptimiser, optimise, withFlow } from './5-emit.ts';
import { glueText } from './glue/index.ts';

export interface FuseOptions extends PlanOptions {
  /** Optimisation level of Binaryen, 0–4; default 2. */
  readonly level?: number;
  /** Milliseconds that only grow, for the report; without it phases have no times and output is a function of input alone. */
  readonly clock_ms?: () => number;
  /** Called as a phase begins. */
  readonly onPhase?: (phase: Phase) => void;
}
export type Phase = 'resolve' | 'plan' | 'adapt' | 'merge' | 'emit';

export interface FusionReport {
  readonly modules_in: number;
  readonly instances: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  /** Imports of nodes and glue that were calls across a module boundary and are direct calls now. */
  readonly boundary_calls_removed: number;
  readonly phases_ms: Readonly<Record<Phase, number>>;
}

export type FuseResult =
  | { readonly ok: true; readonly wasm: Uint8Array; readonly plan: FlowPlan; readonly report: FusionReport }
  | { readonly ok: false; readonly diagnostics: Diagnostic[] };
export type UnfusedResult =
  | { readonly ok: true; readonly unfused: Uint8Array[]; readonly plan: FlowPlan }
  | { readonly ok: false; readonly diagnostics: Diagnostic[] };

/** Finds a node's file by its sha256. */
export type NodeBytes = (hash: string) => Uint8Array;

/**
 * Fuses a checked flow into one module without imports.
 * @param document canonical JSON of the flow document with every hash, kept in the artifact.
 */
export async function fuse(
  flow: FlowInput,
  document: string,
  nodeBytes: NodeBytes,
  options: FuseOptions = {},
): Promise<FuseResult> {
  const optimiser = await loadOptimiser();
  const phases_ms = { resolve: 0, plan: 0, adapt: 0, merge: 0, emit: 0 };
  const timed = <T>(phase: Phase, work: () => T): T => {
    options.onPhase?.(phase);
    const start = options.clock_ms?.() ?? 0;
    const result = work();
    phases_ms[phase] += (options.clock_ms?.() ?? 0) - start;
    return result;
  };
  const resolved = timed('resolve', () => resolveAll(flow, nodeBytes));
  if ('diagnostics' in resolved) return { ok: false, diagnostics: resolved.diagnostics };
  const plan = timed('plan', () => planFlow(flow, resolved.functions, options));
  const nodes = plan.nodes.map(node => resolved.nodes.get(node.hash)!);
  const glue = timed('adapt', () =>
    assemble(
      optimiser,
      glueText(
        plan,
        nodes.map(node => node.shape),
      ),
    ),
  );
  const merged = timed('merge', () => mergeFlow(plan, glue, nodes));
  const wasm = timed('emit', () =>
    withFlow(optimise(optimiser, merged.bytes, options.level ?? 2), artifactInfo(plan, document)),
  );
  const report = {
    modules_in: resolved.nodes.size,
    instances: nodes.length,
    bytes_in: nodes.reduce((sum, node) => sum + node.module.bytes.length, 0),
    bytes_out: wasm.length,
    boundary_calls_removed: merged.boundImports,
    phases_ms,
  };
  return { ok: true, wasm, plan, report };
}

/** The same flow as one metered module per node, for the unfused engine. */
export function unfuse(flow: FlowInput, nodeBytes: NodeBytes, options: PlanOptions = {}): UnfusedResult {
  const resolved = resolveAll(flow, nodeBytes);
  if ('diagnostics' in resolved) return { ok: false, diagnostics: resolved.diagnostics };
  const plan = planFlow(flow, resolved.functions, options);
  return {
    ok: true,
    plan,
    unfused: plan.nodes.map((node, index) =>
      mergeAlone(resolved.nodes.get(node.hash)!, node.id, index, plan.node_pages_max),
    ),
  };
}

/** The plan that fusion would follow. */
export function planOf(
  flow: FlowInput,
  nodeBytes: NodeBytes,
  options: PlanOptions = {},
): { plan: FlowPlan } | { diagnostics: Diagnostic[] } {
  const resolved = resolveAll(flow, nodeBytes);
  return 'diagnostics' in resolved ? resolved : { plan: planFlow(flow, resolved.functions, options) };
}

/** What is wrong with the node files of a flow, without fusing it. */
export function checkNodes(flow: FlowInput, nodeBytes: NodeBytes): Diagnostic[] {
  const resolved = resolveAll(flow, nodeBytes);
  return 'diagnostics' in resolved ? resolved.diagnostics : [];
}

interface Resolved {
  readonly nodes: ReadonlyMap<string, ResolvedNode>;
  readonly functions: (hash: string) => Iterable<NodeFunction>;
}

function resolveAll(flow: FlowInput, nodeBytes: NodeBytes): Resolved | { diagnostics: Diagnostic[] } {
  const nodes = new Map<string, ResolvedNode>();
  const diagnostics: Diagnostic[] = [];
  flow.nodes.forEach((node, index) => {
    if (nodes.has(node.hash)) return;
    const result = resolveNode(nodeBytes(node.hash), `$.nodes[${index}]`, nodePagesMax(flow));
    if ('node' in result) nodes.set(node.hash, result.node);
    else diagnostics.push(...result.diagnostics);
  });
  return diagnostics.length > 0 ? { diagnostics } : { nodes, functions: hash => nodes.get(hash)!.shape.functions };
}

const artifactInfo = (plan: FlowPlan, document: string): string =>
  `{"document":${document},"fuser":${JSON.stringify(FUSER_VERSION)},"plan":${JSON.stringify(plan)}}`;

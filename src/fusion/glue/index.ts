import { type FlowPlan, layoutOf, WASM_PAGE_BYTES } from '#abi';
import { copyFunctions } from './copy.ts';
import { egressFunctions } from './egress.ts';
import { lifeFunctions, watString } from './life.ts';
import { recordFunctions } from './record.ts';
import { ringFunctions } from './ring.ts';
import { traceFunctions } from './trace.ts';
import { copyPairs, type NodeShape, nodeImports, wireFunctions } from './wires.ts';

export type { NodeShape } from './wires.ts';

/**
 * The glue of a flow as WebAssembly text: shared memories, the entry that takes records from the ring, and the calls
 * between nodes. It imports the nodes' exports from modules `node/<index>` and exports `emit/<index>`, `log/<index>`, `now`,
 * `fuel` and `exhausted` for them.
 */
export function glueText(plan: FlowPlan, shapes: readonly NodeShape[]): string {
  const board = Math.ceil(layoutOf(plan).bytes / WASM_PAGE_BYTES);
  const shared = (name: string, bytes: number): string =>
    `(memory $${name} (export "${name}") ${bytes / WASM_PAGE_BYTES} ${bytes / WASM_PAGE_BYTES} shared)`;
  return `(module
${shapes.map((shape, index) => nodeImports(index, shape)).join('\n')}
${shared('ingress', plan.ingress_bytes)}
${shared('egress', plan.egress_bytes)}
${shared('board', board * WASM_PAGE_BYTES)}
${plan.nodes.map((node, index) => (shapes[index]!.functions.has('configure') ? `(data $props_${index} "${watString(node.props)}")` : '')).join('\n')}
(global $fuel (export "fuel") (mut i64) (i64.const 0))
(global $now (mut i64) (i64.const 0))
(global $emits (mut i32) (i32.const 0))
(global $emit_open (mut i32) (i32.const 0))
(global $log_left (mut i32) (i32.const 0))
(global $egress_left (mut i32) (i32.const 0))
(global $egress_count (mut i64) (i64.const 0))
(global $next_cursor (mut i32) (i32.const 0))
(global $next_batch (mut i32) (i32.const 0))
(global $batch_at (mut i32) (i32.const 0))
(global $muted (mut i32) (i32.const 0))
(global $traced (mut i32) (i32.const 0))
(global $hops (mut i32) (i32.const 0))
(global $emits_left (mut i32) (i32.const 0))
${egressFunctions(plan)}
${traceFunctions(plan)}
${ringFunctions(plan)}
${recordFunctions(plan)}
${wireFunctions(plan, shapes)}
${lifeFunctions(plan, shapes)}
${copyPairs(plan)
  .map(([from, to]) => copyFunctions(from, to))
  .join('\n')}
)`;
}

/** Phase 4: glue and nodes become one module. */
import { type FlowPlan, FUEL } from '#abi';
import { findExport, type LinkExport, type LinkInput, type LinkResult, link, parseModule } from '#wasm';
import type { ResolvedNode } from './1-resolve.ts';
import { fusedNode, standaloneNode } from './3-adapt.ts';

const COSTS = { call: FUEL.call, bytes_shift: FUEL.bytes_shift, grow: FUEL.grow, grow_page: FUEL.grow_page };
const FUNCTIONS = ['run', 'tick', 'configure', 'alloc', 'save', 'save_done', 'load'];
const MEMORIES = ['ingress', 'egress', 'board'];
const GLUE = 0;

/** @param glue the assembled glue, see glue/index.ts. */
export function mergeFlow(plan: FlowPlan, glue: Uint8Array, nodes: readonly ResolvedNode[]): LinkResult {
  const glueModule = parseModule(glue);
  const glueInput: LinkInput = {
    module: glueModule,
    name: 'flow',
    // Imports from `node/<index>` are that node's exports; the nodes stand behind the glue.
    bind: entry => ({ input: 1 + Number(entry.module.slice('node/'.length)), name: entry.name }),
    fuel: null,
    memory_pages_max: null,
    memory_start: 0,
  };
  const inputs = [glueInput, ...nodes.map((node, index) => fusedNode(node.module, plan.nodes[index]!.id, index, GLUE))];
  const exports: LinkExport[] = [
    ...MEMORIES.map(name => ({ ...findExport(glueModule, name, 'memory'), input: GLUE })),
    ...FUNCTIONS.map(name => ({ ...findExport(glueModule, name, 'func'), input: GLUE })),
    ...nodes.flatMap((node, index) => stateExports(node, plan.nodes[index]!.id, index + 1)),
  ];
  return link(inputs, exports, COSTS);
}

/** Between two runs a node's memory and mutable globals are its whole state (tables aside): exported for snapshots. */
function stateExports(node: ResolvedNode, id: string, input: number): LinkExport[] {
  const memory = findExport(node.module, 'memory', 'memory');
  const globals = node.module.globals.flatMap((global, index): LinkExport[] =>
    global.mutable && global.type >= 0x7c ? [{ name: `global:${id}/${index}`, input, kind: 'global', index }] : [],
  );
  return [{ name: `memory:${id}`, input, kind: 'memory', index: memory.index }, ...globals];
}

/** A node alone, metered, with every export of the contract. */
export function mergeAlone(node: ResolvedNode, id: string, index: number): Uint8Array {
  const input = standaloneNode(node.module, id, index);
  const exports = input.module.exports.filter(entry => entry.kind === 'func' || entry.kind === 'memory');
  return link(
    [input],
    exports.map(entry => ({ ...entry, input: 0 })),
    COSTS,
  ).bytes;
}

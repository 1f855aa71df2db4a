/** Phase 4: glue and nodes become one module. */
import { type FlowPlan, FUEL } from '#abi';
import {
  changesTables,
  findExport,
  type LinkExport,
  type LinkInput,
  type LinkResult,
  link,
  parseModule,
  referencedFunctions,
  type WasmModule,
} from '#wasm';
import type { ResolvedNode } from './1-resolve.ts';
import { fusedNode, standaloneNode } from './3-adapt.ts';

const COSTS = { call: FUEL.call, bytes_shift: FUEL.bytes_shift, grow: FUEL.grow, grow_page: FUEL.grow_page };
const FUNCTIONS = ['run', 'tick', 'configure', 'resume', 'mute', 'alloc', 'save', 'save_done', 'load'];
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
    table_elements_max: null,
    memory_start: 0,
  };
  const inputs = [
    glueInput,
    ...nodes.map((node, index) => fusedNode(node.module, plan.nodes[index]!.id, index, GLUE, plan.node_pages_max)),
  ];
  const exports: LinkExport[] = [
    ...MEMORIES.map(name => ({ ...findExport(glueModule, name, 'memory'), input: GLUE })),
    ...FUNCTIONS.map(name => ({ ...findExport(glueModule, name, 'func'), input: GLUE })),
    ...nodes.flatMap((node, index) => {
      const { id } = plan.nodes[index]!;
      const memory = findExport(node.module, 'memory', 'memory');
      return [{ ...memory, name: `memory:${id}`, input: index + 1 }, ...stateExports(node.module, id, index + 1)];
    }),
  ];
  return link(inputs, exports, COSTS);
}

/**
 * Between two runs a node's memory, mutable globals and the tables that its code changes are its whole state: exported for
 * checkpoints, with every function that could stand in such a table, because a table is saved as indexes of these.
 */
function stateExports(module: WasmModule, id: string, input: number): LinkExport[] {
  const one = (name: string, kind: LinkExport['kind'], index: number): LinkExport => ({ name, input, kind, index });
  const globals = module.globals.flatMap((global, index) =>
    global.mutable ? [one(`global:${id}/${index}`, 'global', index)] : [],
  );
  if (!changesTables(module)) return globals;
  const tables = module.tables.map((_, index) => one(`table:${id}/${index}`, 'table', index));
  const references = referencedFunctions(module).map((index, n) => one(`reference:${id}/${n}`, 'func', index));
  return [...globals, ...tables, ...references];
}

/** A node alone, metered, with every export of the contract. */
export function mergeAlone(node: ResolvedNode, id: string, index: number, pages_max: number): Uint8Array {
  const input = standaloneNode(node.module, id, index, pages_max);
  const exports = input.module.exports.filter(entry => entry.kind === 'func' || entry.kind === 'memory');
  return link([input], [...exports.map(entry => ({ ...entry, input: 0 })), ...stateExports(input.module, id, 0)], COSTS)
    .bytes;
}

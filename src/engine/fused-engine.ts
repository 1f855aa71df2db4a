import { BOARD, type FlowPlan, MEMORY_START_PAGES, NODE_CALLS, type PlanNode, WASM_PAGE_BYTES } from '#abi';
import { type Engine, nodeState } from './engine.ts';

interface FusedExports {
  readonly ingress: WebAssembly.Memory;
  readonly egress: WebAssembly.Memory;
  readonly board: WebAssembly.Memory;
  configure(now: bigint): number;
  resume(): void;
  mute(on: number): void;
  run(max: number): number;
  tick(now: bigint): void;
  alloc(node: number, len: number): number;
  save(node: number): number;
  save_done(node: number, at: number): void;
  load(node: number, ptr: number, len: number): number;
}

/** What save-state points to. @returns null when that is not in the node's memory. */
export function savedState({ memory_start }: PlanNode, buffer: ArrayBuffer, at: number): Uint8Array | null {
  const end = buffer.byteLength - (MEMORY_START_PAGES * WASM_PAGE_BYTES - memory_start);
  if (at % 4 !== 0 || memory_start + at + 8 > end) return null;
  const view = new DataView(buffer, memory_start + at);
  const [ptr, length] = [view.getUint32(0, true), view.getUint32(4, true)];
  return memory_start + ptr + length > end ? null : new Uint8Array(buffer, memory_start + ptr, length).slice();
}

/** The error of a node whose saved state is not in its memory; the board names the node. */
export function stateOutside(board: SharedArrayBuffer, node: number): RangeError {
  new Int32Array(board)[BOARD.current / 4] = (node << 16) | NODE_CALLS.indexOf('save-state');
  return new RangeError('the saved state: memory access out of bounds');
}

const shared = (memory: WebAssembly.Memory): SharedArrayBuffer => memory.buffer as unknown as SharedArrayBuffer;

/** An instance of a fused flow. The module has no imports. */
export function fusedEngine(plan: FlowPlan, module: WebAssembly.Module): Engine {
  const exports = new WebAssembly.Instance(module).exports;
  const flow = exports as unknown as FusedExports;
  const nodes = plan.nodes.map(node => nodeState(exports, node.id, `memory:${node.id}`));
  return {
    ingress: shared(flow.ingress),
    egress: shared(flow.egress),
    board: shared(flow.board),
    nodes,
    configure: flow.configure,
    resume: flow.resume,
    mute: on => flow.mute(on ? 1 : 0),
    run: flow.run,
    tick: flow.tick,
    save(node) {
      const at = flow.save(node) >>> 0;
      if (at === 0) return null;
      const state = savedState(plan.nodes[node]!, nodes[node]!.memory.buffer, at);
      if (!state) throw stateOutside(shared(flow.board), node);
      flow.save_done(node, at);
      return state;
    },
    load(node, state) {
      const ptr = flow.alloc(node, state.length) >>> 0;
      new Uint8Array(nodes[node]!.memory.buffer, plan.nodes[node]!.memory_start + ptr, state.length).set(state);
      return flow.load(node, ptr, state.length) === 0;
    },
  };
}

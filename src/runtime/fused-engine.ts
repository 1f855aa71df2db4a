import type { FlowPlan } from '#abi';
import type { Engine } from './engine.ts';

interface FusedExports {
  readonly ingress: WebAssembly.Memory;
  readonly egress: WebAssembly.Memory;
  readonly board: WebAssembly.Memory;
  configure(now: bigint): number;
  run(max: number): number;
  tick(now: bigint): void;
  alloc(node: number, len: number): number;
  save(node: number): number;
  save_done(node: number, at: number): void;
  load(node: number, ptr: number, len: number): number;
}

const shared = (memory: WebAssembly.Memory): SharedArrayBuffer => memory.buffer as unknown as SharedArrayBuffer;

/** An instance of a fused flow. The module has no imports. */
export function fusedEngine(plan: FlowPlan, module: WebAssembly.Module): Engine {
  const exports = new WebAssembly.Instance(module).exports;
  const flow = exports as unknown as FusedExports;
  const memoryOf = (node: number): WebAssembly.Memory =>
    exports[`memory:${plan.nodes[node]!.id}`] as WebAssembly.Memory;
  return {
    ingress: shared(flow.ingress),
    egress: shared(flow.egress),
    board: shared(flow.board),
    configure: flow.configure,
    run: flow.run,
    tick: flow.tick,
    save(node) {
      const at = flow.save(node) >>> 0;
      if (at === 0) return null;
      const start = plan.nodes[node]!.memory_start;
      const { buffer } = memoryOf(node);
      const area = new Uint32Array(buffer.slice(start + at, start + at + 8));
      const state = new Uint8Array(buffer, start + area[0]!, area[1]!).slice();
      flow.save_done(node, at);
      return state;
    },
    load(node, state) {
      const ptr = flow.alloc(node, state.length) >>> 0;
      new Uint8Array(memoryOf(node).buffer, plan.nodes[node]!.memory_start + ptr, state.length).set(state);
      return flow.load(node, ptr, state.length) === 0;
    },
  };
}

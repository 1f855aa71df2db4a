import type { FlowPlan } from '#abi';
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
      const start = plan.nodes[node]!.memory_start;
      const { buffer } = nodes[node]!.memory;
      const area = new Uint32Array(buffer.slice(start + at, start + at + 8));
      const state = new Uint8Array(buffer, start + area[0]!, area[1]!).slice();
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

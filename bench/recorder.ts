import { BOARD, FRAMING } from '#abi';
import { fusedEngine, IngressWriter } from '#engine';
import { fuse } from '#fusion';
import { Keeper } from '#runtime';
import { coreFlow, median, nodeBytes, spans } from './core.ts';

const ROUNDS = 15;
const RUN_MAX = 4_096;

/**
 * What it costs that any record can be undone and any fault replayed: the same flow, the same input, with checkpoints and
 * the ring retained between them, and without.
 */
export async function benchRecorder(): Promise<Record<string, number>> {
  const fused = await fuse(coreFlow(), '{}', nodeBytes);
  if (!fused.ok) throw new Error(JSON.stringify(fused.diagnostics));
  const module = new WebAssembly.Module(fused.wasm as BufferSource);
  const { plan } = fused;
  const input = spans();
  const make = (kept: boolean): (() => number) => {
    const engine = fusedEngine(plan, module);
    engine.configure(1n);
    const writer = new IngressWriter(engine.ingress, engine.board, plan.ingress_bytes);
    const words = new Int32Array(engine.board);
    const keeper = kept ? new Keeper(engine, plan, null, () => undefined) : null;
    keeper?.take();
    return () => {
      const began = performance.now();
      let messages = 0;
      for (const span of input) {
        if (!writer.write(span.bytes, FRAMING.sp_tcp, 0, 1.7e15)) throw new Error('the ring is full');
        while (engine.run(RUN_MAX) > 0) {
          words[BOARD.egress_tail / 4] = words[BOARD.egress_head / 4]!;
          keeper?.keep();
        }
        messages += span.messages;
      }
      return ((performance.now() - began) * 1e6) / messages;
    };
  };
  const passes = { with: make(true), without: make(false) };
  const times: Record<keyof typeof passes, number[]> = { with: [], without: [] };
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of ['with', 'without'] as const) times[name].push(passes[name]());
  const [on, off] = [median(times.with.slice(2)), median(times.without.slice(2))];
  return { with_ns_per_message: on, without_ns_per_message: off, cost_percent: (on / off - 1) * 100 };
}

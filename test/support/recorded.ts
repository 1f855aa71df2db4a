/** Recordings made by hand: an engine that is configured, a checkpoint, and blocks of frames. */
import { FRAMING, FUSER_VERSION } from '#abi';
import {
  checkpointBytes,
  copyInput,
  type FaultRecord,
  type FlowArtifact,
  faultOf,
  fusedEngine,
  IngressWriter,
  type Recording,
  writeCheckpoint,
} from '#engine';
import { frames } from './generate.ts';

const STARTED_US = 1_770_000_000_000_000;

/** What would be recorded of a flow that has just started and is given these spans of messages, up to its fault. */
export function recorded({ plan, code }: FlowArtifact, spans: readonly (readonly Uint8Array[])[]): Recording {
  if (code.kind !== 'fused') throw new Error('only fused flows are recorded');
  const engine = fusedEngine(plan, new WebAssembly.Module(code.wasm as BufferSource));
  engine.configure(BigInt(STARTED_US));
  const checkpoint = new Uint8Array(checkpointBytes(engine, plan));
  writeCheckpoint(engine, plan, checkpoint);
  const writer = new IngressWriter(engine.ingress, engine.board, plan.ingress_bytes);
  for (const [index, span] of spans.entries())
    if (!writer.write(frames(span), FRAMING.sp_tcp, 0, STARTED_US + index)) throw new Error('the ring is full');
  const input = copyInput(engine.ingress, 0, writer.fill);
  let fault: FaultRecord | null = null;
  try {
    engine.run(1_000_000);
  } catch (error) {
    fault = faultOf(engine.board, plan, error);
  }
  const time = new Date(STARTED_US / 1_000).toISOString();
  return {
    fuser: FUSER_VERSION,
    time,
    flow: plan.name,
    fault,
    wasm: code.wasm,
    capture: { checkpoint, position: 0, input },
  };
}

/** A thread that loads a flow and calls one node's functions of state once. */

import { parentPort, workerData } from 'node:worker_threads';
import { type FaultRecord, type FlowArtifact, faultOf, fusedEngine } from '#engine';

export interface StateJob {
  readonly artifact: FlowArtifact;
  /** Index in the plan. */
  readonly node: number;
  readonly call: 'save' | 'load';
}
export interface StateAnswer {
  /** null: the call returned. */
  readonly fault: FaultRecord | null;
}

const { artifact, node, call } = workerData as StateJob;
if (artifact.code.kind !== 'fused') throw new TypeError('the lab runs fused flows');
const engine = fusedEngine(artifact.plan, new WebAssembly.Module(artifact.code.wasm as BufferSource));
engine.configure(BigInt(Date.now()) * 1_000n);
let fault: FaultRecord | null = null;
try {
  if (call === 'save') engine.save(node);
  else engine.load(node, new Uint8Array(16));
} catch (error) {
  fault = faultOf(engine.board, artifact.plan, error);
}
parentPort!.postMessage({ fault } satisfies StateAnswer);

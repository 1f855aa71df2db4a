/** Prints how long the first record of a fused flow takes, in µs. */

import { readFileSync } from 'node:fs';
import { encodeTagUpdate, FRAMING } from '#abi';
import { fusedEngine, IngressWriter, inspectFlow } from '#engine';

const wasm = new Uint8Array(readFileSync(process.argv[2]!));
const { plan } = inspectFlow(wasm)!;
const engine = fusedEngine(plan, new WebAssembly.Module(wasm as BufferSource));
engine.configure(1n);
// As the worker does before it says that it is ready.
engine.run(0);
// A record comes some time after the flow is ready; what the engine still does in the background is done by then.
await new Promise(resolve => setTimeout(resolve, 200));
const message = encodeTagUpdate({ tag: 'line1/cell01/temp', timestamp: 1, value: { kind: 'double', value: 99 } });
new IngressWriter(engine.ingress, engine.board, plan.ingress_bytes).write(message, FRAMING.message, 0, 1);
const began = performance.now();
engine.run(1);
const took_us = (performance.now() - began) * 1_000;
// Not in one expression: opening stdout takes a hundred times as long.
process.stdout.write(String(took_us));

import { alignRing, type FlowPlan, INGRESS_HEADER, layoutOf, WASM_PAGE_BYTES } from '#abi';
import { GatewayError } from '#diagnostic';
import { type FlowInspection, inspectFlow } from './inspect.ts';
import type { Recording } from './recording-file.ts';

/** A recording whose module was looked at and compiled. */
export interface OpenRecording {
  readonly recording: Recording;
  readonly plan: FlowPlan;
  /** The flow document in the module: canonical, without layout. */
  readonly document: unknown;
  readonly module: WebAssembly.Module;
}

const FUNCTIONS = ['configure', 'resume', 'mute', 'run', 'tick'];

/**
 * Compiles the module of a recording. It may be of a stranger: the module is a fused flow by its looks, has no imports, and
 * all lengths fit each other. What it does when it runs is another matter: it may never end.
 * @throws GatewayError recording-invalid
 */
export function openRecording(recording: Recording, where: string): OpenRecording {
  const wrong = (detail: string): GatewayError => new GatewayError('recording-invalid', where, detail);
  const inspection = inspectFlow(recording.wasm);
  if (!inspection || inspection.imports.length > 0) throw wrong('its module is no fused flow');
  const { plan, document } = inspection;
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(recording.wasm as BufferSource);
  } catch (error) {
    throw wrong((error as Error).message);
  }
  if (!isFlowModule(module, inspection)) throw wrong('its module is no fused flow');
  const { position, input } = recording.capture;
  if (input.length > plan.ingress_bytes || !isWholeBlocks(position, input, plan.ingress_bytes))
    throw wrong('its input is not made of whole blocks');
  return { recording, plan, document, module };
}

/** Whether it exports what a flow of the plan does, with memories as large as the plan says. */
function isFlowModule(module: WebAssembly.Module, { plan, memories }: FlowInspection): boolean {
  const exported = new Set(WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`));
  const sized = (name: string, isRight: (bytes: number) => boolean): boolean =>
    memories.some(
      one =>
        one.name === name && one.shared && one.pages_min === one.pages_max && isRight(one.pages_min * WASM_PAGE_BYTES),
    );
  return (
    FUNCTIONS.every(name => exported.has(`function ${name}`)) &&
    plan.nodes.every(({ id }) => exported.has(`memory memory:${id}`)) &&
    sized('ingress', bytes => bytes === plan.ingress_bytes) &&
    sized('egress', bytes => bytes === plan.egress_bytes) &&
    sized('board', bytes => bytes >= layoutOf(plan).bytes)
  );
}

/** Blocks lie one behind the other, none over the ring's end. */
function isWholeBlocks(position: number, input: Uint8Array, capacity: number): boolean {
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  for (let at = 0; at < input.length; ) {
    if (at + INGRESS_HEADER.bytes > input.length) return false;
    const body = view.getUint32(at, true);
    if (body > input.length) return false;
    const bytes = INGRESS_HEADER.bytes + alignRing(body);
    if ((((position + at) >>> 0) % capacity) + bytes > capacity || at + bytes > input.length) return false;
    at += bytes;
  }
  return true;
}

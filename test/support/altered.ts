/** Fused modules that say something else of themselves. */
import { FLOW_SECTION, type FlowPlan } from '#abi';
import { withCustomSection } from '#wasm';

/** The module with another plan in its section: the old one is called otherwise, and passed over. */
export function withPlan(wasm: Uint8Array, change: (plan: FlowPlan) => unknown): Uint8Array {
  const module = new WebAssembly.Module(wasm as BufferSource);
  const [section] = WebAssembly.Module.customSections(module, FLOW_SECTION);
  const info = JSON.parse(new TextDecoder().decode(section)) as { plan: FlowPlan };
  const renamed = Buffer.from(wasm);
  renamed[renamed.lastIndexOf(FLOW_SECTION)]! ^= 0x20;
  const text = JSON.stringify({ ...info, plan: change(info.plan) });
  return withCustomSection(renamed, FLOW_SECTION, new TextEncoder().encode(text));
}

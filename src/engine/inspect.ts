import { FLOW_SECTION, type FlowPlan } from '#abi';
import { customSection, MalformedWasm, parseModule, type WasmModule } from '#wasm';
import { isPlan } from './plan-shape.ts';

/** What a fused module says of itself. */
export interface FlowInspection {
  readonly fuser: string;
  /** The flow document, canonical, without layout. */
  readonly document: unknown;
  readonly plan: FlowPlan;
  readonly imports: readonly { module: string; name: string }[];
  readonly exports: readonly string[];
  readonly memories: readonly { name: string; pages_min: number; pages_max: number | null; shared: boolean }[];
  readonly functions: number;
  readonly bytes: number;
}

/** Reads an artifact. @returns null when it is not a fused flow. */
export function inspectFlow(bytes: Uint8Array): FlowInspection | null {
  let module: WasmModule;
  try {
    module = parseModule(bytes);
  } catch (error) {
    if (error instanceof MalformedWasm) return null;
    throw error;
  }
  const section = customSection(module, FLOW_SECTION);
  if (!section) return null;
  const info = parseInfo(section);
  if (!info) return null;
  const memoryNames = new Map(
    module.exports.filter(entry => entry.kind === 'memory').map(entry => [entry.index, entry.name]),
  );
  return {
    fuser: info.fuser,
    document: info.document,
    plan: info.plan,
    imports: module.imports.map(({ module: from, name }) => ({ module: from, name })),
    exports: module.exports.map(entry => entry.name),
    memories: module.memories.map((memory, index) => ({
      name: memoryNames.get(index) ?? `memory ${index}`,
      pages_min: memory.min,
      pages_max: memory.max,
      shared: memory.shared,
    })),
    functions: module.bodies.length,
    bytes: bytes.length,
  };
}

function parseInfo(section: Uint8Array): { fuser: string; document: unknown; plan: FlowPlan } | null {
  try {
    const info = JSON.parse(new TextDecoder().decode(section));
    return typeof info?.fuser === 'string' && isPlan(info.plan) ? info : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

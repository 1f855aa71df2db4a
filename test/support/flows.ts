import { join } from 'node:path';
import type { FlowClock } from '#abi';
import { type Engine, fusedEngine } from '#engine';
import { canonicalFlow, checkFlow, type FlowDocument } from '#flow';
import { type FlowInput, fuse, unfuse } from '#fusion';
import { toInput } from '#gateway';
import { NodeLibrary } from '#library';
import { unfusedEngine } from '#runtime';

const root = join(import.meta.dirname, '../..');

/** All built-in nodes. */
export function builtIns(): NodeLibrary {
  const library = new NodeLibrary();
  const problems = library.addBuiltIns(join(root, 'nodes'));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return library;
}

/** A checked document as fusion takes it. */
export function flowInput(document: FlowDocument, library: NodeLibrary): { flow: FlowInput; canonical: string } {
  const { diagnostics, nodes } = checkFlow(document, library);
  const errors = diagnostics.filter(one => one.severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return { flow: toInput(document, nodes), canonical: canonicalFlow(document, nodes) };
}

/** The same flow twice: fused and unfused. */
export async function bothEngines(
  document: FlowDocument,
  library: NodeLibrary,
  clock: FlowClock,
  level = 3,
): Promise<{ fused: Engine; unfused: Engine }> {
  const { flow, canonical } = flowInput(document, library);
  const bytes = (hash: string): Uint8Array => library.bytes(hash);
  const fusedResult = await fuse(flow, canonical, bytes, { clock, level });
  const unfusedResult = unfuse(flow, bytes, { clock });
  if (!fusedResult.ok || !unfusedResult.ok) throw new Error('the flow does not fuse');
  return {
    fused: fusedEngine(fusedResult.plan, new WebAssembly.Module(fusedResult.wasm as BufferSource)),
    unfused: unfusedEngine(
      unfusedResult.plan,
      unfusedResult.unfused.map(one => new WebAssembly.Module(one as BufferSource)),
    ),
  };
}

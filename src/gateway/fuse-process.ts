/** A process that fuses one flow and ends. */
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import type { FlowClock } from '#abi';
import type { Diagnostic } from '#diagnostic';
import { type FlowInput, type FusionReport, fuse, type Phase } from '#fusion';
import { NodeLibrary } from '#library';
import { AHEAD_OF_TIME_FLAGS } from '#runtime';

export interface FuseJob {
  readonly input: FlowInput;
  readonly canonical: string;
  readonly files: readonly string[];
  readonly clock: FlowClock;
}
export type FuseAnswer =
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'done'; readonly wasm: Uint8Array; readonly report: FusionReport }
  | { readonly type: 'refused'; readonly diagnostics: Diagnostic[] }
  | { readonly type: 'crash'; readonly message: string };

const answer = (message: FuseAnswer): void => void process.send?.(message);
/** The last word: the channel closes once it is out. */
const conclude = (message: FuseAnswer): void =>
  void process.send?.(message, undefined, undefined, () => process.disconnect?.());

process.once('message', async (job: FuseJob) => {
  try {
    const library = new NodeLibrary();
    for (const file of job.files) library.addFile(file);
    const result = await fuse(job.input, job.canonical, hash => library.bytes(hash), {
      clock: job.clock,
      clock_ms: () => performance.now(),
      onPhase: phase => answer({ type: 'phase', phase }),
    });
    if (result.ok) tryCompile(result.wasm);
    if (result.ok) conclude({ type: 'done', wasm: result.wasm, report: result.report });
    else conclude({ type: 'refused', diagnostics: result.diagnostics });
  } catch (error) {
    // Binaryen throws things that are no errors.
    conclude({ type: 'crash', message: error instanceof Error ? error.message : inspect(error).slice(0, 500) });
  }
});

/** Smaller modules compile in moments whatever is in them. */
const TRY_BYTES = 1024 * 1024;

/**
 * Machine code is made where the flow runs, and that cannot be interrupted: a module that takes too long or too much memory
 * for it must end here, in a process that can be.
 */
function tryCompile(wasm: Uint8Array): void {
  if (wasm.length < TRY_BYTES) return;
  for (const flag of AHEAD_OF_TIME_FLAGS) setFlagsFromString(flag);
  new WebAssembly.Module(wasm as BufferSource);
}

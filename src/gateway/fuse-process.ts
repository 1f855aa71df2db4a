/** A process that fuses one flow and ends. */
import type { FlowClock } from '#abi';
import type { Diagnostic } from '#diagnostic';
import { type FlowInput, type FusionReport, fuse, type Phase } from '#fusion';
import { NodeLibrary } from '#library';

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
    const result = await fuse(job.input, job.canonical, hash => library.byHash(hash)!.bytes, {
      clock: job.clock,
      clock_ms: () => performance.now(),
      onPhase: phase => answer({ type: 'phase', phase }),
    });
    if (result.ok) conclude({ type: 'done', wasm: result.wasm, report: result.report });
    else conclude({ type: 'refused', diagnostics: result.diagnostics });
  } catch (error) {
    conclude({ type: 'crash', message: error instanceof Error ? error.message : String(error) });
  }
});

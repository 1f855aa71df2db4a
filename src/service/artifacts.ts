import type { ReceiptDto } from '#api';
import type { Diagnostic } from '#diagnostic';
import type { FlowArtifact } from '#engine';
import { type FlowDocument, parseFlow } from '#flow';
import { cachedFlow, checkDocument, type FusedFlow, fusedFlow, type LoadResult } from '#gateway';
import type { NodeCatalog, VersionRow } from '#repository';

/** The fused module of a version, and what making it took. */
export interface MadeArtifact {
  readonly artifact: FlowArtifact;
  readonly wasm: Uint8Array;
  readonly document: FlowDocument;
  readonly receipt: ReceiptDto;
}
export type Refused = { readonly diagnostics: readonly Diagnostic[] };

/** Makes fused modules of versions, or finds them in the cache. */
export class Artifacts {
  readonly #catalog: NodeCatalog;
  readonly #cache: string;
  readonly #ending = new AbortController();
  /** Grows when the library changes: what a document means may have changed with it. */
  generation = 0;

  constructor(catalog: NodeCatalog, cache: string) {
    this.#catalog = catalog;
    this.#cache = cache;
  }

  /** Reads and checks a document as somebody wrote it. */
  check(document: unknown): LoadResult {
    const parsed = parseFlow(JSON.stringify(document ?? null));
    return 'diagnostics' in parsed ? parsed : checkDocument(parsed.document, this.#catalog);
  }

  /** What was made before, without a look at its nodes. */
  cached({ canonical, document }: VersionRow): MadeArtifact | null {
    const found = cachedFlow(canonical, { clock: 'arrival', cache: this.#cache });
    return found && this.#made(found, document);
  }

  /** @param onPhase see Phase of #fusion. @throws GatewayError fusion-failed */
  async make(version: VersionRow, onPhase: (phase: string) => void): Promise<MadeArtifact | Refused> {
    const cached = this.cached(version);
    if (cached) return cached;
    const flow = this.check(version.document);
    if (flow.document === undefined) return flow;
    const { signal } = this.#ending;
    const fused = await fusedFlow(flow, { clock: 'arrival', cache: this.#cache, onPhase, signal });
    return 'diagnostics' in fused ? fused : this.#made(fused, version.document);
  }

  /** Nothing more is made; what is being made fails. */
  end(): void {
    this.#ending.abort();
  }

  #made({ artifact, wasm, report, cached }: FusedFlow, document: FlowDocument): MadeArtifact {
    const ms = Object.values(report?.phases_ms ?? {}).reduce((sum, one) => sum + one, 0);
    const receipt = {
      modules_in: report?.modules_in ?? 0,
      instances: artifact.plan.nodes.length,
      bytes_in: report?.bytes_in ?? 0,
      bytes_out: wasm.length,
      boundary_calls_removed: report?.boundary_calls_removed ?? 0,
      ms: Math.round(ms),
      cached,
    };
    return { artifact, wasm, document, receipt };
  }
}

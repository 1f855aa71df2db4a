/** Records that were followed through the running flow, and where one stands in them. */
import { type ApiError, api, ask, type Shapes } from '$lib/api/client.ts';
import type { FlowDocument, FlowWire } from '$lib/contract.ts';
import { wireKey } from '$lib/model/edit.ts';
import type { TracedRecord } from '$lib/model/trace.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import { live } from '$lib/state/live.svelte.ts';
import type { Editor, Overlay } from '../editor/editor.svelte.ts';
import { Walk } from './walk.svelte.ts';

export const WITHIN_MS = 20_000;
export const RECORDS_MAX = 100;
const TAGS_ASKED = 500;
const TAGS_SHOWN = 50;

export class Tracer extends Walk {
  readonly #editor: Editor;
  match = $state('#');
  count = $state(5);
  busy = $state(false);
  /** When the trace under way began. */
  began_ms = $state(0);
  problem = $state.raw<ApiError | null>(null);
  /** null: nothing was traced yet. */
  trace = $state.raw<Shapes['Trace'] | null>(null);
  /** What it was asked with. */
  asked = $state.raw({ match: '', count: 0 });
  /** Tags that this flow gets now. */
  tags = $state.raw<readonly string[]>([]);
  /** The document that ran, when it is not what is drawn. */
  #ran = $state.raw<FlowDocument | null>(null);
  #over: AbortController | null = null;

  readonly overlay: Overlay | null = $derived(
    this.marks && { by: 'trace', ...this.marks, ...(this.#ran && { document: this.#ran }) },
  );
  /** What the flow's sources ask for: the first things to trace. */
  readonly patterns: readonly string[] = $derived.by(() => [
    ...new Set(this.#editor.document.nodes.flatMap(patternsOf)),
  ]);

  constructor(editor: Editor) {
    super();
    this.#editor = editor;
    this.match = this.patterns[0] ?? '#';
  }

  /** Waits for the next records, and shows the first. */
  async run(): Promise<void> {
    this.cancel();
    const over = new AbortController();
    this.#over = over;
    this.busy = true;
    this.began_ms = Date.now();
    this.problem = null;
    const { match, count } = this;
    try {
      const trace = await ask(
        api.POST('/api/v1/flows/{flow}/traces', {
          params: { path: { flow: this.#editor.id } },
          body: { match, records: count, within_ms: WITHIN_MS },
          signal: over.signal,
        }),
      );
      const wires = live.flow?.wires ?? this.#editor.document.wires;
      this.#ran = await this.#otherDocument(trace.records, wires);
      if (over.signal.aborted) return;
      this.asked = { match, count };
      this.trace = trace;
      this.show(trace.records, wires);
      if (trace.records.length === 0) await this.look();
    } catch (error) {
      if (!over.signal.aborted) this.problem = error as ApiError;
    } finally {
      if (this.#over === over) this.busy = false;
    }
  }

  cancel(): void {
    this.#over?.abort();
    this.#over = null;
    this.busy = false;
  }

  /** Asks which tags this flow gets now; without an answer there are no suggestions. */
  async look(): Promise<void> {
    const query = { limit: TAGS_ASKED };
    const page = await ask(api.GET('/api/v1/tags', { params: { query } })).catch(() => null);
    const mine = page?.items.filter(one => one.flows.includes(this.#editor.id)) ?? [];
    this.tags = mine.slice(0, TAGS_SHOWN).map(one => one.tag);
  }

  end(): void {
    this.cancel();
    this.stop();
  }

  /** What ran, if it has nodes or wires that are not drawn. */
  async #otherDocument(records: readonly TracedRecord[], ran: readonly FlowWire[]): Promise<FlowDocument | null> {
    const { nodes, wires } = this.#editor.document;
    const drawn = new Set(nodes.map(node => node.id));
    const wired = new Set(wires.map(wireKey));
    const isDrawn =
      records.every(({ hops }) => hops.every(({ node }) => node === null || drawn.has(node))) &&
      ran.every(wire => wired.has(wireKey(wire)));
    const version = live.flow?.version ?? null;
    if (isDrawn || version === null) return null;
    const path = { flow: this.#editor.id, version };
    return (await ask(api.GET('/api/v1/flows/{flow}/versions/{version}', { params: { path } })))
      .document as FlowDocument;
  }
}

/** Tag patterns in the props of a source. */
function patternsOf(node: FlowDocument['nodes'][number]): string[] {
  if (catalog.of(node)?.manifest.source !== 'tag') return [];
  const tags = node.props?.['tags'];
  return Array.isArray(tags) ? tags.filter(tag => typeof tag === 'string') : [];
}

/** Records that were followed through the running flow, and where one stands in them. */
import { type ApiError, api, ask, type Shapes } from '$lib/api/client.ts';
import { wireKey } from '$lib/model/edit.ts';
import { brief } from '$lib/model/payload.ts';
import { type Step, stepsOf, type TracedRecord, wayTo } from '$lib/model/trace.ts';
import type { FlowDocument, FlowWire } from '$lib/rules.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import { live } from '$lib/state/live.svelte.ts';
import type { Editor, Mark, Overlay } from '../editor/editor.svelte.ts';
import type { HopWalk } from './hop-walk.ts';

export const WITHIN_MS = 20_000;
export const RECORDS_MAX = 100;
const STEP_MS = 700;
const TAGS_ASKED = 500;
const TAGS_SHOWN = 50;

export class Tracer implements HopWalk {
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
  record = $state(0);
  step = $state(0);
  playing = $state(false);
  /** Tags that this flow gets now. */
  tags = $state.raw<readonly string[]>([]);
  /** Of the version that ran. */
  #wires = $state.raw<readonly FlowWire[]>([]);
  /** The document that ran, when it is not what is drawn. */
  #ran = $state.raw<FlowDocument | null>(null);
  #over: AbortController | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly records: readonly TracedRecord[] = $derived(this.trace?.records ?? []);
  readonly steps: readonly Step[] = $derived(
    this.records[this.record] ? stepsOf(this.#wires, this.records[this.record]!) : [],
  );
  readonly truncated = $derived(this.records[this.record]?.truncated ?? false);
  readonly overlay: Overlay | null = $derived(this.#overlay());
  /** What the flow's sources ask for: the first things to trace. */
  readonly patterns: readonly string[] = $derived.by(() => [
    ...new Set(this.#editor.document.nodes.flatMap(patternsOf)),
  ]);

  constructor(editor: Editor) {
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
      this.#wires = live.flow?.wires ?? this.#editor.document.wires;
      this.#ran = await this.#otherDocument(trace.records);
      if (over.signal.aborted) return;
      this.asked = { match, count };
      this.trace = trace;
      this.open(0);
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

  /** Shows a record: all of its way, until one steps. */
  open(record: number): void {
    this.stop();
    this.record = record;
    this.step = Math.max(this.steps.length - 1, 0);
  }

  go(step: number): void {
    this.step = Math.min(Math.max(step, 0), Math.max(this.steps.length - 1, 0));
  }

  /** From the beginning, when it stands at the end. */
  play(): void {
    if (this.step >= this.steps.length - 1) this.step = 0;
    this.playing = true;
    this.#timer = setInterval(() => {
      if (this.step >= this.steps.length - 1) this.stop();
      else this.go(this.step + 1);
    }, STEP_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.playing = false;
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
  async #otherDocument(records: readonly TracedRecord[]): Promise<FlowDocument | null> {
    const { nodes, wires } = this.#editor.document;
    const drawn = new Set(nodes.map(node => node.id));
    const wired = new Set(wires.map(wireKey));
    const isDrawn =
      records.every(({ hops }) => hops.every(({ node }) => node === null || drawn.has(node))) &&
      this.#wires.every(wire => wired.has(wireKey(wire)));
    const version = live.flow?.version ?? null;
    if (isDrawn || version === null) return null;
    const path = { flow: this.#editor.id, version };
    return (await ask(api.GET('/api/v1/flows/{flow}/versions/{version}', { params: { path } })))
      .document as FlowDocument;
  }

  #overlay(): Overlay | null {
    const { steps } = this;
    const now = steps[this.step];
    if (!now) return null;
    const way = wayTo(steps, this.step);
    const nodes = new Map<string, Mark>([...way.nodes].map(id => [id, { tone: 'done' }]));
    for (const id of way.refused) nodes.set(id, { tone: 'fault' });
    if (way.node !== null)
      nodes.set(way.node, { tone: now.hop.refused ? 'fault' : 'active', text: brief(now.hop.payload) });
    const wires = new Map<string, Mark>([...way.wires].map(wire => [wireKey(wire), { tone: 'done' }]));
    for (const wire of way.along) wires.set(wireKey(wire), { tone: 'active' });
    if (now.hop.refused && now.by) wires.set(wireKey(now.by), { tone: 'fault' });
    return { by: 'trace', nodes, wires, ...(this.#ran && { document: this.#ran }) };
  }
}

/** Tag patterns in the props of a source. */
function patternsOf(node: FlowDocument['nodes'][number]): string[] {
  if (catalog.of(node)?.manifest.source !== 'tag') return [];
  const tags = node.props?.['tags'];
  return Array.isArray(tags) ? tags.filter(tag => typeof tag === 'string') : [];
}

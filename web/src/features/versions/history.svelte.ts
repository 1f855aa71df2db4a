/** Versions of the open flow, and the two that are held against each other. */
import { api, ask, type Shapes } from '$lib/api/client.ts';
import type { FlowDocument, FlowNode } from '$lib/contract.ts';
import { type DiffView, diffView } from '$lib/model/diff-view.ts';
import { entryOf } from '$lib/model/wiring.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import { live } from '$lib/state/live.svelte.ts';
import type { Editor } from '../editor/editor.svelte.ts';

export type Which = number | 'draft';
const PAGE = 100;

/** The draft is newer than any version. */
const age = (which: Which): number => (which === 'draft' ? Number.POSITIVE_INFINITY : which);

export class VersionHistory {
  readonly #editor: Editor;
  items = $state.raw<readonly Shapes['VersionHead'][]>([]);
  next = $state<string | null>(null);
  problem = $state<string | null>(null);
  loaded = $state(false);
  /** At most two, the older first. */
  chosen = $state.raw<readonly Which[]>([]);
  #documents = $state.raw<ReadonlyMap<number, FlowDocument>>(new Map());

  readonly view: DiffView | null = $derived.by(() => {
    const [older, newer] = this.chosen.map(which => this.#documentOf(which));
    if (!older || !newer) return null;
    const portsOf = (node: FlowNode) => entryOf(catalog, node)?.manifest;
    return diffView(older, newer, type => catalog.byType(type)?.hash ?? null, portsOf);
  });

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /** @returns what ends it */
  watch(): () => void {
    void this.load();
    return live.onChangedSoon(
      ({ what, flow }) => (what === 'flow' || what === 'deploy') && (flow === null || flow === this.#editor.id),
      () => void this.load(),
    );
  }

  async load(): Promise<void> {
    await this.#attempt(async () => {
      const { items, next } = await this.#page();
      this.items = items;
      this.next = next;
      this.loaded = true;
    });
  }
  async more(): Promise<void> {
    await this.#attempt(async () => {
      const { items, next } = await this.#page(this.next);
      this.items = [...this.items, ...items];
      this.next = next;
    });
  }

  /** Puts it among the two, or takes it away; the one that was chosen longest ago makes room. */
  async choose(which: Which): Promise<void> {
    const rest = this.chosen.filter(one => one !== which);
    const next = rest.length < this.chosen.length ? rest : [...rest.slice(-1), which];
    await this.#attempt(async () => {
      for (const one of next) if (one !== 'draft') await this.#load(one);
      this.chosen = next.toSorted((a, b) => age(a) - age(b));
    });
  }
  clear(): void {
    this.chosen = [];
  }

  /** @throws ApiError */
  version(number: number): Promise<Shapes['Version']> {
    return ask(
      api.GET('/api/v1/flows/{flow}/versions/{version}', {
        params: { path: { flow: this.#editor.id, version: number } },
      }),
    );
  }

  #page(after: string | null = null) {
    const params = { path: { flow: this.#editor.id }, query: { limit: PAGE, ...(after !== null && { after }) } };
    return ask(api.GET('/api/v1/flows/{flow}/versions', { params }));
  }
  #documentOf(which: Which): FlowDocument | undefined {
    return which === 'draft' ? this.#editor.document : this.#documents.get(which);
  }
  async #load(number: number): Promise<void> {
    if (this.#documents.has(number)) return;
    const { document } = await this.version(number);
    this.#documents = new Map(this.#documents).set(number, document as FlowDocument);
  }
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.problem = null;
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }
}

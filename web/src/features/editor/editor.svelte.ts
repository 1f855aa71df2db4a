/** One flow that is open: what is drawn, what is chosen, what is wrong with it, and whether it is saved. */
import { getContext, setContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import { ApiError, api, ask, askFull, type Shapes } from '$lib/api/client.ts';
import type { Diagnostic, FlowDocument, FlowNode, FlowWire } from '$lib/contract.ts';
import { t } from '$lib/i18n/index.svelte.ts';
import { idle } from '$lib/idle.ts';
import { wireKey } from '$lib/model/edit.ts';
import { History } from '$lib/model/history.ts';
import { type Layout, layoutOf, type Point } from '$lib/model/layout.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import { session } from '$lib/state/session.svelte.ts';
import { type KeptDraft, keepDraft, takeKept } from './kept-drafts.ts';

export type Saved = 'saved' | 'unsaved' | 'saving' | 'conflict' | 'failed' | 'read-only';
/** How something on the canvas stands out; each tone has one colour everywhere. */
export type Tone = 'added' | 'removed' | 'changed' | 'fault' | 'active' | 'done';
export interface Mark {
  readonly tone: Tone;
  /** A word or a value beside it. */
  readonly text?: string;
}
/** What a panel shows on the canvas over what is drawn. With a document, that one is shown instead, not to be edited. */
export interface Overlay {
  /** Panel that shows it. */
  readonly by: string;
  readonly nodes: ReadonlyMap<string, Mark>;
  /** By wireKey. */
  readonly wires: ReadonlyMap<string, Mark>;
  readonly document?: FlowDocument;
}
export const PANELS = ['problems', 'watch', 'trace', 'try', 'letters', 'logs', 'versions', 'replay'] as const;
export type PanelName = (typeof PANELS)[number];

const SAVE_AFTER_MS = 600;
const AGAIN_MS = 3_000;

export class Editor {
  readonly id: string;
  #history: History<FlowDocument>;
  /** What is drawn. Change it by `change`. */
  document = $state.raw() as FlowDocument;
  flow = $state.raw() as Shapes['Flow'];
  tests = $state.raw<Shapes['GoldenTest'][]>([]);
  saved = $state<Saved>('saved');
  /** Why it could not be saved. */
  saveProblem = $state.raw<ApiError | null>(null);
  /** Somebody has deleted the flow. */
  gone = $state(false);
  undoLabel = $state<string | null>(null);
  redoLabel = $state<string | null>(null);
  readonly nodes = new SvelteSet<string>();
  /** Chosen wires, by wireKey. */
  readonly wires = new SvelteSet<string>();
  overlay = $state.raw<Overlay | null>(null);
  panel = $state<PanelName | null>('watch');
  /** Node or wire that a panel points at: the canvas goes there. A new object each time. */
  focus = $state.raw<{ readonly node?: string; readonly wire?: string } | null>(null);
  /** Middle of what is seen, in the canvas's own measure; the canvas says it. */
  middle: () => Point = () => ({ x: 0, y: 0 });
  /** The keyboard goes to the settings of what is chosen; the inspector says how. */
  toSettings: () => void = () => undefined;
  /** The keyboard goes back to the canvas, which says how. */
  toCanvas: () => void = () => undefined;
  /** What the last deploy found, until the document changes. */
  deployFindings = $state.raw<readonly Diagnostic[]>([]);
  /** They come when the flow is drawn already. */
  #rules = $state.raw<typeof import('$lib/rules.ts') | null>(null);
  #revision: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #editable: boolean;
  readonly #user = session.current?.user ?? '';

  /** What is shown: what is drawn, or what a panel shows instead. */
  readonly shown = $derived(this.overlay?.document ?? this.document);
  readonly layout: Layout = $derived(layoutOf(this.shown));
  readonly findings: readonly Diagnostic[] = $derived(this.#check());
  readonly errors = $derived(this.findings.filter(one => one.severity === 'error'));
  /** The one node that is chosen. */
  readonly node: FlowNode | null = $derived.by(() => {
    if (this.nodes.size !== 1 || this.wires.size > 0) return null;
    const [id] = this.nodes;
    return this.shown.nodes.find(one => one.id === id) ?? null;
  });

  private constructor(flow: Shapes['Flow'], draft: Shapes['Draft'], etag: string, editable: boolean) {
    this.id = flow.id;
    this.flow = flow;
    this.document = draft.document as FlowDocument;
    this.tests = draft.tests;
    this.#revision = etag;
    this.#history = new History(this.document);
    this.#editable = editable;
    if (!editable) this.saved = 'read-only';
  }

  /** @throws ApiError */
  static async open(id: string, editable: boolean): Promise<Editor> {
    const params = { path: { flow: id } };
    const [flow, draft] = await Promise.all([
      ask(api.GET('/api/v1/flows/{flow}', { params })),
      askFull(api.GET('/api/v1/flows/{flow}/draft', { params })),
      catalog.loaded ? null : catalog.load(),
    ]);
    const editor = new Editor(flow, draft.data, draft.etag ?? '', editable);
    const kept = editable ? takeKept(editor.#user, id) : null;
    if (kept) editor.#goOnWith(kept);
    void idle()
      .then(() => import('$lib/rules.ts'))
      .then(rules => (editor.#rules = rules));
    return editor;
  }

  /** Whether what is shown may be changed. */
  get editable(): boolean {
    return this.#editable && this.overlay?.document === undefined;
  }

  /**
   * One step of what the user does.
   * @param label what undo will say. @param join steps with the same text that follow each other are one
   */
  change(label: string, edit: (document: FlowDocument) => FlowDocument, join: string | null = null): void {
    if (!this.editable) return;
    const next = edit(this.document);
    if (next === this.document) return;
    this.#history.push(next, label, join);
    this.#show(next);
  }
  /** Golden tests are part of the draft. @throws ApiError */
  async setTests(tests: readonly Shapes['GoldenTest'][]): Promise<void> {
    if (!this.editable) return;
    this.tests = [...tests];
    if (this.saved !== 'conflict') this.saved = 'unsaved';
    await this.save();
  }
  /** The next change is a step of its own. */
  seal(): void {
    this.#history.seal();
  }
  undo(): void {
    if (this.editable) this.#show(this.#history.undo());
  }
  redo(): void {
    if (this.editable) this.#show(this.#history.redo());
  }

  select(nodes: Iterable<string>, wires: Iterable<string> = []): void {
    replace(this.nodes, nodes);
    replace(this.wires, wires);
  }

  /** Chooses what a finding is about, and goes there. */
  goTo(finding: Diagnostic): void {
    const node = /^\$\.nodes\[(\d+)\]/.exec(finding.where);
    const wire = /^\$\.wires\[(\d+)\]/.exec(finding.where);
    const found = node ? this.document.nodes[Number(node[1])] : undefined;
    const foundWire: FlowWire | undefined = wire ? this.document.wires[Number(wire[1])] : undefined;
    if (found) this.goToNode(found.id);
    else if (foundWire) {
      this.select([], [wireKey(foundWire)]);
      this.focus = { wire: wireKey(foundWire) };
    }
  }
  goToNode(id: string): void {
    this.select([id]);
    this.focus = { node: id };
  }

  /** Findings at a node, by its id. */
  findingsAt(id: string): readonly Diagnostic[] {
    const index = this.document.nodes.findIndex(one => one.id === id);
    return this.findings.filter(({ where }) => where === `$.nodes[${index}]` || where.startsWith(`$.nodes[${index}].`));
  }

  /**
   * Somebody may have saved this draft. Who has drawn nothing here since gets it at once; who has, learns of it when it is
   * saved. @returns who saved it, when it was taken. @throws ApiError
   */
  async lookAgain(): Promise<string | null> {
    const revision = this.#revision;
    const draft = api.GET('/api/v1/flows/{flow}/draft', { params: { path: { flow: this.id } } });
    const { data, etag } = await askFull(draft).catch((error: ApiError) => {
      this.gone = error.status === 404;
      throw error;
    });
    await this.refresh();
    const isStill = this.saved === 'saved' || this.saved === 'read-only';
    // What was saved while the answer was on its way is younger.
    if (!isStill || revision !== this.#revision || etag === null || etag === revision) return null;
    this.#take(data, etag, t('canvas:stepOthers', { by: data.updated_by }));
    return data.updated_by;
  }

  /** Saves what a session left behind; a conflict if somebody else has saved since. */
  #goOnWith({ document, tests, revision }: KeptDraft): void {
    this.#revision = revision;
    this.tests = [...tests];
    this.#history.push(document, t('canvas:stepKept'));
    this.#show(document);
  }

  /** Takes what the gateway has now: what was drawn here meanwhile is given up. @throws ApiError */
  async reload(): Promise<void> {
    const draft = await askFull(api.GET('/api/v1/flows/{flow}/draft', { params: { path: { flow: this.id } } }));
    this.#take(draft.data, draft.etag ?? '', t('canvas:takeTheirs'));
    await this.refresh();
  }
  #take(draft: Shapes['Draft'], etag: string, label: string): void {
    this.#revision = etag;
    this.tests = draft.tests;
    this.#history.push(draft.document as FlowDocument, label);
    this.#show(draft.document as FlowDocument, this.#editable ? 'saved' : 'read-only');
  }
  /** Saves what is drawn here over what somebody else has saved. @throws ApiError */
  async overwrite(): Promise<void> {
    this.#revision = '*';
    await this.save();
  }
  /** State, versions and settings, as the gateway has them. @throws ApiError */
  async refresh(): Promise<void> {
    this.flow = await ask(api.GET('/api/v1/flows/{flow}', { params: { path: { flow: this.id } } }));
  }

  /** Saves now what is not saved, also when the page goes. @throws ApiError; `saved` says the same */
  async save(keepalive = false): Promise<void> {
    clearTimeout(this.#timer);
    if (this.saved === 'saved' || this.saved === 'read-only') return;
    const { document, tests } = this;
    this.saved = 'saving';
    try {
      const { etag } = await askFull(
        api.PUT('/api/v1/flows/{flow}/draft', {
          params: { path: { flow: this.id }, header: { 'If-Match': this.#revision } },
          body: { document, tests },
          keepalive,
        }),
      );
      this.#revision = etag ?? this.#revision;
      this.saveProblem = null;
      this.saved = this.document === document ? 'saved' : 'unsaved';
      if (this.document !== document) this.#soon(SAVE_AFTER_MS);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.saveProblem = error;
      this.gone = error.status === 404;
      this.saved = error.status === 412 ? 'conflict' : 'failed';
      if (error.status === 401)
        keepDraft(this.#user, this.id, { document: this.document, tests, revision: this.#revision });
      // Nobody there: what is drawn is kept, and saved when somebody is there again.
      if (error.status === 0 || error.status >= 500) this.#soon(AGAIN_MS);
      throw error;
    }
  }

  /** Ends what runs by itself, after what is not saved was sent. */
  close(): void {
    clearTimeout(this.#timer);
    const isLeft = this.saved === 'unsaved' || this.saved === 'failed';
    if (isLeft && !this.gone) void this.save(true).catch(() => undefined);
    clearTimeout(this.#timer);
  }

  #show(document: FlowDocument, saved: Saved = 'unsaved'): void {
    this.document = document;
    this.deployFindings = [];
    this.undoLabel = this.#history.undoLabel;
    this.redoLabel = this.#history.redoLabel;
    const ids = new Set(document.nodes.map(node => node.id));
    const wires = new Set(document.wires.map(wireKey));
    for (const id of [...this.nodes]) if (!ids.has(id)) this.nodes.delete(id);
    for (const key of [...this.wires]) if (!wires.has(key)) this.wires.delete(key);
    if (this.saved === 'conflict' && saved === 'unsaved') return;
    this.saved = saved;
    if (saved === 'unsaved') this.#soon(SAVE_AFTER_MS);
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save().catch(() => undefined), ms);
  }

  #check(): readonly Diagnostic[] {
    if (!catalog.loaded || this.#rules === null) return [];
    return [...this.deployFindings, ...this.#rules.checkFlow(this.document, catalog).diagnostics];
  }
}

function replace(set: SvelteSet<string>, items: Iterable<string>): void {
  const next = new Set(items);
  for (const one of [...set]) if (!next.has(one)) set.delete(one);
  for (const one of next) set.add(one);
}

const KEY = Symbol('editor');
export const setEditor = (editor: Editor): Editor => setContext(KEY, editor);
export const getEditor = (): Editor => getContext<Editor>(KEY);

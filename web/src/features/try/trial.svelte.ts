/** What is tried on the open flow: the messages, and what came of them. */
import { ApiError, api, ask, type Shapes } from '$lib/api/client.ts';
import { goldenText } from '$lib/model/golden-text.ts';
import { jobFindings } from '$lib/model/job-findings.ts';
import { namesOf } from '$lib/model/schema.ts';
import { takes } from '$lib/model/tag-table.ts';
import {
  isWritten,
  messagesOf,
  newRow,
  type RowProblems,
  rowsOf,
  START_US,
  startOf,
  type TryMessage,
  type TryRow,
} from '$lib/model/try-rows.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import type { Editor, Mark, Overlay } from '../editor/editor.svelte.ts';
import { Walk } from '../trace/walk.svelte.ts';

type Report = Shapes['TryReport'];
export const VIEWS = ['messages', 'hops', 'outputs', 'tests'] as const;
export type View = (typeof VIEWS)[number];
const LIVE_WITHIN_MS = 10_000;

/** Rows of a flow outlast the panel: who looks at the logs in between finds them again. */
const kept = new Map<string, Pick<Trial, 'rows' | 'start_us' | 'advance_ms' | 'fused'>>();

export class Trial {
  readonly #editor: Editor;
  readonly walk = new Walk();
  view = $state<View>('messages');
  rows = $state.raw<readonly TryRow[]>([newRow()]);
  start_us = $state(START_US);
  /** Time that passes after the last message; null while nothing is written there. */
  advance_ms = $state<number | null>(1_000);
  fused = $state(false);
  busy = $state(false);
  problem = $state<string | null>(null);
  /** Shown once one has tried to run it. */
  problems = $state.raw<RowProblems>(new Map());
  report = $state.raw<Report | null>(null);
  /** What the report is of. */
  #ran = $state.raw<readonly TryMessage[]>([]);
  #advanced_ms = 0;
  #over: AbortController | null = null;

  readonly overlay: Overlay | null = $derived(this.#overlay());

  constructor(editor: Editor) {
    this.#editor = editor;
    const before = kept.get(editor.id);
    if (before) Object.assign(this, before);
  }

  /** Whether a source of the draft lets the tag in. */
  takes(tag: string): boolean {
    return this.#editor.document.nodes
      .filter(({ node_type }) => node_type === 'tag_input')
      .flatMap(({ props }) => namesOf(props?.['tags'] ?? ['#']))
      .some(pattern => takes(pattern, tag));
  }

  change(id: number, change: Partial<TryRow>): void {
    this.rows = this.rows.map(row => (row.id === id ? { ...row, ...change } : row));
    if (this.problems.has(id)) this.problems = messagesOf(this.rows, this.start_us).problems;
  }
  add(row: Partial<TryRow> = {}): void {
    this.rows = [...this.rows.filter(isWritten), newRow(row)];
  }
  remove(id: number): void {
    this.rows = this.rows.filter(row => row.id !== id);
    if (this.rows.length === 0) this.rows = [newRow()];
  }
  /** Instead of what is written. */
  replace(messages: readonly TryMessage[]): void {
    this.start_us = startOf(messages);
    this.rows = rowsOf(messages, this.start_us);
    this.problems = new Map();
  }
  clear(): void {
    this.start_us = START_US;
    this.rows = [newRow()];
    this.problems = new Map();
  }

  /** Runs what is drawn on what is written. */
  async run(): Promise<void> {
    const rows = this.rows.filter(isWritten);
    const { messages, problems } = messagesOf(rows, this.start_us);
    this.problems = rows.length === 0 ? messagesOf(this.rows, this.start_us).problems : problems;
    if (this.problems.size > 0) {
      this.view = 'messages';
      return;
    }
    const advance_ms = this.advance_ms ?? 0;
    await this.#attempt(async signal => {
      this.#take(await this.#try({ messages, advance_ms, fused: this.fused }, signal));
      this.#ran = messages;
      this.#advanced_ms = advance_ms;
      this.view = 'hops';
    });
  }

  /** Copies what comes in now into the rows, so that it can be changed and tried again. */
  async copyLive(match: string, count: number): Promise<void> {
    await this.#attempt(async signal => {
      const from_live = { match, count, within_ms: LIVE_WITHIN_MS };
      const { records, diagnostics } = await this.#try({ from_live, fused: false }, signal);
      const messages = records.flatMap(({ hops }) => (hops[0]?.node === null ? [copied(hops[0].payload)] : []));
      if (messages.length > 0) this.replace(messages);
      else this.problem = diagnostics[0]?.message ?? null;
    });
  }

  cancel(): void {
    this.#over?.abort();
  }

  end(): void {
    this.cancel();
    this.walk.stop();
    const { rows, start_us, advance_ms, fused } = this;
    kept.set(this.#editor.id, { rows, start_us, advance_ms, fused });
  }

  /** The text of a golden test that demands what came out. */
  golden(extent: 'all' | 'sinks'): string {
    const sinks = this.#editor.document.nodes.filter(node => catalog.of(node)?.manifest.sink).map(node => node.id);
    return goldenText({
      start_us: this.start_us,
      messages: this.#ran,
      advance_ms: this.#advanced_ms,
      report: this.report!,
      sinks,
      extent,
    });
  }

  #try(
    what: {
      messages?: readonly TryMessage[];
      advance_ms?: number;
      fused: boolean;
      from_live?: { match: string; count: number; within_ms: number };
    },
    signal: AbortSignal,
  ): Promise<Report> {
    const { document, id } = this.#editor;
    return ask(
      api.POST('/api/v1/flows/{flow}/try', {
        params: { path: { flow: id } },
        body: { ...what, ...(what.messages && { messages: [...what.messages] }), document } as never,
        signal,
      }),
    );
  }

  #take(report: Report): void {
    this.report = report;
    this.walk.show(report.records, this.#editor.document.wires);
  }

  async #attempt(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.cancel();
    const over = new AbortController();
    this.#over = over;
    this.busy = true;
    this.problem = null;
    try {
      await work(over.signal);
    } catch (error) {
      if (over.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    } finally {
      if (this.#over === over) this.busy = false;
    }
  }

  #overlay(): Overlay | null {
    if (this.walk.marks) return { by: 'try', ...this.walk.marks };
    if (!this.report || this.report.ok) return null;
    // It did not run at all: where the findings are.
    const { nodes, wires } = jobFindings({ diagnostics: this.report.diagnostics, error: null }, this.#editor.document);
    const mark: Mark = { tone: 'fault' };
    return { by: 'try', nodes: new Map(nodes.map(id => [id, mark])), wires: new Map(wires.map(key => [key, mark])) };
  }
}

/** What came in, as a message to send. */
function copied({ update, base64 }: Shapes['Payload']): TryMessage {
  if (!update || update.kind === 'none') return { base64 };
  const { tag, value, kind, timestamp, quality, unit, seq } = update;
  return {
    tag,
    value,
    kind: kind as never,
    timestamp,
    ...(quality > 0 && { quality }),
    ...(unit !== '' && { unit }),
    ...(typeof seq === 'number' && seq > 0 && { seq }),
  };
}

/** The recordings of a flow, the one that is run again, and where one stands in it. */
import { SvelteMap } from 'svelte/reactivity';
import { ApiError, api, ask, type Shapes } from '$lib/api/client.ts';
import { tMaybe } from '$lib/i18n/index.svelte.ts';
import { drawnLike, type LoadStage, type ReplayFacts, replayMarks, type StepReport } from '$lib/model/replay.ts';
import { type Step, stepsOf } from '$lib/model/trace.ts';
import type { Editor, Overlay } from '../editor/editor.svelte.ts';
import type { HopWalk } from '../trace/hop-walk.ts';
import { ReplayClient, ReplayEnded, ReplayStuck } from './replay-client.ts';

export type RecordingRow = Shapes['Recordings']['items'][number];
/** Steps a second at which it plays. */
export const SPEEDS = ['1', '5', '25', '100'] as const;
export type Speed = (typeof SPEEDS)[number];
/** What went wrong: `stuck` without words, or in the words of who found it. `refused` stays so however often it is tried. */
export type ReplayProblem = { readonly kind: 'stuck' } | { readonly kind: 'failed' | 'refused'; readonly text: string };

const PAGE_STEPS = 50;
const PAGES_KEPT = 40;
const FASTEST_MS = 40;

export class Replayer implements HopWalk {
  readonly editor: Editor;
  /** null: not read yet. */
  list = $state.raw<readonly RecordingRow[] | null>(null);
  listProblem = $state.raw<ApiError | null>(null);
  recording = $state(false);
  /** Name of the recording that is opened, or open. */
  name = $state<string | null>(null);
  loading = $state.raw<{ readonly stage: LoadStage; readonly share: number | null } | null>(null);
  problem = $state.raw<ReplayProblem | null>(null);
  facts = $state.raw<ReplayFacts | null>(null);
  /** Where one stands. */
  index = $state(0);
  /** Hop of the step up to which its way is shown. */
  step = $state(0);
  playing = $state(false);
  speed = $state<Speed>('5');
  readonly #pages = new SvelteMap<number, readonly StepReport[]>();
  readonly #asked = new Set<number>();
  #client: ReplayClient | null = null;
  #file: Blob | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly last = $derived((this.facts?.steps ?? 0) - 1);
  /** null: it is not here yet. */
  readonly report: StepReport | null = $derived(this.reportOf(this.index) ?? null);
  readonly steps: readonly Step[] = $derived(
    this.report ? stepsOf(this.facts?.document.wires ?? [], { hops: [...this.report.hops] }) : [],
  );
  readonly truncated = $derived(this.report?.truncated ?? false);
  readonly overlay: Overlay | null = $derived(this.#overlay());

  constructor(editor: Editor) {
    this.editor = editor;
  }

  /** Reads which recordings there are. */
  async look(): Promise<void> {
    try {
      const params = { path: { flow: this.editor.id } };
      this.list = (await ask(api.GET('/api/v1/flows/{flow}/recordings', { params }))).items;
      this.listProblem = null;
    } catch (error) {
      this.listProblem = error as ApiError;
    }
  }

  /** Records the last moments, now. @throws ApiError */
  async record(): Promise<void> {
    this.recording = true;
    try {
      await ask(api.POST('/api/v1/flows/{flow}/recordings', { params: { path: { flow: this.editor.id } } }));
      await this.look();
    } finally {
      this.recording = false;
    }
  }

  hrefOf = (name: string): string => `/api/v1/flows/${this.editor.id}/recordings/${encodeURIComponent(name)}`;

  /** Runs a recording of the gateway. */
  async openNamed(name: string): Promise<void> {
    this.#begin(name, 'fetch');
    try {
      const file = await ask(
        api.GET('/api/v1/flows/{flow}/recordings/{name}', {
          params: { path: { flow: this.editor.id, name } },
          parseAs: 'blob',
        }),
      );
      if (this.name === name) await this.#run(file as unknown as Blob);
    } catch (error) {
      if (this.name === name) this.#fail(error as Error);
    }
  }

  /** Runs a recording of the one who sits here. */
  async openFile(file: File): Promise<void> {
    this.#begin(file.name, 'unpack');
    await this.#run(file);
  }

  /** Once more: its worker was ended. */
  async again(): Promise<void> {
    const [file, name] = [this.#file, this.name];
    if (name === null) return;
    if (!file) return this.openNamed(name);
    this.#begin(name, 'unpack');
    await this.#run(file);
  }

  close(): void {
    this.stop();
    this.#client?.end();
    this.#client = null;
    this.#file = null;
    this.#pages.clear();
    this.#asked.clear();
    this.name = null;
    this.loading = null;
    this.problem = null;
    this.facts = null;
  }

  /** What a step did; undefined: it is not here. */
  reportOf(index: number): StepReport | undefined {
    return this.#pages.get(Math.floor(index / PAGE_STEPS))?.[index % PAGE_STEPS];
  }

  /** Asks for steps that are not here yet. */
  want(first: number, end: number): void {
    const last = Math.min(end - 1, this.last);
    for (let at = Math.max(first, 0); at <= last; at += PAGE_STEPS) void this.#load(Math.floor(at / PAGE_STEPS));
    if (last >= first) void this.#load(Math.floor(last / PAGE_STEPS));
  }

  /** Stands at a step, all of its way shown. */
  goTo(index: number): void {
    this.index = Math.min(Math.max(index, 0), Math.max(this.last, 0));
    this.want(this.index, this.index + 1);
    this.#showAll();
  }

  /** @returns false: there is no such record in it */
  async goToRecord(record: number): Promise<boolean> {
    const found = await this.#ask(client => client.ask('find', { record }));
    if (found === null || found === undefined) return false;
    this.stop();
    this.goTo(found);
    return true;
  }

  /** A piece of a node's memory after the step. */
  memory(node: number, at: number, length: number) {
    return this.#ask(client => client.ask('memory', { step: this.index, node, at, length }));
  }

  go(hop: number): void {
    this.step = Math.min(Math.max(hop, 0), Math.max(this.steps.length - 1, 0));
  }

  /** As many steps a second; goes on when it plays. */
  setSpeed(speed: Speed): void {
    this.speed = speed;
    if (this.playing) this.play();
  }

  /** From the beginning, when it stands at the end. */
  play(): void {
    this.stop();
    if (this.index >= this.last) this.goTo(0);
    this.playing = true;
    const every_ms = Math.max(FASTEST_MS, 1_000 / Number(this.speed));
    const by = Math.max(1, Math.round((Number(this.speed) * every_ms) / 1_000));
    this.#timer = setInterval(() => {
      // What is shown next must be here first.
      if (!this.report) return;
      if (this.index >= this.last) this.stop();
      else this.goTo(this.index + by);
      this.want(this.index, this.index + PAGE_STEPS);
    }, every_ms);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.playing = false;
  }

  #begin(name: string, stage: LoadStage): void {
    this.close();
    this.name = name;
    this.loading = { stage, share: null };
  }

  async #run(file: Blob): Promise<void> {
    this.#file = file;
    const client = new ReplayClient((stage, share) => {
      if (this.loading && this.#client === client) this.loading = { stage, share };
    });
    this.#client = client;
    try {
      const facts = await client.ask('open', { file });
      this.loading = null;
      this.facts = facts;
      // What one wants to see: the fault, or how it begins.
      this.goTo(facts.fault ? facts.steps - 1 : 0);
    } catch (error) {
      if (this.#client === client) this.#fail(error as Error);
    }
  }

  async #load(page: number): Promise<void> {
    if (this.#asked.has(page) || this.#pages.has(page)) return;
    this.#asked.add(page);
    const reports = await this.#ask(client => client.ask('steps', { from: page * PAGE_STEPS, count: PAGE_STEPS }));
    this.#asked.delete(page);
    if (!reports) return;
    this.#pages.set(page, reports);
    for (const old of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_KEPT) break;
      if (old !== page && old !== Math.floor(this.index / PAGE_STEPS)) this.#pages.delete(old);
    }
    if (page === Math.floor(this.index / PAGE_STEPS)) this.#showAll();
  }

  #showAll(): void {
    this.step = Math.max(this.steps.length - 1, 0);
  }

  /** undefined: it has failed, which is shown, or another recording is open by now. */
  async #ask<T>(call: (client: ReplayClient) => Promise<T>): Promise<T | undefined> {
    const client = this.#client;
    if (!client) return undefined;
    try {
      const answer = await call(client);
      return this.#client === client ? answer : undefined;
    } catch (error) {
      if (this.#client === client) this.#fail(error as Error);
      return undefined;
    }
  }

  #fail(error: Error): void {
    if (error instanceof ReplayEnded) return;
    this.stop();
    this.#client?.end();
    this.#client = null;
    this.loading = null;
    this.facts = null;
    this.problem =
      error instanceof ReplayStuck
        ? { kind: 'stuck' }
        : { kind: error instanceof ApiError ? 'failed' : 'refused', text: error.message };
  }

  #overlay(): Overlay | null {
    const { facts, report } = this;
    if (!facts) return null;
    const fault = report?.fault ?? null;
    const reason = fault ? tMaybe(`replay:reason_${fault.reason}`, fault.reason) : '';
    const marks = replayMarks(this.steps, this.step, fault, reason);
    return { by: 'replay', ...marks, document: drawnLike(facts.document, this.editor.document) };
  }
}

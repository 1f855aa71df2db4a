/** Where a version of the open flow is put in service: asked first, then followed until it runs or has failed. */
import { toast } from 'svelte-sonner';
import { ApiError, api, ask, idempotencyKey, type Shapes } from '$lib/api/client.ts';
import { followJob, type Job } from '$lib/api/jobs.ts';
import type { FlowDocument } from '$lib/contract.ts';
import { t, tGateway } from '$lib/i18n/index.svelte.ts';
import type { DiffView } from '$lib/model/diff-view.ts';
import { jobFindings } from '$lib/model/job-findings.ts';
import { entryOf } from '$lib/model/wiring.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import type { Editor, Mark } from '../editor/editor.svelte.ts';
import { claim } from './news.ts';

/** What is shown: nothing, the question, or the job. */
type Step = 'closed' | 'asking' | 'job';

export class DeployDesk {
  readonly #editor: Editor;
  step = $state<Step>('closed');
  /** The version that is to run; null: what the draft is. */
  version = $state<number | null>(null);
  plan = $state.raw<Shapes['StatePlan'] | null>(null);
  /** Against what runs; null: nothing does. */
  view = $state.raw<DiffView | null>(null);
  document = $state.raw<FlowDocument | null>(null);
  job = $state.raw<Job | null>(null);
  problem = $state<string | null>(null);
  /** What the new version is to be known by. */
  message = $state('');
  /** The draft is being saved, or the question made. */
  busy = $state(false);

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get isRunning(): boolean {
    return this.job !== null && (this.job.state === 'queued' || this.job.state === 'running');
  }
  /** It replaces what runs by something older. */
  get isRollback(): boolean {
    return this.version !== null && this.version < (this.#editor.flow.deployed_version ?? 0);
  }

  /** Asks whether it is to be deployed. A draft is saved first; with errors in it nothing is asked. */
  async ask(version: number | null = null): Promise<void> {
    if (this.isRunning) {
      this.step = 'job';
      return;
    }
    this.busy = true;
    try {
      if (version === null && !(await this.#isSound())) return;
      this.version = version;
      this.problem = null;
      this.job = null;
      await Promise.all([this.#loadPlan(), this.#loadDiff()]);
      this.step = 'asking';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast.error(error.message);
    } finally {
      this.busy = false;
    }
  }

  async #isSound(): Promise<boolean> {
    const editor = this.#editor;
    if (editor.editable) await editor.save();
    const { errors } = editor;
    if (errors.length === 0) return true;
    toast.error(t('deploy:hasErrors', { count: errors.length }));
    editor.panel = 'problems';
    editor.goTo(errors[0]!);
    return false;
  }

  async #loadPlan(): Promise<void> {
    const { version } = this;
    const params = { path: { flow: this.#editor.id } };
    const body = version === null ? {} : { version };
    this.plan = await ask(api.POST('/api/v1/flows/{flow}/plan', { params, body }));
  }

  async #loadDiff(): Promise<void> {
    const editor = this.#editor;
    const { deployed_version } = editor.flow;
    const of = (version: number): Promise<FlowDocument> =>
      ask(api.GET('/api/v1/flows/{flow}/versions/{version}', { params: { path: { flow: editor.id, version } } })).then(
        one => one.document as FlowDocument,
      );
    const newer = this.version === null ? editor.document : await of(this.version);
    this.document = newer;
    const { diffView } = await import('$lib/model/diff-view.ts');
    this.view =
      deployed_version === null
        ? null
        : diffView(
            await of(deployed_version),
            newer,
            type => catalog.byType(type)?.hash ?? null,
            node => entryOf(catalog, node)?.manifest,
          );
  }

  /** Does what was asked for. */
  async run(message: string): Promise<void> {
    const params = { path: { flow: this.#editor.id }, header: { 'Idempotency-Key': idempotencyKey() } };
    this.problem = null;
    this.busy = true;
    try {
      const job = await ask(
        this.isRollback
          ? api.POST('/api/v1/flows/{flow}/rollback', { params, body: { version: this.version! } })
          : api.POST('/api/v1/flows/{flow}/deploys', {
              params,
              body: this.version === null ? { message } : { version: this.version },
            }),
      );
      claim(job);
      this.#clearMarks();
      this.job = job;
      this.step = 'job';
      void this.#follow(job);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    } finally {
      this.busy = false;
    }
  }

  async #follow(job: Job): Promise<void> {
    try {
      this.#end(await followJob(job, now => (this.job = now)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error.message;
    }
    await this.#editor.refresh().catch(() => undefined);
  }

  #end(job: Job): void {
    this.job = job;
    if (job.state === 'failed') this.#show(job);
    else if (this.step === 'closed') toast.success(t('deploy:runs', { version: job.version }));
  }

  /** Where it failed, on the canvas and among the problems. */
  #show(job: Job): void {
    const editor = this.#editor;
    const { findings, nodes, wires } = jobFindings(job, this.document ?? editor.document);
    const mark: Mark = { tone: 'fault' };
    editor.deployFindings = findings;
    editor.overlay = {
      by: 'deploy',
      nodes: new Map(nodes.map(id => [id, mark])),
      wires: new Map(wires.map(key => [key, mark])),
    };
    editor.panel = 'problems';
    const [first] = nodes;
    if (first !== undefined) editor.focus = { node: first };
    if (this.step === 'closed') toast.error(t('deploy:failed'), { description: tGateway(job.error?.message ?? '') });
  }

  #clearMarks(): void {
    this.#editor.deployFindings = [];
    if (this.#editor.overlay?.by === 'deploy') this.#editor.overlay = null;
  }
}

const desks = new WeakMap<Editor, DeployDesk>();
/** The one of an open flow. */
export function deskOf(editor: Editor): DeployDesk {
  const desk = desks.get(editor) ?? new DeployDesk(editor);
  desks.set(editor, desk);
  return desk;
}

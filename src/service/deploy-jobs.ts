import type { DeployDto, DeployStage } from '#api';
import { type Diagnostic, GatewayError, hasErrors } from '#diagnostic';
import type { DeployKind, DeployRow, Deploys, DesiredState } from '#repository';
import { type DeployReport, deployDto } from './deploy-dto.ts';

/** What a job ends in. */
export type JobResult =
  | { readonly version: number | null; readonly desired: DesiredState; readonly report: DeployReport }
  | { readonly diagnostics: readonly Diagnostic[] };
export interface NewJob {
  readonly flow: string;
  readonly version: number | null;
  readonly kind: DeployKind;
  readonly by: string;
}

/** Jobs of one flow wait for each other; beyond so many nobody may come. */
const QUEUE_MAX = 16;

/** Runs jobs that change what runs, one at a time for each flow, and writes down how far they came. */
export class DeployJobs {
  readonly #rows: Deploys;
  readonly #onProgress: (deploy: DeployDto) => void;
  readonly #turns = new Map<string, { readonly last: Promise<unknown>; waiting: number }>();

  constructor(rows: Deploys, onProgress: (deploy: DeployDto) => void) {
    this.#rows = rows;
    this.#onProgress = onProgress;
  }

  /**
   * @param work does the job; what it throws as GatewayError, or gives as diagnostics, ends the job as failed.
   * @returns the job as it begins, and as it ends.
   * @throws GatewayError busy when too many wait
   */
  run(
    job: NewJob,
    work: (enter: (stage: DeployStage) => void) => Promise<JobResult>,
  ): { readonly begun: DeployDto; readonly ended: Promise<DeployDto> } {
    const turn = this.#turns.get(job.flow) ?? { last: Promise.resolve(), waiting: 0 };
    if (turn.waiting >= QUEUE_MAX) throw new GatewayError('busy', job.flow, `${QUEUE_MAX} deploys wait already`);
    const row = this.#rows.create(job);
    const ended = turn.last.then(() => this.#do(row, work));
    const next = { last: ended, waiting: turn.waiting + 1 };
    this.#turns.set(job.flow, next);
    void ended.finally(() => {
      const now = this.#turns.get(job.flow);
      if (now) now.waiting -= 1;
      if (now?.waiting === 0) this.#turns.delete(job.flow);
    });
    const begun = deployDto(row);
    this.#onProgress(begun);
    return { begun, ended };
  }

  /** Whether a job of the flow runs or waits. */
  busy(flow: string): boolean {
    return this.#turns.has(flow);
  }

  /** The version that was deployed last before `version`; null: none is known. */
  lastOther(flow: string, version: number | null): number | null {
    const { items } = this.#rows.list({ flow, state: 'done', limit: 100 });
    return (
      items.find(one => (one.kind === 'deploy' || one.kind === 'rollback') && one.version !== version)?.version ?? null
    );
  }

  /** Until all jobs have ended. */
  async idle(): Promise<void> {
    await Promise.all([...this.#turns.values()].map(turn => turn.last));
  }

  async #do(row: DeployRow, work: (enter: (stage: DeployStage) => void) => Promise<JobResult>): Promise<DeployDto> {
    this.#say(this.#rows.start(row.id));
    try {
      const result = await work(stage => this.#say(this.#rows.enter(row.id, stage)));
      if ('diagnostics' in result)
        return this.#failed(row.id, { code: 'flow-refused', message: summary(result.diagnostics) }, result.diagnostics);
      return this.#say(this.#rows.commit(row.id, row.flow, result.version, result.desired, result.report));
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return this.#failed(row.id, { code: error.code, message: error.message }, []);
    }
  }

  #failed(id: number, error: { code: string; message: string }, diagnostics: readonly Diagnostic[]): DeployDto {
    return this.#say(this.#rows.fail(id, error, diagnostics));
  }

  #say(row: DeployRow): DeployDto {
    const dto = deployDto(row);
    this.#onProgress(dto);
    return dto;
  }
}

const summary = (diagnostics: readonly Diagnostic[]): string => {
  const errors = diagnostics.filter(one => hasErrors([one]));
  return `${errors.length} ${errors.length === 1 ? 'error' : 'errors'}; first: ${errors[0]?.message ?? ''}`;
};

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
export type JobWork = (enter: (stage: DeployStage) => void) => Promise<JobResult>;

export interface JobEvents {
  readonly onProgress: (deploy: DeployDto) => void;
  /** A job that was done could not be written down: what runs must be made what is written. In the flow's turn. */
  readonly onUnwritten: (flow: string) => Promise<void>;
  /** The world's failure, or a bug of ours, that nobody waits for. */
  readonly onProblem: (flow: string, error: unknown) => void;
}

/** Jobs of one flow wait for each other; beyond so many nobody may come. */
const QUEUE_MAX = 16;
const ENDED = { code: 'gateway-ended', message: 'the gateway ended' };

interface Turn {
  last: Promise<unknown>;
  waiting: number;
}

/** Runs jobs that change what runs, one at a time for each flow, and writes down how far they came. */
export class DeployJobs {
  readonly #rows: Deploys;
  readonly #events: JobEvents;
  readonly #turns = new Map<string, Turn>();
  #ending = false;

  constructor(rows: Deploys, events: JobEvents) {
    this.#rows = rows;
    this.#events = events;
  }

  /**
   * @param work does the job; what it throws, or gives as diagnostics, ends the job as failed.
   * @returns the job as it begins, and as it ends; that never fails.
   * @throws GatewayError busy when too many wait, storage-failed, storage-full
   */
  run(job: NewJob, work: JobWork): { readonly begun: DeployDto; readonly ended: Promise<DeployDto> } {
    const waiting = this.#turns.get(job.flow)?.waiting ?? 0;
    if (waiting >= QUEUE_MAX) throw new GatewayError('busy', job.flow, `${QUEUE_MAX} deploys wait already`);
    const row = this.#rows.create(job);
    const begun = this.#say(row);
    return { begun, ended: this.take(job.flow, () => this.#do(row, work)) };
  }

  /** Does something in the turn of a flow that is no job: nothing of it is written down. */
  take<T>(flow: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(flow) ?? { last: Promise.resolve(), waiting: 0 };
    const done = turn.last.then(work);
    turn.waiting += 1;
    turn.last = done
      .catch(() => undefined)
      .then(() => {
        turn.waiting -= 1;
        if (turn.waiting === 0) this.#turns.delete(flow);
      });
    this.#turns.set(flow, turn);
    return done;
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

  /** Those that wait come to nothing. @returns when what is in hand has ended, or the time is over */
  async end(within_ms: number): Promise<void> {
    this.#ending = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>(resolve => (timer = setTimeout(resolve, within_ms)));
    await Promise.race([Promise.all([...this.#turns.values()].map(turn => turn.last)), late]);
    clearTimeout(timer);
  }

  async #do(row: DeployRow, work: JobWork): Promise<DeployDto> {
    try {
      if (this.#ending) return this.#failed(row, ENDED, []);
      this.#say(this.#rows.start(row.id));
      const result = await work(stage => this.#say(this.#rows.enter(row.id, stage)));
      if ('diagnostics' in result)
        return this.#failed(row, { code: 'flow-refused', message: summary(result.diagnostics) }, result.diagnostics);
      return await this.#done(row, result);
    } catch (error) {
      if (this.#ending) return this.#failed(row, ENDED, []);
      if (error instanceof GatewayError) return this.#failed(row, { code: error.code, message: error.message }, []);
      this.#events.onProblem(row.flow, error);
      return this.#failed(row, { code: 'internal', message: 'a bug of the gateway; its log says more' }, []);
    }
  }

  async #done(row: DeployRow, result: Exclude<JobResult, { diagnostics: unknown }>): Promise<DeployDto> {
    try {
      return this.#say(this.#rows.commit(row.id, row.flow, result.version, result.desired, result.report));
    } catch (error) {
      await this.#events.onUnwritten(row.flow);
      throw error;
    }
  }

  #failed(row: DeployRow, error: { code: string; message: string }, diagnostics: readonly Diagnostic[]): DeployDto {
    try {
      return this.#say(this.#rows.fail(row.id, error, diagnostics));
    } catch (problem) {
      // The disk may be full: it is told all the same, and written at the next start.
      this.#events.onProblem(row.flow, problem);
      return this.#say({ ...row, state: 'failed', ended_at: Date.now(), error, diagnostics });
    }
  }

  #say(row: DeployRow): DeployDto {
    const dto = deployDto(row);
    this.#events.onProgress(dto);
    return dto;
  }
}

const summary = (diagnostics: readonly Diagnostic[]): string => {
  const errors = diagnostics.filter(one => hasErrors([one]));
  return `${errors.length} ${errors.length === 1 ? 'error' : 'errors'}; first: ${errors[0]?.message ?? ''}`;
};

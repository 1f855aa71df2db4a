import { type Diagnostic, GatewayError } from '#diagnostic';
import { readAny, readColumn, withinLimit } from './columns.ts';
import type { Database } from './database.ts';
import { missing } from './failure.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { numberCursor, page } from './page.ts';
import { deployErrorSchema, diagnosticsSchema, stagesSchema } from './shapes.ts';
import type {
  DeployError,
  DeployRow,
  DeployStage,
  DeployState,
  Deploys,
  DesiredState,
  Listing,
  NewDeploy,
  Page,
} from './types.ts';

interface Columns extends Omit<DeployRow, 'stages' | 'report' | 'diagnostics' | 'error'> {
  readonly stages: string;
  readonly report: string;
  readonly diagnostics: string;
  readonly error: string;
}

const ENDED: DeployError = { code: 'gateway-ended', message: 'the gateway ended' };

export class DeployTable implements Deploys {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  create({ flow, version, kind, by }: NewDeploy): DeployRow {
    return this.#database.transaction(() => {
      if (this.#database.count('SELECT count(*) AS count FROM flows WHERE id = ?', flow) === 0)
        throw missing(`flow ${flow}`);
      const known = 'SELECT count(*) AS count FROM versions WHERE flow = ? AND number = ?';
      if (version !== null && this.#database.count(known, flow, version) === 0)
        throw missing(`version ${version} of ${flow}`);
      this.#database.insert('deploys', { flow, version, kind, state: 'queued', by, created_at: this.#now() });
      this.#database.run(FORGET_OLDEST, flow, flow, REPOSITORY_LIMITS.deploys_per_flow - 1);
      return this.get(this.#database.count('SELECT last_insert_rowid() AS count'))!;
    });
  }

  get(id: number): DeployRow | null {
    const row = this.#database.get<Columns>('SELECT * FROM deploys WHERE id = ?', id);
    return row && deployOf(row);
  }

  list(
    filter: Page & { readonly flow?: string | undefined; readonly state?: DeployState | undefined } = {},
  ): Listing<DeployRow> {
    return page<Columns, DeployRow>(this.#database, filter, {
      select: 'SELECT * FROM deploys',
      conditions: [
        ['flow = ?', filter.flow],
        ['state = ?', filter.state],
        ['id < ?', numberCursor(filter.after)],
      ],
      order: 'id DESC',
      item: deployOf,
      cursor: row => String(row.id),
    });
  }

  start(id: number): DeployRow {
    return this.#change(id, ['queued'], () => {
      this.#database.run("UPDATE deploys SET state = 'running', started_at = ? WHERE id = ?", this.#now(), id);
    });
  }

  enter(id: number, stage: string): DeployRow {
    return this.#database.lightly(() =>
      this.#change(id, ['running'], job => {
        const now = this.#now();
        const stages = JSON.stringify([...endedAt(job.stages, now), { stage, began_at: now, ended_at: null }]);
        this.#database.run('UPDATE deploys SET stage = ?, stages = ? WHERE id = ?', stage, stages, id);
      }),
    );
  }

  commit(id: number, flow: string, version: number | null, desired: DesiredState, report: unknown): DeployRow {
    return this.#change(id, ['running'], job => {
      if (job.flow !== flow) throw new TypeError(`deploy ${id} is of ${job.flow}, not of ${flow}`);
      this.#end(job, 'done', { report: withinLimit(report) });
      this.#database.run('UPDATE flows SET deployed_version = ?, desired = ? WHERE id = ?', version, desired, flow);
    });
  }

  fail(id: number, error: DeployError, diagnostics: readonly Diagnostic[] = []): DeployRow {
    return this.#change(id, ['queued', 'running'], job =>
      this.#end(job, 'failed', { error: JSON.stringify(error), diagnostics: JSON.stringify(diagnostics) }),
    );
  }

  /** Jobs of a process that ended: what was not committed did not happen. @returns how many */
  abandon(): number {
    return this.#database.transaction(() => {
      const rows = this.#database.all<Columns>("SELECT * FROM deploys WHERE state IN ('queued', 'running')");
      for (const row of rows) this.#end(deployOf(row), 'failed', { error: JSON.stringify(ENDED) });
      return rows.length;
    });
  }

  #change(id: number, from: readonly DeployState[], work: (job: DeployRow) => void): DeployRow {
    return this.#database.transaction(() => {
      const job = this.get(id);
      if (!job) throw missing(`deploy ${id}`);
      if (!from.includes(job.state)) throw new GatewayError('conflict', `deploy ${id}`, `it is ${job.state}`);
      work(job);
      return this.get(id)!;
    });
  }

  #end(
    job: DeployRow,
    state: 'done' | 'failed',
    {
      report = 'null',
      diagnostics = '[]',
      error = 'null',
    }: Partial<Record<'report' | 'diagnostics' | 'error', string>>,
  ): void {
    const now = this.#now();
    const stages = JSON.stringify(endedAt(job.stages, now));
    this.#database.run(
      'UPDATE deploys SET state = ?, stages = ?, ended_at = ?, report = ?, diagnostics = ?, error = ? WHERE id = ?',
      ...[state, stages, now, report, diagnostics, error, job.id],
    );
  }
}

const FORGET_OLDEST = `DELETE FROM deploys WHERE flow = ? AND state IN ('done', 'failed')
  AND id < (SELECT id FROM deploys WHERE flow = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`;

const endedAt = (stages: readonly DeployStage[], now: number): DeployStage[] =>
  stages.map(one => ({ ...one, ended_at: one.ended_at ?? now }));

function deployOf(row: Columns): DeployRow {
  const where = `deploy ${row.id}`;
  return {
    ...row,
    stages: readColumn(stagesSchema, row.stages, where),
    report: readAny(row.report, where),
    diagnostics: readColumn(diagnosticsSchema, row.diagnostics, where),
    error: readColumn(deployErrorSchema, row.error, where),
  };
}

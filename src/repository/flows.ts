import { DOCUMENT_LIMITS } from '#abi';
import { GatewayError } from '#diagnostic';
import { checkCount, checkSize, readColumn, writeColumn } from './columns.ts';
import type { Database } from './database.ts';
import { missing } from './failure.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { page } from './page.ts';
import { settingsSchema, testsSchema } from './shapes.ts';
import type {
  DesiredState,
  Draft,
  DraftChange,
  FlowRow,
  Flows,
  Listing,
  NewFlow,
  NewVersion,
  Page,
  VersionRow,
  VersionSummary,
} from './types.ts';
import { VersionTable } from './versions.ts';

interface Columns extends Omit<FlowRow, 'settings'> {
  readonly settings: string;
}
interface DraftColumns extends Omit<Draft, 'tests'> {
  readonly tests: string;
}

/** Becomes part of paths. */
export const FLOW_ID = /^[a-z][a-z0-9-]{0,63}$/;

export class FlowTable implements Flows {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #versions: VersionTable;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
    this.#versions = new VersionTable(database, now);
  }

  create({ id, name, by, settings, document, tests = [] }: NewFlow): FlowRow {
    if (!FLOW_ID.test(id)) throw new TypeError(`${id} is no id of a flow`);
    checkSize(name, 'name');
    checkSize(document, 'document', DOCUMENT_LIMITS.document_bytes);
    const created_at = this.#now();
    return this.#database.transaction(() => {
      if (this.get(id)) throw new GatewayError('exists', `flow ${id}`);
      checkCount(this.#database.count('SELECT count(*) AS count FROM flows'), REPOSITORY_LIMITS.flows, 'flows');
      const text = JSON.stringify(settingsSchema.parse(settings ?? {}));
      this.#database.insert('flows', { id, name, created_at, created_by: by, settings: text });
      this.#database.insert('drafts', {
        flow: id,
        document,
        tests: writeColumn(tests, 'tests', REPOSITORY_LIMITS.tests_bytes),
        revision: 1,
        updated_by: by,
        updated_at: created_at,
      });
      return this.#there(id);
    });
  }

  get(id: string): FlowRow | null {
    const row = this.#database.get<Columns>('SELECT * FROM flows WHERE id = ?', id);
    return row && flowOf(row);
  }

  list(filter: Page & { readonly desired?: DesiredState | undefined } = {}): Listing<FlowRow> {
    return page<Columns, FlowRow>(this.#database, filter, {
      select: 'SELECT * FROM flows',
      conditions: [
        ['desired = ?', filter.desired],
        ['id > ?', filter.after],
      ],
      order: 'id',
      item: flowOf,
      cursor: row => row.id,
    });
  }

  update(id: string, change: Parameters<Flows['update']>[1]): FlowRow {
    if (change.name !== undefined) checkSize(change.name, 'name');
    return this.#database.transaction(() => {
      const flow = this.#there(id);
      const settings = settingsSchema.parse({ ...flow.settings, ...defined(change.settings ?? {}) });
      this.#database.run(
        'UPDATE flows SET name = ?, settings = ?, desired = ? WHERE id = ?',
        change.name ?? flow.name,
        JSON.stringify(settings),
        change.desired ?? flow.desired,
        id,
      );
      return this.#there(id);
    });
  }

  remove(id: string): void {
    this.#database.transaction(() => {
      const { desired } = this.#there(id);
      if (desired !== 'stopped') throw new GatewayError('in-use', `flow ${id}`, 'stop it first');
      const jobs = "SELECT count(*) AS count FROM deploys WHERE flow = ? AND state IN ('queued', 'running')";
      if (this.#database.count(jobs, id) > 0) throw new GatewayError('in-use', `flow ${id}`, 'a deploy is under way');
      this.#database.run('DELETE FROM flows WHERE id = ?', id);
    });
  }

  draft(id: string): Draft | null {
    const row = this.#database.get<DraftColumns>('SELECT * FROM drafts WHERE flow = ?', id);
    return row && draftOf(row);
  }

  saveDraft(id: string, expected: number | null, { document, tests, by }: DraftChange): Draft {
    if (document !== undefined) checkSize(document, 'document', DOCUMENT_LIMITS.document_bytes);
    const testsText = tests === undefined ? null : writeColumn(tests, 'tests', REPOSITORY_LIMITS.tests_bytes);
    return this.#database.transaction(() => {
      const values = [document ?? null, testsText, by, this.#now(), id, expected];
      const row = this.#database.get<DraftColumns>(SAVE_DRAFT, ...values);
      if (row) return draftOf(row);
      const there = this.draft(id);
      if (!there) throw missing(`flow ${id}`);
      throw new GatewayError('conflict', `draft of ${id}`, `it has revision ${there.revision}, not ${expected}`);
    });
  }

  cutVersion(id: string, version: NewVersion): VersionRow {
    return this.#database.transaction(() => {
      this.#there(id);
      return this.#versions.add(id, version);
    });
  }

  version(id: string, number: number): VersionRow | null {
    return this.#versions.get(id, number);
  }

  versions(id: string, filter: Page = {}): Listing<VersionSummary> {
    return this.#versions.list(id, filter);
  }

  #there(id: string): FlowRow {
    const row = this.get(id);
    if (row) return row;
    throw missing(`flow ${id}`);
  }
}

/** Compared and changed in one statement: of two editors with the same revision one wins. */
const SAVE_DRAFT = `UPDATE drafts SET document = coalesce(?1, document), tests = coalesce(?2, tests),
    revision = revision + 1, updated_by = ?3, updated_at = ?4
  WHERE flow = ?5 AND (?6 IS NULL OR revision = ?6) RETURNING *`;

const flowOf = (row: Columns): FlowRow => ({
  ...row,
  settings: readColumn(settingsSchema, row.settings, `settings of ${row.id}`),
});

const draftOf = (row: DraftColumns): Draft => ({
  ...row,
  tests: readColumn(testsSchema, row.tests, `tests of ${row.flow}`),
});

/** Without keys whose value is undefined: they would take away what is there. */
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

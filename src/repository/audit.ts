import { checkSize, readAny, withinLimit } from './columns.ts';
import type { Database } from './database.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { numberCursor, page } from './page.ts';
import type { Audit, AuditFilter, AuditRow, Listing } from './types.ts';

interface Columns extends Omit<AuditRow, 'details'> {
  readonly details: string;
}

/** Triggers of the schema refuse to change an entry, and to delete one that is not the oldest beyond the limit. */
export class AuditTable implements Audit {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  append({ actor, action, target = null, details, address = null }: Parameters<Audit['append']>[0]): AuditRow {
    for (const text of [actor, action, target, address]) checkSize(text ?? '', 'audit entry');
    return this.#database.transaction(() => {
      const text = withinLimit(details);
      this.#database.insert('audit', { time: this.#now(), actor, action, target, details: text, address });
      this.#database.run('DELETE FROM audit WHERE id <= last_insert_rowid() - ?', REPOSITORY_LIMITS.audit_entries);
      return auditOf(this.#database.get<Columns>('SELECT * FROM audit WHERE id = last_insert_rowid()')!);
    });
  }

  list(filter: AuditFilter = {}): Listing<AuditRow> {
    return page<Columns, AuditRow>(this.#database, filter, {
      select: 'SELECT * FROM audit',
      conditions: [
        ['actor = ?', filter.actor],
        ['action = ?', filter.action],
        ['target = ?', filter.target],
        ['time >= ?', filter.since],
        ['time < ?', filter.until],
        ['id < ?', numberCursor(filter.after)],
      ],
      order: 'id DESC',
      item: auditOf,
      cursor: row => String(row.id),
    });
  }
}

const auditOf = (row: Columns): AuditRow => ({ ...row, details: readAny(row.details, `audit entry ${row.id}`) });

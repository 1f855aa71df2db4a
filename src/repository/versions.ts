import { GatewayError } from '#diagnostic';
import { type FlowDocument, parseFlow } from '#flow';
import { sha256 } from './blobs.ts';
import { checkCount, checkSize, readColumn, writeColumn } from './columns.ts';
import type { Database } from './database.ts';
import { missing } from './failure.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { numberCursor, page } from './page.ts';
import { testsSchema } from './shapes.ts';
import type { Listing, NewVersion, Page, VersionRow, VersionSummary } from './types.ts';

interface Columns extends VersionSummary {
  readonly document: string;
  readonly canonical: string;
  readonly tests: string;
}

/** Immutable versions of flows: triggers of the schema refuse to change them. */
export class VersionTable {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** Within a transaction. */
  add(flow: string, { document, canonical, tests, message, author }: NewVersion): VersionRow {
    checkSize(message, 'message');
    const last = this.#database.count('SELECT coalesce(max(number), 0) AS count FROM versions WHERE flow = ?', flow);
    checkCount(last, REPOSITORY_LIMITS.versions_per_flow, `versions of ${flow}`);
    const number = last + 1;
    const row: Columns = {
      flow,
      number,
      document: JSON.stringify(document),
      canonical,
      sha256: sha256(canonical),
      tests: writeColumn(tests, 'tests', REPOSITORY_LIMITS.tests_bytes),
      message,
      author,
      created_at: this.#now(),
    };
    this.#database.insert('versions', { ...row });
    for (const hash of pinsOf(document)) {
      if (this.#database.count('SELECT count(*) AS count FROM nodes WHERE hash = ?', hash) === 0)
        throw missing(`node ${hash}`);
      this.#database.insert('pins', { hash, flow, version: number });
    }
    return { ...row, document, tests };
  }

  get(flow: string, number: number): VersionRow | null {
    const row = this.#database.get<Columns>('SELECT * FROM versions WHERE flow = ? AND number = ?', flow, number);
    return row && versionOf(row);
  }

  /** Newest first. */
  list(flow: string, filter: Page): Listing<VersionSummary> {
    return page<VersionSummary, VersionSummary>(this.#database, filter, {
      select: 'SELECT flow, number, sha256, message, author, created_at FROM versions',
      conditions: [
        ['flow = ?', flow],
        ['number < ?', numberCursor(filter.after)],
      ],
      order: 'number DESC',
      item: row => ({ ...row }),
      cursor: row => String(row.number),
    });
  }
}

function pinsOf(document: FlowDocument): Set<string> {
  return new Set(
    document.nodes.map(({ id, wasm_hash }) => {
      if (wasm_hash === undefined) throw new TypeError(`${id} is not pinned`);
      return wasm_hash;
    }),
  );
}

function versionOf(row: Columns): VersionRow {
  const where = `version ${row.number} of ${row.flow}`;
  const parsed = parseFlow(row.document);
  if ('diagnostics' in parsed) throw new GatewayError('data-corrupt', where, parsed.diagnostics[0]!.message);
  if (sha256(row.canonical) !== row.sha256) throw new GatewayError('data-corrupt', where, 'its checksum is another');
  return { ...row, document: parsed.document, tests: readColumn(testsSchema, row.tests, where) };
}

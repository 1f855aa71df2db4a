/** Data directories as earlier releases left them: `schema/<version>.sql`, never edited. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { folder } from './store.ts';

const DUMPS = join(import.meta.dirname, 'schema');
/** The one node of the dumps, and its sha256. */
const NODE = 'passer 1.0.0';
const NODE_HASH = 'f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14';

export const dump = (version: number): string => readFileSync(join(DUMPS, `${version}.sql`), 'utf8');

/** A data directory of that version of the schema. */
export function older(version: number): string {
  const directory = folder();
  const database = new DatabaseSync(join(directory, 'fusewire.db'));
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(dump(version));
  database.close();
  mkdirSync(join(directory, 'blobs', NODE_HASH.slice(0, 2)), { recursive: true });
  writeFileSync(join(directory, 'blobs', NODE_HASH.slice(0, 2), NODE_HASH), NODE);
  return directory;
}

export function schemaVersion(directory: string): number {
  const database = new DatabaseSync(join(directory, 'fusewire.db'));
  const { user_version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  database.close();
  return user_version;
}

/** Tables, indexes and triggers, as they were declared. */
export function schemaOf(database: DatabaseSync): string[] {
  const sql =
    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name";
  return database
    .prepare(sql)
    .all()
    .map(row => String(row['sql']));
}

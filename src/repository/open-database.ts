import { existsSync, statSync } from 'node:fs';
import { GatewayError } from '#diagnostic';
import { Database } from './database.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './schema/index.ts';

/** "FWDB". */
const APPLICATION_ID = 0x46_57_44_42;

/**
 * Opens the database, or makes it, and brings it to the version of this release. What cannot be used is left as it is.
 * @param target version of the schema to stop at
 * @throws GatewayError data-corrupt, data-newer, storage-failed, storage-full
 */
export function openDatabase(file: string, bytes_max: number, target = SCHEMA_VERSION): Database {
  const database = new Database(file);
  try {
    const version = versionOf(database);
    if (version > 0) checkWhole(database);
    database.prepareWrites(bytes_max);
    for (let next = version + 1; next <= target; next += 1) migrate(database, next);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether there is a database that is more than an empty file. */
export const isDatabase = (file: string): boolean => existsSync(file) && statSync(file).size > 0;

/** 0: empty. @throws GatewayError data-corrupt, data-newer */
export function versionOf(database: Database): number {
  const id = Number(database.pragma('application_id'));
  const version = Number(database.pragma('user_version'));
  const tables = database.count('SELECT count(*) AS count FROM sqlite_schema');
  if (id === 0 && version === 0 && tables === 0) return 0;
  if (id !== APPLICATION_ID || version < 1)
    throw new GatewayError('data-corrupt', database.file, 'it is not a database of Fusewire; move it away');
  if (version > SCHEMA_VERSION) {
    const detail = `its schema is version ${version}, this release knows ${SCHEMA_VERSION}; start the newer release`;
    throw new GatewayError('data-newer', database.file, detail);
  }
  return version;
}

/** Reads it through, unless that would take long. @throws GatewayError data-corrupt */
export function checkWhole(database: Database): void {
  if (statSync(database.file).size > REPOSITORY_LIMITS.quick_check_bytes) return;
  const found = database.pragma('quick_check(1)');
  if (found !== 'ok') throw new GatewayError('data-corrupt', database.file, `${found}; restore a backup`);
}

/** Wholly or not at all. */
function migrate(database: Database, version: number): void {
  database.transaction(() => {
    for (const statement of MIGRATIONS[version - 1]!) database.execute(statement);
    const broken = database.all('PRAGMA foreign_key_check');
    if (broken.length > 0)
      throw new GatewayError('data-corrupt', database.file, `${broken.length} rows refer to what is not there`);
    if (version === 1) database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${version}`);
  });
}

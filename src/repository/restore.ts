import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GatewayError } from '#diagnostic';
import { type BackupFile, type BackupManifest, hashFile, readManifest } from './backup-manifest.ts';
import { failure } from './failure.ts';
import { syncDirectory, syncFile, writeSynced } from './files.ts';
import { lockData } from './lock-data.ts';
import { PLACES } from './places.ts';
import { SCHEMA_VERSION } from './schema/index.ts';

/** In folders that are mount points. */
const NOT_OURS = ['lost+found', PLACES.lock];

/**
 * Makes a data directory of a backup. Every checksum is looked at first, and again of what was written.
 * @param dataDirectory not there, or empty
 * @throws GatewayError backup-damaged, data-newer, exists, data-locked, storage-failed, storage-full
 */
export async function restore(source: string, dataDirectory: string): Promise<BackupManifest> {
  const manifest = readManifest(source);
  if (manifest.schema_version > SCHEMA_VERSION) {
    const detail = `its schema is version ${manifest.schema_version}, this release knows ${SCHEMA_VERSION}`;
    throw new GatewayError('data-newer', source, detail);
  }
  for (const file of manifest.files) await check(source, file, source);
  const unlock = lockData(dataDirectory);
  try {
    const others = readdirSync(dataDirectory).filter(name => !NOT_OURS.includes(name));
    if (others.length > 0) throw new GatewayError('exists', dataDirectory, 'it is not empty; give another folder');
    await write(source, dataDirectory, manifest);
    return manifest;
  } catch (error) {
    throw failure(error, dataDirectory);
  } finally {
    unlock();
  }
}

/** While it goes on, and after it was broken off, the directory is not opened. */
async function write(source: string, dataDirectory: string, { files }: BackupManifest): Promise<void> {
  const mark = join(dataDirectory, PLACES.restoring);
  writeSynced(mark, '');
  syncDirectory(dataDirectory);
  const folders = new Set<string>([dataDirectory]);
  for (const file of files) {
    const to = join(dataDirectory, file.path);
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(join(source, file.path), `${to}.part`);
    await syncFile(`${to}.part`);
    renameSync(`${to}.part`, to);
    if (file.path === PLACES.database || file.path === PLACES.key) chmodSync(to, 0o600);
    await check(dataDirectory, file, source);
    for (let folder = dirname(to); folder !== dataDirectory; folder = dirname(folder)) folders.add(folder);
  }
  for (const folder of folders) syncDirectory(folder);
  rmSync(mark);
  syncDirectory(dataDirectory);
}

/** @throws GatewayError backup-damaged */
async function check(directory: string, { path, bytes, sha256 }: BackupFile, source: string): Promise<void> {
  const file = join(directory, path);
  let found: Awaited<ReturnType<typeof hashFile>>;
  try {
    found = await hashFile(file);
  } catch (error) {
    throw new GatewayError('backup-damaged', source, `${path}: ${(error as Error).message}`, error);
  }
  if (found.bytes !== bytes || found.sha256 !== sha256)
    throw new GatewayError('backup-damaged', source, `${path} has another checksum`);
}

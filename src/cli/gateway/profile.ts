import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { GatewayError } from '#diagnostic';

/** What `fusewire login` stores. */
export interface Profile {
  readonly url: string;
  readonly token?: string;
  /** Of the token, to revoke it by. */
  readonly token_id?: string;
  /** File with the certificate that the gateway's must be signed by. */
  readonly ca?: string;
}

export const profilePath = (): string =>
  join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'fusewire', 'client.json');

/** @throws GatewayError file-not-found: it is there and cannot be read */
export function readProfile(): Profile | null {
  const path = profilePath();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new GatewayError('file-not-found', path, (error as Error).message, error);
  }
  try {
    const read = JSON.parse(text) as Profile;
    if (typeof read.url === 'string') return read;
  } catch (error) {
    throw new GatewayError('file-not-found', path, `${(error as Error).message}; mend it with: fusewire login`, error);
  }
  throw new GatewayError('file-not-found', path, 'it names no url; mend it with: fusewire login');
}

/** Readable by its owner only, and whole at any moment. @throws GatewayError file-unwritable */
export function writeProfile(profile: Profile | null): void {
  const path = profilePath();
  try {
    if (!profile) return rmSync(path, { force: true });
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 });
    chmodSync(fresh, 0o600);
    renameSync(fresh, path);
  } catch (error) {
    throw new GatewayError('file-unwritable', path, (error as Error).message, error);
  }
}

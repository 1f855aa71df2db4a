import { homedir } from 'node:os';
import { join } from 'node:path';

/** The project's root: two folders above both src/cli and dist/cli. */
export const ROOT = join(import.meta.dirname, '../..');
export const BUILT_INS = join(ROOT, 'nodes');

/** Where fused modules are kept: FUSEWIRE_CACHE, or the user's cache folder. */
export const cacheDirectory = (): string =>
  process.env['FUSEWIRE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fusewire');

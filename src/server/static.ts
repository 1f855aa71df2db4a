import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { SERVER_LIMITS } from './limits.ts';
import { type Coding, respond, takes } from './respond.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};
/** Names that builders give to files whose content never changes: `index-3fA9_b2c.js`. */
const HASHED = /[-.][A-Za-z0-9_-]{8,}\.\w+$/;

/** Answers a GET or HEAD from a folder; null: nothing there. */
export type StaticFiles = (request: Request) => Promise<Response | null>;

/**
 * Files of `dir`; null when it is not there. Paths without an extension that are no file are the page's own: they get
 * `index.html`. Hidden files, other types, and what lies outside, also behind a link, is not there.
 */
export function serveStatic(dir: string): StaticFiles | null {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) return null;
  const root = realpathSync(dir);
  return async request => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    const path = pathOf(request.url);
    if (path === null) return null;
    const found = (await fileAt(root, path)) ?? (extname(path) === '' ? await fileAt(root, '/index.html') : null);
    return found && answer(request, found);
  };
}

/** Decoded once, absolute, without anything that climbs; null otherwise. */
function pathOf(url: string): string | null {
  try {
    const path = decodeURIComponent(new URL(url).pathname);
    const isOdd = /[\0\\]/.test(path) || path.split('/').some(part => part.startsWith('.'));
    return isOdd ? null : path.endsWith('/') ? `${path}index.html` : path;
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

interface Found {
  readonly file: string;
  readonly type: string;
  readonly bytes: number;
  readonly etag: string;
  /** The same, compressed, the smallest first. */
  readonly packed: readonly { readonly coding: Coding; readonly file: string }[];
}

async function fileAt(root: string, path: string): Promise<Found | null> {
  const type = TYPES[extname(path).toLowerCase()];
  if (type === undefined) return null;
  try {
    const file = await realpath(join(root, path));
    if (!file.startsWith(root + sep)) return null;
    const about = await stat(file);
    if (!about.isFile() || about.size > SERVER_LIMITS.static_bytes) return null;
    const seal = createHash('sha256').update(`${file} ${about.size} ${about.mtimeMs}`).digest('base64url');
    return { file, type, bytes: about.size, etag: `"${seal.slice(0, 22)}"`, packed: await packedOf(file) };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return null;
    throw error;
  }
}

const ENDINGS: readonly (readonly [Coding, string])[] = [
  ['br', '.br'],
  ['gzip', '.gz'],
];
async function packedOf(file: string): Promise<Found['packed']> {
  const there = await Promise.all(ENDINGS.map(([, ending]) => isFile(file + ending)));
  return ENDINGS.filter((_, index) => there[index]).map(([coding, ending]) => ({ coding, file: file + ending }));
}

/** Not a link: that might lead out. */
const isFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    about => about.isFile(),
    () => false,
  );

async function answer(request: Request, { file, type, bytes, etag, packed }: Found): Promise<Response> {
  const headers = {
    etag,
    'cache-control': HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(packed.length > 0 && { vary: 'accept-encoding' }),
  };
  if (request.headers.get('if-none-match') === etag) return respond(304, null, null, headers);
  if (request.method === 'HEAD') return respond(200, null, type, { ...headers, 'content-length': String(bytes) });
  const best = packed.find(({ coding }) => takes(request, coding));
  if (best) return respond(200, await readFile(best.file), type, { ...headers, 'content-encoding': best.coding });
  return respond(200, await readFile(file), type, headers);
}

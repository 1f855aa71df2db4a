import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { serveStatic } from '#server';
import { ask, fakeApp } from './fakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-static-'));
after(() => rmSync(folder, { recursive: true }));
const dir = join(folder, 'studio');
mkdirSync(join(dir, 'assets'), { recursive: true });
mkdirSync(join(folder, 'studio-other'));
writeFileSync(join(dir, 'index.html'), '<!doctype html>studio');
writeFileSync(join(dir, 'assets/index-3fA9_b2c.js'), 'export {}');
writeFileSync(join(dir, '.env'), 'secret');
writeFileSync(join(dir, 'notes.exe'), 'secret');
writeFileSync(join(folder, 'secret.txt'), 'secret');
writeFileSync(join(folder, 'studio-other/secret.txt'), 'secret');
symlinkSync(join(folder, 'secret.txt'), join(dir, 'link.txt'));

const app = await fakeApp({}, { studio: serveStatic(dir) });
const get = (path: string, headers = {}): Promise<Response> => ask(app, 'GET', path, { headers });

test('without the folder there is nothing', async () => {
  assert.equal(serveStatic(join(folder, 'none')), null);
  assert.equal(serveStatic(join(dir, 'index.html')), null);
});

test('files with their types; pages of the studio get its index; the API keeps its paths', async () => {
  const root = await get('/');
  assert.deepEqual(
    [root.status, root.headers.get('content-type'), await root.text()],
    [200, 'text/html; charset=utf-8', '<!doctype html>studio'],
  );
  assert.equal(await (await get('/flows/boiler')).text(), '<!doctype html>studio');
  const script = await get('/assets/index-3fA9_b2c.js');
  assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
  assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal(root.headers.get('cache-control'), 'no-cache');
  for (const path of ['/api/v1/nothing', '/api', '/assets/none.js']) assert.equal((await get(path)).status, 404, path);
  assert.equal((await ask(app, 'POST', '/flows/boiler')).status, 404);
  assert.match(root.headers.get('content-security-policy')!, /default-src 'self'/);
});

test('an ETag of what is there now; HEAD without the file', async () => {
  const etag = (await get('/')).headers.get('etag')!;
  assert.equal((await get('/', { 'if-none-match': etag })).status, 304);
  utimesSync(join(dir, 'index.html'), 1, 1);
  assert.equal((await get('/', { 'if-none-match': etag })).status, 200);
  const head = await ask(app, 'HEAD', '/assets/index-3fA9_b2c.js');
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '9', '']);
});

test('compressed where there is such a file beside it, and the browser takes it', async () => {
  const path = '/assets/index-3fA9_b2c.js';
  const plain = await (await get(path)).text();
  writeFileSync(join(dir, `${path}.gz`), gzipSync(plain));
  writeFileSync(join(dir, `${path}.br`), brotliCompressSync(plain));
  symlinkSync(join(folder, 'secret.txt'), join(dir, 'index.html.gz'));
  for (const [accept, encoding] of [
    ['gzip, deflate, br', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['gzip', 'gzip'],
    ['deflate, br;q=0.0, gzip;q=0', null],
    ['identity', null],
  ] as const) {
    const response = await get(path, { 'accept-encoding': accept });
    assert.deepEqual(
      [response.headers.get('content-encoding'), response.headers.get('vary')],
      [encoding, 'accept-encoding'],
      accept,
    );
    const bytes = Buffer.from(await response.arrayBuffer());
    const unpacked = encoding === 'br' ? brotliDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes;
    assert.equal(unpacked.toString(), plain);
  }
  const linked = await get('/', { 'accept-encoding': 'gzip' });
  assert.equal(linked.headers.get('content-encoding'), null, 'a link may lead out');
  for (const file of [`${path}.gz`, `${path}.br`, '/index.html.gz']) rmSync(join(dir, file));
});

test('nothing outside of the folder, nothing hidden, no link that leads out', async () => {
  const ways = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    '/..%2fstudio-other/secret.txt',
    '//etc/passwd',
    '/%00.html',
    '/index.html%00.txt',
    '/link.txt',
    '/.env',
    '/assets/.%2e/.env',
    '/notes.exe',
    '/%ff.txt',
    `/${'a'.repeat(5_000)}.txt`,
  ];
  for (const way of ways) {
    const response = await get(way);
    assert.doesNotMatch(await response.text(), /secret"?$|root:/, way);
    assert.notEqual(response.status, 500, way);
  }
});

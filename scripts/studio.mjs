// Builds the studio, and puts compressed files beside each that the gateway may send so.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { bundledNode, root } from './node.mjs';

const DIST = join(root, 'web/dist');
const TEXT = /\.(html|js|css|svg|json|wasm)$/;
/** Smaller files fit in a packet or two as they are. */
const LEAST_BYTES = 1_000;

const vite = join(root, 'node_modules/vite/bin/vite.js');
const built = spawnSync(bundledNode(), [vite, 'build', 'web', '--logLevel', 'warn'], {
  cwd: root,
  stdio: ['ignore', 2, 'inherit'],
});
if (built.status !== 0) process.exit(built.status ?? 1);
for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
  if (!TEXT.test(name)) continue;
  const bytes = readFileSync(join(DIST, name));
  if (bytes.length < LEAST_BYTES) continue;
  writeFileSync(join(DIST, `${name}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
  writeFileSync(join(DIST, `${name}.br`), brotliCompressSync(bytes));
}

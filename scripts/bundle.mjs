// Joins what `fusewire` runs into a few files, dist/app: hundreds of modules take 10 MB more in the gateway, 2.5 MB in each
// of its threads, and a third of a second at each start. Everything in dist/app lies as deep as in dist/<layer>: files that
// are named relative to a module are found from both.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './node.mjs';

const dist = join(root, 'dist');
const app = join(dist, 'app');
/** Programs and threads, by the names that they are started by. */
const input = {
  main: 'cli/main.js',
  worker: 'runtime/worker.js',
  'fuse-process': 'gateway/fuse-process.js',
  'try-process': 'gateway/try-process.js',
  'gateway-process': 'lab/gateway-process.js',
  'state-thread': 'lab/state-thread.js',
};

rmSync(app, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(input).map(([name, file]) => [name, join(dist, file)])),
  platform: 'node',
  // jsonc-parser's other form asks for its parts by name at run time.
  resolve: { mainFields: ['module', 'main'] },
  // What is loaded only when it is needed, and what brings files of its own.
  external: [/^(?:pino|mqtt|binaryen|protobufjs|prom-client|semver|@opentelemetry)/],
  logLevel: 'warn',
});
// Names stay: a stack in a log must be readable.
const minify = { compress: true, mangle: false, codegen: { removeWhitespace: true } };
await bundle.write({
  dir: app,
  format: 'esm',
  minify,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
await bundle.close();

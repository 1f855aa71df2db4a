// Joins the worker of a flow into one file: as forty modules it takes 2.5 MB more in each thread.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './node.mjs';

const worker = join(root, 'dist/runtime/worker.js');
const bundle = await rolldown({ input: worker, platform: 'node', logLevel: 'warn' });
await bundle.write({ file: `${worker}.part`, format: 'esm', minify: true });
await bundle.close();
renameSync(`${worker}.part`, worker);

// Test files of a folder, as paths from the project's root.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './node.mjs';

export const findTests = folder =>
  readdirSync(join(root, folder), { recursive: true })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => `${folder}/${name}`)
    .sort();

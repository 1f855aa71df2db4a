/** Data directories for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

const root = mkdtempSync(join(tmpdir(), 'fusewire-repository-'));
after(() => rmSync(root, { recursive: true, force: true }));

export const folder = (): string => mkdtempSync(join(root, 'data-'));

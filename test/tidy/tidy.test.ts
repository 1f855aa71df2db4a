import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const LINES_MAX = 300;
/** From the bottom up; a layer may import only what stands before it. */
const LAYERS = [
  'diagnostic',
  'abi',
  'wasm',
  'flow',
  'library',
  'fusion',
  'storage',
  'repository',
  'runtime',
  'connectors',
  'driver',
  'api',
  'ingest',
  'gateway',
  'config',
  'repository',
  'access',
  'service',
  'server',
  'client',

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AHEAD_OF_TIME_FLAGS } from '#runtime';
import { median } from './core.ts';

/** Processes started for one figure. */
const ROUNDS = 7;
const ROOT = join(import.meta.dirname, '..');

/** Fuses the example cold and cached, each as the command reports it, and times its first record with and without compiling ahead. */
export function benchFusing(): { fuse_ms: Record<string, number>; first_record_us: Record<string, number> } {
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-bench-'));
  try {
    const output = join(folder, 'flow.wasm');
    const fuse = (): { total_ms: number } => {
      const result = spawnSync(
        process.execPath,
        [
          join(ROOT, 'bin/fusewire'),
          'fuse',
          join(ROOT, 'examples/boiler-line/flow.json'),
          '-o',
          output,
          '--json',
          '--cache',
          join(folder, 'cache'),
        ],
        { encoding: 'utf8' },
      );
      return JSON.parse(result.stdout) as { total_ms: number };
    };
    const one = (flags: readonly string[]): number =>
      Number(
        spawnSync(
          process.execPath,
          ['--conditions=fusewire-source', ...flags, join(ROOT, 'bench/first-record.ts'), output],
          { encoding: 'utf8' },
        ).stdout,
      );
    const first = (flags: readonly string[]): number => median(Array.from({ length: ROUNDS }, () => one(flags)));
    const cold = fuse().total_ms;
    return {
      fuse_ms: { cold, cached: fuse().total_ms },
      first_record_us: { ahead_of_time: first(AHEAD_OF_TIME_FLAGS), lazily: first([]) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

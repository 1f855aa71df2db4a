/**
 * Loaded before a program: ends its process as `kill -9` does, at the n-th time that it changes something on disk
 * (`CRASH_AT`), just before or just after. With `CRASH_ARMED=1` it counts from the first SIGUSR2 on.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const crashAt = Number(process.env['CRASH_AT'] ?? 0);
let count = 0;
let counts = process.env['CRASH_ARMED'] !== '1';
process.on('SIGUSR2', () => {
  counts = true;
});

type Method = (...values: unknown[]) => unknown;

function step(): void {
  count += counts ? 1 : 0;
  if (count === crashAt && counts) process.kill(process.pid, 'SIGKILL');
}

function watch(owner: object, names: readonly string[]): void {
  const methods = owner as Record<string, Method>;
  for (const name of names) {
    const method = methods[name]!;
    methods[name] = function (this: unknown, ...values: unknown[]): unknown {
      step();
      const result = method.apply(this, values);
      step();
      return result;
    };
  }
}

watch(fs, ['writeFileSync', 'renameSync', 'rmSync', 'mkdirSync', 'fsyncSync', 'linkSync', 'writeSync']);
watch(fs.promises, ['copyFile', 'open']);
watch(DatabaseSync.prototype, ['exec', 'close']);
watch(StatementSync.prototype, ['run', 'get', 'all']);
syncBuiltinESMExports();

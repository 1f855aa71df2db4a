/**
 * Loaded before a program: ends its process as `kill -9` does, at the n-th time that it changes something on disk
 * (`CRASH_AT`), just before or just after.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const crashAt = Number(process.env['CRASH_AT'] ?? 0);
let count = 0;

type Method = (...values: unknown[]) => unknown;

function watch(owner: object, names: readonly string[]): void {
  const methods = owner as Record<string, Method>;
  for (const name of names) {
    const method = methods[name]!;
    methods[name] = function (this: unknown, ...values: unknown[]): unknown {
      count += 1;
      if (count === crashAt) process.kill(process.pid, 'SIGKILL');
      const result = method.apply(this, values);
      count += 1;
      if (count === crashAt) process.kill(process.pid, 'SIGKILL');
      return result;
    };
  }
}

watch(fs, ['writeFileSync', 'renameSync', 'rmSync', 'mkdirSync', 'fsyncSync', 'linkSync', 'writeSync']);
watch(fs.promises, ['copyFile', 'open']);
watch(DatabaseSync.prototype, ['exec', 'close']);
watch(StatementSync.prototype, ['run', 'get', 'all']);
syncBuiltinESMExports();

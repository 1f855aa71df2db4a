import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ROOT } from '../paths.ts';

export function addBench(command: Command): void {
  command
    .option('--json', 'print one JSON object')
    .option('--peers', 'compare with other products: installs Node-RED, wac and wasmtime into .cache/peers')
    .action((options: { json?: boolean; peers?: boolean }) => {
      const flags = [...(options.json ? ['--json'] : []), ...(options.peers ? ['--peers'] : [])];
      const result = spawnSync(
        process.execPath,
        ['--conditions=fusewire-source', join(ROOT, 'bench/bench.ts'), ...flags],
        { stdio: 'inherit' },
      );
      process.exitCode = result.status ?? 1;
    });
}

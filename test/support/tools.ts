import { spawnSync } from 'node:child_process';

/**
 * A system tool that a test needs. In CI a missing tool is a failure; elsewhere the test is skipped, naming the package.
 * @returns options for `test`.
 */
export function needs(command: string, debianPackage: string): { skip?: string } {
  if (process.env['CI'] || spawnSync('sh', ['-c', `command -v ${command}`]).status === 0) return {};
  return { skip: `${command} is missing: apt-get install ${debianPackage}` };
}

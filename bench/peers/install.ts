/** Brings the peers of the bench into `.cache/peers`, each once. What cannot be installed here is said, not skipped silently. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComponentTools } from './components.ts';

const FOLDER = join(import.meta.dirname, '../../.cache/peers');
const NPM_PACKAGES = { 'node-red': '5.0.7', '@bytecodealliance/jco': '1.35.0' };
const WASMTIME = '50.0.1';

export type Installed<T> = { readonly found: T } | { readonly missing: string };
type Say = (text: string) => void;

/** @returns the folder whose node_modules have Node-RED and jco. */
export function installNpmPeers(say: Say): Installed<string> {
  const folder = join(FOLDER, 'npm');
  if (existsSync(join(folder, 'installed'))) return { found: folder };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  const wanted = Object.entries(NPM_PACKAGES).map(([name, version]) => `${name}@${version}`);
  say(`installing ${wanted.join(', ')} …`);
  return attempt('npm', ['install', '--no-audit', '--no-fund', ...wanted], folder, () => {
    writeFileSync(join(folder, 'installed'), '');
    return folder;
  });
}

export function installComponentTools(npm: string, say: Say): Installed<ComponentTools> {
  const wac = join(FOLDER, 'wac/bin/wac');
  if (!existsSync(wac)) {
    say('building wac with cargo (some minutes) …');
    const options = ['--no-default-features', '--features', 'wit,wat', '--root', join(FOLDER, 'wac')];
    const built = attempt('cargo', ['install', 'wac-cli', ...options], FOLDER, () => wac);
    if ('missing' in built) return built;
  }
  const python = join(FOLDER, 'python/bin/python');
  if (!existsSync(join(FOLDER, 'python/installed'))) {
    say(`installing wasmtime ${WASMTIME} for Python …`);
    const made = attempt('python3', ['-m', 'venv', join(FOLDER, 'python')], FOLDER, () => python);
    if ('missing' in made) return made;
    const installed = attempt(python, ['-m', 'pip', 'install', '--quiet', `wasmtime==${WASMTIME}`], FOLDER, () =>
      writeFileSync(join(FOLDER, 'python/installed'), ''),
    );
    if ('missing' in installed) return installed;
  }
  return { found: { npm, wac, python } };
}

function attempt<T>(command: string, args: string[], cwd: string, then: () => T): Installed<T> {
  try {
    execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    const lines = stderr?.toString().trim().split('\n') ?? [];
    return { missing: code === 'ENOENT' ? `${command} is not installed` : `${command} ${args[0]}: ${lines.at(-1)}` };
  }
  return { found: then() };
}

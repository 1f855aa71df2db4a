/** Commands as processes of their own, against a gateway, with a home of their own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, type TestGateway } from './fake-gateway.ts';

const ROOT = join(import.meta.dirname, '../..');
export const MAIN = [
  '--conditions=fusewire-source',
  '--disable-warning=ExperimentalWarning',
  join(ROOT, 'src/cli/main.ts'),
];

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Record<string, string>;
  /** Ended by SIGTERM as soon as this has come out. */
  readonly until?: (out: string) => boolean;
  readonly started?: (pid: number) => void;
}

/** Nothing of the one who runs the tests. */
export const environment = (home: string, url: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  // Many short processes of the same code.
  NODE_COMPILE_CACHE: join(ROOT, '.cache/compile'),
  HOME: home,
  XDG_CONFIG_HOME: join(home, 'config'),
  TZ: 'UTC',
  FUSEWIRE_URL: url,
});

export function runCommand(
  args: readonly string[],
  home: string,
  base: Readonly<Record<string, string>>,
  { input, env, until, started }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...MAIN, ...args], { cwd: home, env: { ...base, ...env } });
  started?.(child.pid!);
  let out = '';
  let err = '';
  child.stdout.on('data', chunk => {
    out += String(chunk);
    if (until?.(out)) child.kill();
  });
  child.stderr.on('data', chunk => (err += String(chunk)));
  child.stdin.on('error', error => (err += String(error)));
  child.stdin.end(input ?? '');
  return new Promise(resolve => child.once('close', code => resolve({ code, out, err })));
}

export class Remote {
  readonly gateway: TestGateway;
  readonly home = mkdtempSync(join(tmpdir(), 'fusewire-remote-'));
  readonly env: Record<string, string>;

  private constructor(gateway: TestGateway) {
    this.gateway = gateway;
    this.env = environment(this.home, gateway.url);
  }

  static async start(options: { auth?: boolean } = {}): Promise<Remote> {
    return new Remote(await startGateway(options));
  }

  close(): void {
    this.gateway.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Writes a file into the home. @returns its path */
  file(name: string, content: string | Uint8Array | object): string {
    const path = join(this.home, name);
    const text = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
    writeFileSync(path, text);
    return path;
  }

  /** @param args of `fusewire` */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return runCommand(args, this.home, this.env, options);
  }

  /** What a command prints with `--json`; it must succeed. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, out, err } = await this.run([...args, '--json']);
    if (code !== 0) throw new Error(`fusewire ${args.join(' ')} ended with ${code}: ${err}${out}`);
    return JSON.parse(out) as T;
  }
}

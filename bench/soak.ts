/**
 * `npm run soak`: the long form of what the tests do in short. A durable flow under load with live swaps and a fault now and
 * then, for most of the time, with its memory as numbers; hundreds of kills; a broker that is away for a minute; the lab.
 * `--minutes 10`, `--json`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { crashTest } from '../test/gateway/crash.ts';
import { median } from './core.ts';
import { Gateway } from './service/gateway.ts';
import { leaks } from './service/leaks.ts';
import { storeAndForward } from './store-and-forward.ts';

const ROOT = join(import.meta.dirname, '..');
const json = process.argv.includes('--json');
const minutes = Number(process.argv[process.argv.indexOf('--minutes') + 1] || 10) || 10;
const say = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const RATE = 100_000;
const SWAP_EVERY_MS = 5_000;

interface Look {
  readonly records: number;
  readonly rss_bytes: number;
  readonly latency_us: { readonly p99: number };
}

/** A durable flow at a steady rate, its file changed again and again. */
async function steady(folder: string, seconds: number): Promise<Record<string, number | boolean>> {
  const file = join(folder, 'flow.json');
  const document = JSON.parse(readFileSync(join(ROOT, 'bench/core-flow.json'), 'utf8')) as {
    nodes: { id: string; props?: Record<string, unknown> }[];
  };
  const write = (factor: number): void => {
    document.nodes.find(node => node.id === 'scaled')!.props = { factor, offset: 32 };
    writeFileSync(file, JSON.stringify(document));
  };
  write(1.5);
  const start = (args: string[]): ReturnType<typeof spawn> =>
    spawn(process.execPath, [join(ROOT, 'bin/fusewire'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const state = join(folder, 'state');
  const options = ['--directory', folder, '--state', state, '--durable', '--watch', '--probation-ms', '1000', '--json'];
  const gateway = start(['run', file, '--listen', `ipc://${folder}/in`, ...options]);
  const looks: { at: number; look: Look }[] = [];
  let swaps = 0;
  createInterface({ input: gateway.stderr! }).on('line', line => {
    if (line.startsWith('deployed')) swaps += 1;
  });
  const listening = Promise.withResolvers<void>();
  createInterface({ input: gateway.stdout! }).on('line', line => {
    listening.resolve();
    const look = JSON.parse(line) as Partial<Look>;
    if (look.rss_bytes !== undefined) looks.push({ at: performance.now(), look: look as Look });
  });
  await listening.promise;
  const driver = start([
    'simulate',
    '--to',
    `ipc://${folder}/in`,
    '--rate',
    String(RATE),
    '--count',
    String(RATE * seconds),
  ]);
  let factor = 1.5;
  const changing = setInterval(() => {
    factor += 0.25;
    write(factor);
  }, SWAP_EVERY_MS);
  await new Promise(resolve => driver.once('exit', resolve));
  clearInterval(changing);
  await new Promise(resolve => setTimeout(resolve, 2_000));
  gateway.kill('SIGTERM');
  await new Promise(resolve => gateway.once('exit', resolve));
  const sixth = Math.ceil(looks.length / 6);
  const mb = (part: typeof looks): number => median(part.map(one => one.look.rss_bytes)) / 1024 ** 2;
  return {
    seconds,
    sent: RATE * seconds,
    lost: RATE * seconds - looks.at(-1)!.look.records,
    swaps,
    rss_mb_second_sixth: mb(looks.slice(sixth, 2 * sixth)),
    rss_mb_last_sixth: mb(looks.slice(-sixth)),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'fusewire-soak-'));
try {
  const seconds = Math.max(20, Math.round(minutes * 60 * 0.5));
  say(`steady: a durable flow, ${RATE.toLocaleString('en-US')} updates a second, a swap every 5 s, ${seconds} s …`);
  const steadily = await steady(folder, seconds);
  const kills = Math.round(minutes * 25);
  say(`crash: ${kills} kills, seed ${SEED} …`);
  const crash = await crashTest(join(folder, 'crash'), kills, SEED);
  say('store and forward: the broker is away …');
  const forward = await storeAndForward({ seconds: Math.min(60, minutes * 6), rate: 5_000 });
  say('leaks: deploys, flows, requests and drivers come and go …');
  const gateway = await Gateway.start(join(folder, 'service'));
  const grown = await leaks(gateway);
  await gateway.stop();
  say('lab …');
  const lab = spawnSync(process.execPath, [join(ROOT, 'bin/fusewire'), 'lab', '--json', '--seconds', '1'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const result = {
    steady: steadily,
    crash,
    store_and_forward: forward,
    leaks: grown,
    lab: JSON.parse(lab.stdout) as unknown[],
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  const bad = steadily['lost'] !== 0 || crash.problems.length > 0 || !forward.in_order || lab.status !== 0;
  process.exitCode = bad ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');
const COUNT = 15_000_000;
const LATENCY_RATE = 50_000;
const LATENCY_COUNT = 250_000;

interface Stats {
  readonly records: number;
  readonly malformed: number;
  readonly latency_us: { p50: number; p99: number; p999: number };
  readonly rss_bytes: number;
  readonly stopped?: boolean;
}

/** The built product as a user starts it: compiled, through its launcher. */
const fusewire = (args: string[], cache: string): ChildProcess =>
  spawn(process.execPath, [join(ROOT, 'bin/fusewire'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FUSEWIRE_CACHE: cache },
  });

/** Gateway and driver as two processes. @returns the gateway's last statistics and the time it took. */
async function run(
  flow: string,
  folder: string,
  driverArgs: string[],
  count: number,
): Promise<{ stats: Stats; seconds: number }> {
  const gateway = fusewire(
    ['run', flow, '--listen', 'tcp://127.0.0.1:0', '--directory', folder, '--count', String(count), '--json'],
    join(folder, 'cache'),
  );
  // It may end before the driver does.
  const ended = once(gateway, 'exit');
  const lines = createInterface({ input: gateway.stdout! });
  const [first] = (await once(lines, 'line')) as [string];
  const { listening } = JSON.parse(first) as { listening: [string] };
  let last: Stats | null = null;
  lines.on('line', line => {
    last = JSON.parse(line) as Stats;
  });
  const driver = fusewire(
    ['simulate', '--to', listening[0], '--count', String(count), '--quiet', ...driverArgs],
    folder,
  );
  const began = performance.now();
  await once(driver, 'exit');
  await ended;
  if (!last) throw new Error('the gateway printed no statistics');
  return { stats: last, seconds: (performance.now() - began) / 1_000 };
}

export async function benchEndToEnd(): Promise<{
  end_to_end: Record<string, number>;
  latency_us: Record<string, number>;
  rss_mb: Record<string, number>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-bench-'));
  try {
    const batched = join(ROOT, 'bench/core-flow.json');
    // Every update leaves at once: the time that a sink waits for its batch to fill is no latency of the gateway.
    const single = join(folder, 'single.json');
    writeFileSync(single, readFileSync(batched, 'utf8').replaceAll('"batch_count": 1000', '"batch_count": 1'));
    await run(batched, folder, ['--rate', '0'], 100_000);
    const fast = await run(batched, folder, ['--rate', '0'], COUNT);
    await run(single, folder, ['--rate', '0'], 1_000);
    const calm = await run(single, folder, ['--rate', String(LATENCY_RATE)], LATENCY_COUNT);
    return {
      end_to_end: { tags_per_s: COUNT / fast.seconds, lost: COUNT - fast.stats.records },
      latency_us: calm.stats.latency_us,
      rss_mb: { one_flow: calm.stats.rss_bytes / 1024 ** 2, one_flow_full_speed: fast.stats.rss_bytes / 1024 ** 2 },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

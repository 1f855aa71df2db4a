/**
 * The gateway as a service: memory, start, many flows, and what API and live data cost a flow. Alone:
 * `node --conditions=fusewire-source bench/service.ts [memory|start|flows|load]…`
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './core.ts';
import { again, beside, cannon, listeners } from './service/beside.ts';
import { deployFlows } from './service/flows.ts';
import { drive, Gateway, sleep } from './service/gateway.ts';

type Figures = Record<string, number>;
const COUNTS = [1, 10, 100] as const;
const SETTLE_MS = 12_000;
const STARTS = 3;
const UPDATES = 3_000_000;
const WARM_UP = 500_000;
const ROUNDS = 3;
const RATE = 500_000;
const PAIRS = 3;
/** Latencies that the gateway tells are of the last 10 to 20 s. */
const LATENCY_MS = 21_000;
const WINDOW_MS = 3_000;
const WATCH_PAIRS = 7;

/** A data directory with so many flows that have run; made once. */
async function dataOf(folder: string, count: number): Promise<string> {
  const data = join(folder, `data-${count}`);
  if (mkdirSync(data, { recursive: true }) === undefined) return data;
  const gateway = await Gateway.start(data);
  await deployFlows(gateway, count);
  await gateway.stop();
  return data;
}

async function withGateway<T>(data: string, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  const gateway = await Gateway.start(data);
  try {
    return await work(gateway);
  } finally {
    await gateway.stop();
  }
}

/** After a start with flows that are there: nothing comes in. */
async function memory(folder: string): Promise<Figures> {
  const figures: Figures = {};
  for (const count of [0, ...COUNTS])
    await withGateway(await dataOf(folder, count), async gateway => {
      await sleep(SETTLE_MS);
      const { rss_mb, private_mb } = gateway.memory;
      figures[`flows_${count}_rss_mb`] = rss_mb;
      figures[`flows_${count}_private_mb`] = private_mb;
    });
  figures['per_flow_mb'] = (figures['flows_100_private_mb']! - figures['flows_0_private_mb']!) / 100;
  return figures;
}

async function start(folder: string): Promise<Figures> {
  const figures: Figures = {};
  for (const count of [0, 10]) {
    const found: Gateway[] = [];
    const data = await dataOf(folder, count);
    for (let i = 0; i < STARTS; i += 1) await withGateway(data, async gateway => void found.push(gateway));
    figures[`flows_${count}_ms`] = median(found.map(one => one.start_ms));
    figures[`flows_${count}_cpu_ms`] = median(found.map(one => one.start_cpu_ms));
  }
  return figures;
}

/** Disjoint patterns; all flows together want two of three tags. As fast as the gateway takes them. */
async function flows(folder: string): Promise<Figures> {
  const figures: Figures = {};
  for (const count of COUNTS)
    await withGateway(await dataOf(folder, count), async gateway => {
      let sent = 0;
      const pass = async (updates: number): Promise<{ per_s: number; cpu_ns: number }> => {
        const before = await gateway.look();
        const driver = drive(gateway, 0, updates);
        await once(driver, 'exit');
        sent += updates;
        await gateway.handled(sent);
        const after = await gateway.look();
        return {
          per_s: (updates * 1_000) / (after.at_ms - before.at_ms),
          cpu_ns: ((after.cpu_ms - before.cpu_ms) * 1e6) / updates,
        };
      };
      await pass(WARM_UP);
      const passes = [];
      for (let round = 0; round < ROUNDS; round += 1) passes.push(await pass(UPDATES));
      const per_s = median(passes.map(one => one.per_s));
      figures[`flows_${count}_updates_per_s`] = per_s;
      figures[`flows_${count}_updates_per_s_each`] = per_s / count;
      figures[`flows_${count}_cpu_ns_per_update`] = median(passes.map(one => one.cpu_ns));
      figures[`flows_${count}_busy_rss_mb`] = gateway.memory.rss_mb;
    });
  return figures;
}

/** One flow whose sinks wait for no batch, so that its latency is the gateway's. */
async function load(folder: string, say: (text: string) => void): Promise<Figures> {
  const data = join(folder, 'data-load');
  mkdirSync(data);
  return withGateway(data, async gateway => {
    await deployFlows(gateway, 1, 1);
    const figures: Figures = {};
    const note = (name: string, found: Figures): void => {
      for (const [key, value] of Object.entries(found)) figures[`${name}_${key}`] = value;
      say(`  ${name}: ${JSON.stringify(found)}`);
    };
    const at = async (rate: number, work: () => Promise<void>): Promise<void> => {
      const driver = drive(gateway, rate, 0);
      await sleep(3_000);
      await work();
      const exit = once(driver, 'exit');
      driver.kill('SIGTERM');
      await exit;
    };
    await at(RATE, async () => {
      const heard = (per_s: number): void => {
        figures['status_requests_per_s'] = per_s;
      };
      const bystander = await Gateway.start(join(folder, 'data-bystander'));
      note('status_50_elsewhere', {
        ...(await beside(
          gateway,
          cannon(50, '/api/v1/status', () => undefined, bystander),
          LATENCY_MS,
          PAIRS,
        )),
      });
      await bystander.stop();
      const found = await beside(gateway, cannon(50, '/api/v1/status', heard), LATENCY_MS, PAIRS);
      note('status_50', { ...found });
    });
    await at(0, async () => {
      const activities = {
        events_20: listeners(20, 'flow=flow-0&status=true&logs=true&interval_ms=100'),
        trace: again(1_000, 'POST', '/flows/flow-0/traces', { records: 1 }),
        watch: again(500, 'GET', '/flows/flow-0/live?values=true'),
      };
      for (const [name, activity] of Object.entries(activities)) {
        const { rate_ratio, cpu_ratio } = await beside(gateway, activity, WINDOW_MS, WATCH_PAIRS);
        note(name, { rate_ratio, cpu_ratio });
      }
    });
    return figures;
  });
}

const PARTS = { memory, start, flows, load };
export type ServicePart = keyof typeof PARTS;

/** @param parts default: all */
export async function benchService(
  say: (text: string) => void,
  parts = Object.keys(PARTS) as ServicePart[],
): Promise<Record<string, Figures>> {
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-service-'));
  try {
    const found: Record<string, Figures> = {};
    for (const part of parts) {
      say(`service: ${part} …`);
      found[`service_${part}`] = await PARTS[part](folder, say);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const parts = process.argv.slice(2).filter((name): name is ServicePart => name in PARTS);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const found = await benchService(say, parts.length > 0 ? parts : undefined);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}

/** What somebody does beside the flow, and what that costs it: the same window without and with, again and again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { median } from '../core.ts';
import { type Gateway, sleep } from './gateway.ts';

const CANNON = createRequire(import.meta.url).resolve('autocannon');

export interface Beside {
  /** With it, over without. */
  readonly rate_ratio: number;
  readonly cpu_ratio: number;
  readonly p50_ratio: number;
  readonly p99_ratio: number;
}
/** Begins it, for so long. @returns what ends it */
export type Activity = (gateway: Gateway, ms: number) => () => Promise<void>;

interface Window {
  readonly rate: number;
  readonly cpu_ns: number;
  readonly p50_us: number;
  readonly p99_us: number;
}

async function window(gateway: Gateway, ms: number): Promise<Window> {
  const before = await gateway.look();
  await sleep(ms);
  const after = await gateway.look();
  const updates = after.updates - before.updates;
  return {
    rate: (updates * 1_000) / (after.at_ms - before.at_ms),
    cpu_ns: ((after.cpu_ms - before.cpu_ms) * 1e6) / updates,
    p50_us: after.p50_us,
    p99_us: after.p99_us,
  };
}

/** A driver runs all the time. @param ms of a window; what the gateway tells of latencies is of the last 10 to 20 s. */
export async function beside(gateway: Gateway, activity: Activity, ms: number, pairs: number): Promise<Beside> {
  const found: { without: Window; withIt: Window }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const without = await window(gateway, ms);
    const end = activity(gateway, ms);
    const withIt = await window(gateway, ms);
    await end();
    found.push({ without, withIt });
  }
  const ratio = (name: keyof Window): number =>
    median(found.map(({ without, withIt }) => withIt[name] / without[name]));
  return {
    rate_ratio: ratio('rate'),
    cpu_ratio: ratio('cpu_ns'),
    p50_ratio: ratio('p50_us'),
    p99_ratio: ratio('p99_us'),
  };
}

/** autocannon in a process of its own. @param heard requests a second. @param target another gateway: what the processes cost each other */
export const cannon =
  (connections: number, path: string, heard: (per_s: number) => void, target?: Gateway): Activity =>
  (gateway, ms) => {
    const url = `${(target ?? gateway).url}${path}`;
    const child = spawn(
      process.execPath,
      [CANNON, '-c', String(connections), '-d', String(Math.ceil(ms / 1_000)), '-j', url],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    let text = '';
    child.stdout.on('data', chunk => {
      text += String(chunk);
    });
    const exit = once(child, 'exit');
    return async () => {
      await exit;
      heard((JSON.parse(text) as { requests: { average: number } }).requests.average);
    };
  };

/** Event streams of a flow's live data, read and thrown away. */
export const listeners =
  (count: number, query: string): Activity =>
  gateway => {
    const end = new AbortController();
    const read = async (): Promise<void> => {
      const answer = await fetch(`${gateway.url}/api/v1/events?${query}`, { signal: end.signal });
      for await (const chunk of answer.body!) void chunk;
    };
    const all = Array.from({ length: count }, () => read().catch(() => undefined));
    return async () => {
      end.abort();
      await Promise.all(all);
    };
  };

/** Asks for something again and again. */
export const again =
  (every_ms: number, method: string, path: string, body?: unknown): Activity =>
  gateway => {
    let over = false;
    const asking = (async () => {
      for (; !over; await sleep(every_ms)) await gateway.ask(method, path, body);
    })();
    return async () => {
      over = true;
      await asking;
    };
  };

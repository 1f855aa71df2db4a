/** The broker is away for a while under load: does everything arrive, in order, and does memory stay flat? */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectAsync } from 'mqtt';
import { Broker, type Owner, openProbe, sleep, until } from '../test/connectors/sinks-support.ts';

const WARM_UP_MS = 5_000;
const PAYLOAD_BYTES = 200;
const CATCH_UP_MS = 600_000;

export interface StoreAndForward {
  readonly sent: number;
  /** Without duplicates. */
  readonly received: number;
  /** Each came for the first time after all before it. */
  readonly in_order: boolean;
  readonly duplicates: number;
  /** Of the process with the sink, after a collection: with the broker there; the most while it is away; when all has arrived. */
  readonly rss_mb_before: number;
  readonly rss_mb_during: number;
  readonly rss_mb_after: number;
}

interface Heard {
  readonly next: number;
  readonly duplicates: number;
  readonly in_order: boolean;
}

/** Counts what arrives, by a session that the broker keeps while it is stopped; payloads begin with their number. */
async function listen(url: string): Promise<void> {
  const heard = { next: 0, duplicates: 0, in_order: true };
  const client = await connectAsync(url, {
    protocolVersion: 5,
    clean: false,
    clientId: 'listener',
    reconnectPeriod: 100,
    properties: { sessionExpiryInterval: 86_400, receiveMaximum: 65_535 },
  });
  client.on('message', (_topic, payload) => {
    const index = Number(payload.toString('latin1', 0, 10));
    if (index < heard.next) heard.duplicates += 1;
    else {
      heard.in_order &&= index === heard.next;
      heard.next = index + 1;
    }
  });
  await client.subscribeAsync('plant/#', { qos: 1 });
  const say = (): boolean => process.stdout.write(`${JSON.stringify(heard)}\n`);
  say();
  setInterval(say, 100);
}

/** In a process of its own, so that its memory is not the sink's. */
class Listener {
  heard: Heard = { next: 0, duplicates: 0, in_order: true };

  static async start(owner: Owner, url: string): Promise<Listener> {
    const listener = new Listener();
    const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, 'listen', url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    owner.after(() => child.kill());
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    lines.on('line', line => {
      listener.heard = JSON.parse(line) as Heard;
    });
    return listener;
  }
}

/**
 * @param seconds that the broker is stopped for.
 * @param rate outputs per second, 200 bytes each: 5 s before, while it is stopped, 5 s after.
 */
export async function storeAndForward({ seconds, rate }: { seconds: number; rate: number }): Promise<StoreAndForward> {
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-store-'));
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const owner: Owner = { after: close => void closers.unshift(close as () => unknown) };
  try {
    const broker = await Broker.start(owner, folder);
    const listener = await Listener.start(owner, broker.url);
    const store_bytes = Math.ceil(Math.max(64e6, 2 * (PAYLOAD_BYTES + 50) * rate * seconds));
    const props = { url: broker.url, topic: 'plant/tags', store_bytes };
    const { sink, put } = await openProbe(owner, 'mqtt', props, { directory: folder, spool: join(folder, 'spool') });
    let sent = 0;
    let isLoading = true;
    const load = (async () => {
      const began = performance.now();
      for (const payload = Buffer.alloc(PAYLOAD_BYTES, 'x'); isLoading; await sleep(5))
        for (const due = ((performance.now() - began) / 1_000) * rate; sent < due; sent += 1) {
          payload.write(String(sent).padStart(10, '0'), 0, 'latin1');
          await put(payload, sent);
        }
    })();
    await sleep(WARM_UP_MS);
    const rss_mb_before = rssMb();
    await broker.stop();
    let rss_mb_during = 0;
    for (const end = performance.now() + seconds * 1_000; performance.now() < end; await sleep(250))
      rss_mb_during = Math.max(rss_mb_during, rssMb());
    await broker.start();
    await sleep(WARM_UP_MS);
    isLoading = false;
    await load;
    await until('all has arrived', () => sink.settled === sent && listener.heard.next === sent, CATCH_UP_MS);
    const rss_mb_after = rssMb();
    const { next: received, in_order, duplicates } = listener.heard;
    return { sent, received, in_order, duplicates, rss_mb_before, rss_mb_during, rss_mb_after };
  } finally {
    for (const close of closers) await close();
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function rssMb(): number {
  collect();
  return Math.round(process.memoryUsage.rss() / 1e5) / 10;
}

if (import.meta.main && process.argv[2] === 'listen') await listen(process.argv[3]!);
else if (import.meta.main) {
  const [seconds = 60, rate = 5_000] = process.argv.slice(2).map(Number);
  process.stdout.write(`${JSON.stringify(await storeAndForward({ seconds, rate }))}\n`);
}

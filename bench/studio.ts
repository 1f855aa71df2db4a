/**
 * What the studio costs: bytes and time until one can work, the page beside a flow at full speed, a canvas of 200 nodes.
 * Alone: `node --conditions=fusewire-source bench/studio.ts [--minutes 10]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { Studio } from '../test/support/browser.ts';
import { median } from './core.ts';
import { deployFlows } from './service/flows.ts';
import { drive, Gateway, sleep } from './service/gateway.ts';

const RATE = 500_000;
const LOADS = 5;
const NODES = 200;
const PAN_MS = 3_000;
const SETTLE_MS = 5_000;

type Figures = Record<string, number>;

/** `kb`: over the wire, compressed, with headers, until one can work; `all_kb`: with what is loaded after that by itself. */
interface Load {
  readonly kb: number;
  readonly all_kb: number;
  readonly ms: number;
}

/** Until the first node of a flow, or the first flow of the list, can be worked with. */
async function load(studio: Studio, url: string, selector: string): Promise<Load> {
  const page = await studio.open('about:blank');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  let bytes = 0;
  const streams = new Set<string>();
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType === 'text/event-stream') streams.add(requestId);
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!streams.has(requestId)) bytes += encodedDataLength;
  });
  const began = performance.now();
  await page.goto(url);
  await page.locator(selector).first().waitFor();
  const ms = performance.now() - began;
  const kb = bytes / 1_000;
  await sleep(1_000);
  await page.close();
  return { kb, all_kb: bytes / 1_000, ms };
}

/** CPU seconds of all the browser's processes but the one that draws for the screen that is not there. */
async function cpuSeconds(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

async function heapMb(page: Page): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  return usedSize / 1e6;
}

/** The open flow, watched, at full speed. */
async function watched(studio: Studio, gateway: Gateway, minutes: number): Promise<Figures> {
  const page = await studio.open(`${gateway.url}/flows/flow-0`);
  await page.locator('.svelte-flow__node').first().waitFor();
  const driver = drive(gateway, RATE, 0);
  await sleep(SETTLE_MS);
  const browser = await studio.cdp();
  const heap = await heapMb(page);
  const [cpu, at] = [await cpuSeconds(browser), performance.now()];
  await sleep(minutes * 60_000);
  const share = ((await cpuSeconds(browser)) - cpu) / ((performance.now() - at) / 1_000);
  const grown = (await heapMb(page)) / heap;
  driver.kill('SIGTERM');
  await page.close();
  return { watch_core_share: share, watch_heap_mb: heap, watch_heap_ratio: grown, watch_minutes: minutes };
}

/** Frames a second while the canvas is dragged about. */
async function panned(studio: Studio, gateway: Gateway): Promise<Figures> {
  const node = (index: number): object =>
    index === 0
      ? { id: 'n0', node_type: 'tag_input', props: { tags: ['line1/#'] } }
      : { id: `n${index}`, node_type: 'scale', props: { factor: index } };
  const wire = (index: number): object => ({
    ...{ source_node: `n${Math.floor((index - 1) / 2)}`, source_port: 'out' },
    ...{ target_node: `n${index}`, target_port: 'in' },
  });
  const document = {
    format: 'fusewire.flow/1',
    name: 'many',
    nodes: Array.from({ length: NODES }, (_, index) => node(index)),
    wires: Array.from({ length: NODES - 1 }, (_, index) => wire(index + 1)),
  };
  await gateway.ask('POST', '/flows', { id: 'many', name: 'many', document });
  const page = await studio.open(`${gateway.url}/flows/many`, { width: 1920, height: 1080 });
  await page.locator('.svelte-flow__node').first().waitFor();
  await sleep(1_000);
  const box = (await page.locator('.svelte-flow__pane').boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + 8];
  await page.evaluate(() => {
    const counter = globalThis as unknown as { frames: number };
    counter.frames = 0;
    const count = (): void => {
      counter.frames += 1;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  await page.mouse.move(x, y);
  await page.mouse.down();
  const [began, before] = [performance.now(), await page.evaluate('frames')];
  for (let step = 0; performance.now() - began < PAN_MS; step += 1)
    await page.mouse.move(x + 200 * Math.sin(step / 10), y + 20 + 60 * Math.abs(Math.cos(step / 10)));
  const frames = ((await page.evaluate('frames')) as number) - (before as number);
  const seconds = (performance.now() - began) / 1_000;
  await page.mouse.up();
  await page.close();
  return { pan_200_nodes_frames_per_s: frames / seconds };
}

export async function benchStudio(minutes = 1): Promise<Record<string, Figures>> {
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-studio-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const gateway = await Gateway.start(join(folder, 'data'));
    ends.push(() => gateway.stop());
    await deployFlows(gateway, 1);
    const studio = await Studio.start({ after: (end: () => unknown) => void ends.push(end) } as never);
    const pages = { list: ['/', 'a[href="/flows/flow-0"]'], flow: ['/flows/flow-0', '.svelte-flow__node'] } as const;
    const figures: Figures = {};
    for (const [name, [path, selector]] of Object.entries(pages)) {
      const loads = [];
      for (let i = 0; i < LOADS; i += 1) loads.push(await load(studio, gateway.url + path, selector));
      figures[`${name}_kb`] = median(loads.map(one => one.kb));
      figures[`${name}_all_kb`] = median(loads.map(one => one.all_kb));
      figures[`${name}_ms`] = median(loads.map(one => one.ms));
    }
    Object.assign(figures, await panned(studio, gateway), await watched(studio, gateway, minutes));
    return { studio: figures };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

if (import.meta.main) {
  const at = process.argv.indexOf('--minutes');
  const found = await benchStudio(at > 0 ? Number(process.argv[at + 1]) : 1);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}

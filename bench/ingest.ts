import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameWriter, SIMULATE_DEFAULTS } from '#driver';
import type { FlowArtifact } from '#engine';
import { fuse } from '#fusion';
import { GatewayFlow } from '#gateway';
import { INGEST_LIMITS, Ingest, Router } from '#ingest';
import { chain, median } from './core.ts';
import { passNode } from './modules.ts';

const ROOT = join(import.meta.dirname, '..');
const COUNTS = [1, 10, 100] as const;
const CELLS = 100;
/** Three a cell. */
const TAGS = CELLS * 3;
const CHUNKS = 64;
const CHUNK_UPDATES = 1_000;
const ROUNDS = 15;
const UPDATES = 1_000_000;
const PAIRS = 3;
const SP_HEADER_BYTES = 8;

type Patterns = (flow: number, flows: number) => string[];
/** Each cell is one flow's; flows of several cells have several patterns. */
const disjoint: Patterns = (flow, flows) =>
  Array.from({ length: CELLS }, (_, cell) => cell)
    .filter(cell => cell % flows === flow)
    .map(cell => `line1/cell${String(cell + 1).padStart(2, '0')}/+`);
/** The same, and every tenth flow takes all temperatures. */
const overlapping: Patterns = (flow, flows) => [...disjoint(flow, flows), ...(flow % 10 === 0 ? ['line1/+/temp'] : [])];
const everything: Patterns = () => ['#'];

interface Chunk {
  readonly bytes: Uint8Array;
  readonly updates: number;
}

function chunks(): Chunk[] {
  const writer = new FrameWriter({ to: '', ...SIMULATE_DEFAULTS, rate: 0, tags: TAGS, start_us: 1.7e15 }, false);
  let sent = 0;
  return Array.from({ length: CHUNKS }, () => {
    const updates = writer.fill(sent, CHUNK_UPDATES);
    sent += updates;
    return { bytes: Uint8Array.from(writer.take()), updates };
  });
}

/** ns per update of the router alone, everything that it has for each flow gathered. */
function routerPass(input: readonly Chunk[], flows: number, patterns: Patterns): () => number {
  const router = new Router(INGEST_LIMITS, () => {
    throw new Error('the updates are sound');
  });
  router.setPatterns(Array.from({ length: flows }, (_, flow) => patterns(flow, flows)));
  router.openSender(0);
  return () => {
    const began = performance.now();
    let updates = 0;
    for (const chunk of input) {
      router.route(0, chunk.bytes, SP_HEADER_BYTES, 1.7e15, true, 0, flows);
      for (let i = 0; i < router.receivers; i += 1) router.gather(router.receiver(i), SP_HEADER_BYTES);
      updates += chunk.updates;
    }
    return ((performance.now() - began) * 1e6) / updates;
  };
}

function benchRouter(): Record<string, number> {
  const input = chunks();
  const cases = { everything, disjoint, overlapping };
  const passes = Object.entries(cases).flatMap(([name, patterns]) =>
    COUNTS.map(flows => ({
      name: `router_ns_${name}_${flows}`,
      pass: routerPass(input, flows, patterns),
      times: [] as number[],
    })),
  );
  for (let round = 0; round < ROUNDS; round += 1) for (const one of passes) one.times.push(one.pass());
  return Object.fromEntries(passes.map(({ name, times }) => [name, median(times.slice(2))]));
}

/** A source and a file sink, with patterns of its own. */
async function artifactOf(): Promise<(tags: string[], path: string) => FlowArtifact> {
  const fused = await fuse(chain(2, { sink: 'file', outputs: [] }), '{}', () => passNode());
  if (!fused.ok) throw new Error(JSON.stringify(fused.diagnostics));
  return (tags, path) => ({
    plan: {
      ...fused.plan,
      nodes: fused.plan.nodes.map(node => ({ ...node, props: JSON.stringify(node.source ? { tags } : { path }) })),
    },
    code: { kind: 'fused', wasm: fused.wasm },
  });
}

/** Updates per second through an ingest with so many flows, from a driver in another process, until all are handled. */
async function throughput(
  make: (tags: string[], path: string) => FlowArtifact,
  flows: number,
  patterns: Patterns,
): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'fusewire-ingest-'));
  const ingest = new Ingest({
    onProblem: error => {
      throw error;
    },
  });
  const url = await ingest.listen('tcp://127.0.0.1:0');
  const started: GatewayFlow[] = [];
  for (let flow = 0; flow < flows; flow += 1) {
    const artifact = make(patterns(flow, flows), join(directory, `${flow}`));
    const one = new GatewayFlow(
      { document: {} },
      artifact,
      { ingest, id: `${flow}`, directory },
      { onLog: () => undefined },
    );
    await one.start();
    started.push(one);
  }
  const driver: ChildProcess = spawn(
    process.execPath,
    [
      join(ROOT, 'bin/fusewire'),
      'simulate',
      '--to',
      url,
      '--tags',
      `${TAGS}`,
      '--count',
      `${UPDATES}`,
      '--rate',
      '0',
      '--quiet',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  while (ingest.stats().received === 0) await new Promise(resolve => setTimeout(resolve, 1));
  const began = performance.now();
  const busy = (): boolean =>
    ingest.stats().received < UPDATES ||
    ingest.drivers().some(one => one.held_by.length > 0) ||
    started.some(one => one.stats().ingress_fill > 0);
  while (busy()) await new Promise(resolve => setTimeout(resolve, 5));
  const seconds = (performance.now() - began) / 1_000;
  if (driver.exitCode === null) await once(driver, 'exit');
  for (const one of started) await one.stop();
  await ingest.close();
  rmSync(directory, { recursive: true, force: true });
  return UPDATES / seconds;
}

/** One ingest with 1, 10 and 100 flows: the router alone, and the whole way over TCP, as ratios to one flow of the same run. */
export async function benchIngest(): Promise<Record<string, number>> {
  const make = await artifactOf();
  const rates: Record<string, number[]> = {};
  const note = (name: string, rate: number): void => {
    rates[name] ??= [];
    rates[name].push(rate);
  };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    note('tags_per_s_1', await throughput(make, 1, disjoint));
    for (const flows of [10, 100]) {
      note(`tags_per_s_disjoint_${flows}`, await throughput(make, flows, disjoint));
      note(`tags_per_s_overlapping_${flows}`, await throughput(make, flows, overlapping));
    }
  }
  const medians = Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, median(values)]));
  const one = medians['tags_per_s_1']!;
  const ratios = Object.entries(medians)
    .slice(1)
    .map(([name, rate]) => [name.replace('tags_per_s', 'rate_to_one_flow'), rate / one]);
  return { ...benchRouter(), ...medians, ...Object.fromEntries(ratios) };
}

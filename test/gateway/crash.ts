/**
 * The crash test: a durable flow is killed with SIGKILL at seeded random moments, started again, fed on. Each record of the
 * driver carries its number as value and as timestamp; the flow keeps a running sum. So every line of the output says which
 * record it is of, and what the state was: the sum of all records journalled until then, each counted once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeTagUpdate } from '#abi';
import { dialPush, type PushConnection } from '#connectors';
import { frames } from '../support/generate.ts';
import { seeded } from '../support/random.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Timestamps are µs since the epoch in real life; numbers from here on keep the event clock sensible. */
const EPOCH = 1_770_000_000_000_000;

export interface CrashReport {
  readonly seed: number;
  readonly kills: number;
  /** Records that the driver sent. */
  readonly sent: number;
  /** Records whose output was seen at least once. */
  readonly seen: number;
  /** Outputs that came more than once. */
  readonly repeated: number;
  /** Lines that were cut off by a kill. */
  readonly torn: number;
  /** What is wrong; empty: nothing. */
  readonly problems: string[];
}

const FLOW = {
  format: 'fusewire.flow/1',
  name: 'crash',
  durable: true,
  tick_ms: 10,
  nodes: [
    { id: 'in', node_type: 'tag_input' },
    { id: 'sum', node_type: 'agg', props: { function: 'sum', mode: 'running' } },
    { id: 'out', node_type: 'file_sink', props: { path: 'out.jsonl' } },
    { id: 'windows', node_type: 'window', props: { kind: 'count', count: 100 } },
    { id: 'counts', node_type: 'agg', props: { function: 'sum' } },
    { id: 'out2', node_type: 'file_sink', props: { path: 'windows.jsonl' } },
  ],
  wires: [
    ['in', 'out', 'sum', 'in'],
    ['sum', 'out', 'out', 'in'],
    ['in', 'out', 'windows', 'in'],
    ['windows', 'out', 'counts', 'in'],
    ['counts', 'out', 'out2', 'in'],
  ].map(([source_node, source_port, target_node, target_port]) => ({
    source_node,
    source_port,
    target_node,
    target_port,
  })),
};

export async function crashTest(directory: string, kills: number, seed: number): Promise<CrashReport> {
  const random = seeded(seed);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'flow.json'), JSON.stringify(FLOW));
  const address = `ipc://${join(directory, 'in')}`;
  const driver = new Driver(address);
  const pouring = driver.pour();
  for (let kill = 0; kill < kills; kill += 1) {
    const gateway = start(directory, address);
    // Some while it starts, most while it runs, some while it writes snapshots.
    if (random.chance(0.15)) await pause(random.int(150));
    else {
      await listening(gateway);
      await pause(random.int(120));
    }
    gateway.kill('SIGKILL');
    await ended(gateway);
  }
  const last = start(directory, address);
  await listening(last);
  await pause(200);
  driver.stop();
  await pouring;
  await pause(200);
  last.kill('SIGTERM');
  const code = await ended(last);
  const problems = code === 0 ? [] : [`the last run ended with code ${code}`];
  return { seed, kills, sent: driver.sent, ...check(directory, problems) };
}

/** Sends for ever: what a connection loses with the process that held it is gone, and the next number follows. */
class Driver {
  sent = 0;
  #going = true;
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  stop(): void {
    this.#going = false;
  }

  async pour(): Promise<void> {
    let push: PushConnection | null = null;
    while (this.#going) {
      try {
        push ??= await dialPush(this.#address, 200);
        const some = Array.from({ length: 20 }, (_, i) => {
          const number = this.sent + 1 + i;
          return encodeTagUpdate({
            tag: 'n',
            timestamp: EPOCH + number,
            seq: number,
            value: { kind: 'double', value: number },
          });
        });
        this.sent += some.length;
        await push.write(frames(some, true));
        await pause(1);
      } catch {
        push = null;
      }
    }
    await push?.close().catch(() => undefined);
  }
}

function start(directory: string, address: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      '--conditions=fusewire-source',
      join(ROOT, 'src/cli/main.ts'),
      ...['run', join(directory, 'flow.json'), '--listen', address, '--directory', directory],
      ...['--state', join(directory, 'state'), '--snapshot-ms', '60', '--cache', join(directory, 'cache'), '--json'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stderr!.on('data', chunk => writeFileSync(join(directory, 'log'), String(chunk), { flag: 'a' }));
  return child;
}

/** Until it takes records, or has ended. */
const listening = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    child.stdout!.on('data', () => resolve());
    child.once('exit', () => resolve());
  });
const ended = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise(resolve => child.once('exit', code => resolve(code)));
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

interface Line {
  readonly timestamp: number;
  readonly value: number;
}

function check(directory: string, problems: string[]): Omit<CrashReport, 'seed' | 'kills' | 'sent'> {
  const sums = read(join(directory, 'out.jsonl'));
  const values = new Map<number, number>();
  let repeated = 0;
  let last = 0;
  let sum = 0;
  for (const { timestamp, value } of sums.lines) {
    const number = timestamp - EPOCH;
    const before = values.get(number);
    if (before !== undefined) {
      repeated += 1;
      if (before !== value) problems.push(`record ${number} gave ${before}, and after a restart ${value}`);
      continue;
    }
    if (number < last) problems.push(`record ${number} came after ${last}`);
    sum += number;
    if (value !== sum) problems.push(`after record ${number} the sum is ${value}; of what came out it is ${sum}`);
    sum = value;
    last = number;
    values.set(number, value);
  }
  problems.push(...checkWindows(directory, [...values.keys()]));
  return { seen: values.size, repeated, torn: sums.torn, problems: problems.slice(0, 20) };
}

/** Windows of 100 records: their sums are those of the records in the order in which they came. */
function checkWindows(directory: string, numbers: readonly number[]): string[] {
  const windows = new Set(read(join(directory, 'windows.jsonl')).lines.map(line => line.value));
  const problems: string[] = [];
  for (let from = 0; from + 100 <= numbers.length; from += 100) {
    const sum = numbers.slice(from, from + 100).reduce((a, b) => a + b, 0);
    if (!windows.delete(sum)) problems.push(`the window of records ${from + 1} to ${from + 100} did not come out`);
  }
  if (windows.size > 0) problems.push(`${windows.size} windows came out that no uninterrupted run has`);
  return problems;
}

function read(path: string): { lines: Line[]; torn: number } {
  const lines: Line[] = [];
  let torn = 0;
  for (const text of existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []) {
    if (text === '') continue;
    try {
      lines.push(JSON.parse(text) as Line);
    } catch {
      torn += 1;
    }
  }
  return { lines, torn };
}
